import type { SignedInAccount } from '../account.ts'
import { type BrowserCredentialOptions, browserSignInSettings } from '../browser-options.ts'
import type { AccessToken, GetTokenOptions, TokenCredential } from '../credential.ts'
import { requireText } from '../option-values.ts'
import { type UserClient, userCachePartition, userClient } from '../user-client.ts'
import { UserSession } from '../user-session.ts'

export interface AuthorizationCodeCredentialOptions extends BrowserCredentialOptions {
  /** The secret's value, not its id. */
  clientSecret: string
}

const CLIENT_SECRET_FIX =
  'pass the value of a client secret (not its Secret ID), or use InteractiveBrowserCredential for a program that has none'

/**
 * A person who signs in with a browser to a web app that has a secret, tried out on this machine: the
 * authorization-code flow, RFC 6749 §4.1, with PKCE. The default `redirectUri` is `http://localhost:8080`. The sign-in
 * is kept and refreshed; access tokens are not kept: wrap it in `cached`.
 */
export class AuthorizationCodeCredential implements TokenCredential {
  readonly tenantId: string
  readonly clientId: string
  readonly authorityHost: string
  readonly #client: UserClient
  readonly #session: UserSession

  /** @throws {CredentialOptionError} naming the option that is missing or wrong */
  constructor(options: AuthorizationCodeCredentialOptions) {
    const clientSecret = requireText('clientSecret', options.clientSecret, CLIENT_SECRET_FIX)
    const client = userClient({ ...options, clientSecret })
    const settings = browserSignInSettings(options, 'http://localhost:8080')
    this.#client = client
    this.#session = new UserSession(
      client,
      async (request, signal) => {
        const { signInByBrowser } = await import('../loopback/browser-sign-in.ts')
        return signInByBrowser(client, request, { ...settings, byDeviceCode: undefined }, signal)
      },
      options,
    )
    this.tenantId = client.tenantId
    this.clientId = client.clientId
    this.authorityHost = client.authorityHost
  }

  /** Same authority, tenant, application, secret and store of sign-ins: same tokens. */
  get cachePartition(): string {
    return userCachePartition(this.#client)
  }

  /**
   * @param scopes permissions of one API, e.g. `{client id}/.default`; empty with `options.resource`
   * @throws {CredentialOptionError} when scopes or options cannot work; nothing is sent then
   * @throws {SignInError} when the person's sign-in gives nothing; `reason` says why
   * @throws {AuthenticationRequiredError} when the person has to be asked and may not be
   * @throws {TokenRequestError} when the authority refuses; `code` holds the AADSTS number
   * @throws {AuthorityUnreachableError} when it gives no answer
   */
  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    return this.#session.getToken(scopes, options)
  }

  /** Has the person sign in, whether or not a sign-in is kept. Errors: those of `getToken`. */
  async authenticate(scopes: string | string[], options: GetTokenOptions = {}): Promise<SignedInAccount> {
    return this.#session.authenticate(scopes, options)
  }
}
