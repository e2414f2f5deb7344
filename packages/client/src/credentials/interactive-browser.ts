import { askByBrowser, type BrowserCredentialOptions } from '../browser-options.ts'
import { userClient } from '../user-client.ts'
import { UserCredential } from '../user-credential.ts'

export interface InteractiveBrowserCredentialOptions extends BrowserCredentialOptions {}

/**
 * A person who signs in with a browser to a program without a secret: the authorization-code flow with PKCE, RFC 8252.
 * The default `redirectUri` is `http://localhost`, which takes any free port.
 */
export class InteractiveBrowserCredential extends UserCredential {
  /** @throws {CredentialOptionError} naming the option that is missing or wrong */
  constructor(options: InteractiveBrowserCredentialOptions) {
    const client = userClient({ ...options, clientSecret: undefined })
    super(client, askByBrowser(client, options, 'http://localhost'), options)
  }
}
