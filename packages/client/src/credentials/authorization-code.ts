import { type OptionNames, requireOptionNames } from '../options/option-names.ts'
import { requireClientSecret } from '../options/option-values.ts'
import { askByBrowser, BROWSER_OPTION_NAMES, type BrowserCredentialOptions } from '../person/browser-options.ts'
import { userClient } from '../person/user-client.ts'
import { UserCredential } from '../person/user-credential.ts'

export interface AuthorizationCodeCredentialOptions extends BrowserCredentialOptions {
  /** The secret's value, not its id. */
  clientSecret: string
}

const WITHOUT_SECRET = 'or use InteractiveBrowserCredential for a program that has none'

const OPTION_NAMES: OptionNames<AuthorizationCodeCredentialOptions> = { ...BROWSER_OPTION_NAMES, clientSecret: true }

/**
 * A person who signs in with a browser to a web app that has a secret, from this machine: it opens the browser, receives
 * the code and redeems it. Not what `@azure/identity` calls by this name, which takes a code that you received already.
 *
 * The authorization-code flow, RFC 6749 §4.1, with PKCE. The default `redirectUri` is `http://localhost:8080`.
 */
export class AuthorizationCodeCredential extends UserCredential {
  /** @throws {CredentialOptionError} naming the option that is missing or wrong */
  constructor(options: AuthorizationCodeCredentialOptions) {
    requireOptionNames('AuthorizationCodeCredential', options, OPTION_NAMES)
    const clientSecret = requireClientSecret(options.clientSecret, WITHOUT_SECRET)
    const client = userClient({ ...options, clientSecret })
    super(client, askByBrowser(client, options, 'http://localhost:8080'), options)
  }
}
