import type { AccessToken, CredentialBounds, GetTokenOptions, TokenCredential } from '../credential.ts'
import { type OptionNames, requireOptionNames } from '../options/option-names.ts'
import { requireText } from '../options/option-values.ts'
import { tokenByRefresh } from '../person/refresh.ts'
import { memorySignIns, type SignInStore } from '../person/sign-in.ts'
import { refuseStepUp } from '../person/step-up.ts'
import { inTurn } from '../person/turns.ts'
import {
  USER_OPTION_NAMES,
  type UserClient,
  type UserCredentialOptions,
  userCachePartition,
  userClient,
} from '../person/user-client.ts'
import { userRequest } from '../person/user-request.ts'

export interface RefreshTokenCredentialOptions extends UserCredentialOptions {
  /** The refresh token that somebody's sign-in gave to this application. */
  refreshToken: string
  /** Of a confidential application, such as a web app: what it proves itself by. */
  clientSecret?: string
}

const REFRESH_TOKEN_FIX = 'pass the refresh_token that a sign-in with the scope offline_access gave'

const OPTION_NAMES: OptionNames<RefreshTokenCredentialOptions> = {
  ...USER_OPTION_NAMES,
  refreshToken: true,
  clientSecret: true,
}

/**
 * A person who signed in elsewhere: the refresh-token grant, RFC 6749 §6. Newer refresh tokens take the place of the
 * given one. Nobody is asked: when the authority takes the refresh token no more, its refusal is thrown.
 */
export class RefreshTokenCredential implements TokenCredential {
  readonly tenantId: string
  readonly clientId: string
  readonly authorityHost: string
  readonly #client: UserClient
  readonly #refreshToken: string
  readonly #fingerprint: string

  /** @throws {CredentialOptionError} naming the option that is missing or wrong */
  constructor(options: RefreshTokenCredentialOptions) {
    requireOptionNames('RefreshTokenCredential', options, OPTION_NAMES)
    this.#refreshToken = requireText('refreshToken', options.refreshToken, REFRESH_TOKEN_FIX)
    const { createHash } = process.getBuiltinModule('node:crypto')
    this.#fingerprint = createHash('sha256').update(this.#refreshToken).digest('base64url')
    const client = userClient(options)
    this.#client = { ...client, signIns: successors(options.signIns ?? memorySignIns(), this.#fingerprint) }
    this.tenantId = client.tenantId
    this.clientId = client.clientId
    this.authorityHost = client.authorityHost
  }

  /** Same authority, tenant, application and refresh token: same tokens. */
  get cachePartition(): string {
    return userCachePartition(this.#client, this.#fingerprint)
  }

  /** That of `timeoutMilliseconds`. */
  get bounds(): CredentialBounds {
    return { withoutPersonMilliseconds: this.#client.timeoutMilliseconds, mayAskPerson: false }
  }

  /**
   * @param scopes permissions of one API, e.g. `https://graph.microsoft.com/.default`; empty with `options.resource`
   * @throws {CredentialOptionError} when scopes or options cannot work; nothing is sent then
   * @throws {TokenRequestError} when the authority refuses; `code` holds the AADSTS number
   * @throws {AuthorityUnreachableError} when it gives no answer, after 15 s at the latest
   */
  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    refuseStepUp(options, 'a refresh token cannot give that; use InteractiveBrowserCredential')
    const request = userRequest(scopes, options, this.#client)
    const refreshed = await tokenByRefresh(this.#client, request, options.abortSignal, this.#refreshToken)
    if ('accessToken' in refreshed) return refreshed.accessToken
    throw refreshed.refusal
  }
}

/** The store, with keys of its own for what came of one refresh token: the client's own sign-in is another matter. */
function successors(store: SignInStore, fingerprint: string): SignInStore {
  const own = (key: string) => JSON.stringify([key, 'refreshToken', fingerprint])
  return {
    get: (key) => store.get(own(key)),
    set: (key, signIn) => store.set(own(key), signIn),
    delete: (key, partition) => store.delete(own(key), partition),
    list: () => store.list(),
    inTurn: (key, work) => inTurn(store, own(key), work),
  }
}
