import type { AccessToken, CredentialBounds, GetTokenOptions, TokenCredential } from '../credential.ts'
import type { SignedInAccount } from './account.ts'
import { accountChanges } from './account-changes.ts'
import { type UserClient, userCachePartition } from './user-client.ts'
import { type AskPerson, UserSession, type UserSessionOptions } from './user-session.ts'

/**
 * A credential of a person who can be asked. The sign-in is kept and refreshed, so that the person is asked once;
 * access tokens are not kept: wrap it in `cached`, which gives none of a person in whose place another has signed in.
 */
export abstract class UserCredential implements TokenCredential {
  readonly tenantId: string
  readonly clientId: string
  readonly authorityHost: string
  readonly #client: UserClient
  readonly #session: UserSession
  readonly #mayAskPerson: boolean

  constructor(client: UserClient, askPerson: AskPerson, options: UserSessionOptions) {
    this.#client = client
    this.#session = new UserSession(client, askPerson, options)
    this.#mayAskPerson = !options.disableAutomaticAuthentication
    this.tenantId = client.tenantId
    this.clientId = client.clientId
    this.authorityHost = client.authorityHost
  }

  /** Same authority, tenant, application and store of sign-ins: same tokens. */
  get cachePartition(): string {
    return userCachePartition(this.#client)
  }

  /** How often somebody else has signed in here, or in another credential with the same store of sign-ins. */
  get accountChanges(): number {
    return accountChanges(this.#client.signIns)
  }

  /** That of `timeoutMilliseconds`; a person has the time that the credential allows. */
  get bounds(): CredentialBounds {
    return { withoutPersonMilliseconds: this.#client.timeoutMilliseconds, mayAskPerson: this.#mayAskPerson }
  }

  /**
   * @param scopes permissions of one API, e.g. `https://graph.microsoft.com/User.Read`; empty with `options.resource`
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
