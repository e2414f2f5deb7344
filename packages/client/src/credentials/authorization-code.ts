import { askByBrowser, type BrowserCredentialOptions } from '../browser-options.ts'
import { requireText } from '../option-values.ts'
import { userClient } from '../user-client.ts'
import { UserCredential } from '../user-credential.ts'

export interface AuthorizationCodeCredentialOptions extends BrowserCredentialOptions {
  /** The secret's value, not its id. */
  clientSecret: string
}

const CLIENT_SECRET_FIX =
  'pass the value of a client secret (not its Secret ID), or use InteractiveBrowserCredential for a program that has none'

/**
 * A person who signs in with a browser to a web app that has a secret, from this machine: the authorization-code flow,
 * RFC 6749 §4.1, with PKCE. The default `redirectUri` is `http://localhost:8080`.
 */
export class AuthorizationCodeCredential extends UserCredential {
  /** @throws {CredentialOptionError} naming the option that is missing or wrong */
  constructor(options: AuthorizationCodeCredentialOptions) {
    const clientSecret = requireText('clientSecret', options.clientSecret, CLIENT_SECRET_FIX)
    const client = userClient({ ...options, clientSecret })
    super(client, askByBrowser(client, options, 'http://localhost:8080'), options)
  }
}
