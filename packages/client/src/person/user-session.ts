import { unlessAborted } from '../abort.ts'
import type { AbortSignalLike, AccessToken, GetTokenOptions } from '../credential.ts'
import { AbortError, AuthenticationRequiredError, type TokenRequestError } from '../errors.ts'
import { listedScopes } from '../options/asked-api.ts'
import type { UserTokens } from '../token-endpoint/token-request.ts'
import { accountOf, keepNewSignIn, type SignedInAccount } from './account.ts'
import { mergedClaims } from './claims-parameter.ts'
import { type Refreshed, tokenByRefresh } from './refresh.ts'
import type { UserClient } from './user-client.ts'
import { type UserRequest, userRequest } from './user-request.ts'

/** Has the person sign in, in whatever way, and resolves with the tokens. The signal ends it. */
export type AskPerson = (request: UserRequest, signal: AbortSignal) => Promise<UserTokens>

export interface UserSessionOptions {
  /** Whether `getToken` throws an `AuthenticationRequiredError` instead of asking the person. Default false. */
  readonly disableAutomaticAuthentication?: boolean | undefined
}

interface RunningSignIn {
  readonly key: string
  readonly tokens: Promise<UserTokens>
  readonly controller: AbortController
  waiting: number
}

/**
 * What the credentials of a person have in common: a kept sign-in is used first, the person is asked after that, and
 * only once at a time, however many callers there are.
 */
export class UserSession {
  readonly #client: UserClient
  readonly #askPerson: AskPerson
  readonly #mayAsk: boolean
  #running: RunningSignIn | undefined
  #finished = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(client: UserClient, askPerson: AskPerson, options: UserSessionOptions = {}) {
    this.#client = client
    this.#askPerson = askPerson
    this.#mayAsk = !options.disableAutomaticAuthentication
  }

  /**
   * @throws {CredentialOptionError} when scopes or options cannot work; nothing is sent then
   * @throws {AuthenticationRequiredError} when the person has to be asked and may not be
   * @throws {SignInError} when the person's sign-in gives nothing
   * @throws {TokenRequestError} and {AuthorityUnreachableError} as `requestToken` does
   */
  async getToken(scopes: string | readonly string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    const request = userRequest(scopes, options, this.#client)
    const { abortSignal } = options
    const key = JSON.stringify(request)
    for (;;) {
      if (abortSignal?.aborted) throw new AbortError()
      const finished = this.#finished
      const refreshed: Refreshed =
        request.stepUp === undefined ? await tokenByRefresh(this.#client, request, abortSignal) : { refusal: undefined } // what is kept does not meet it
      if ('accessToken' in refreshed) return refreshed.accessToken
      if (finished !== this.#finished) continue // somebody has signed in meanwhile
      const running = this.#running
      if (options.disableAutomaticAuthentication) throw required(listedScopes(scopes), request, refreshed.refusal)
      if (running !== undefined && running.key !== key) {
        await this.#wait(running, abortSignal)
        continue
      }
      if (running === undefined && !this.#mayAsk) throw required(listedScopes(scopes), request, refreshed.refusal)
      const claims = mergedClaims(request.claims, refreshed.refusal?.claims)
      const asked = claims === undefined ? request : { ...request, claims }
      return (await this.#wait(running ?? this.#start(key, asked), abortSignal)).accessToken
    }
  }

  /** Has the person sign in, whether or not a sign-in is kept. Errors: those of `getToken`. */
  async authenticate(scopes: string | readonly string[], options: GetTokenOptions = {}): Promise<SignedInAccount> {
    const request = userRequest(scopes, options, this.#client)
    const { abortSignal } = options
    if (abortSignal?.aborted) throw new AbortError()
    const key = JSON.stringify(request)
    const running = this.#running?.key === key ? this.#running : this.#start(key, request)
    return accountOf(await this.#wait(running, abortSignal), request)
  }

  /** One after the other: the next begins when the last has put everything away, its port for one. */
  #start(key: string, request: UserRequest): RunningSignIn {
    const controller = new AbortController()
    const tokens = this.#last.then(async () => {
      if (controller.signal.aborted) throw new AbortError()
      const given = await this.#askPerson(request, controller.signal)
      await keepNewSignIn(this.#client, request, given)
      this.#finished += 1
      return given
    })
    const started: RunningSignIn = { key, tokens, controller, waiting: 0 }
    this.#running = started
    this.#last = tokens.then(
      () => this.#end(started),
      () => this.#end(started),
    )
    return started
  }

  #end(signIn: RunningSignIn): void {
    if (this.#running === signIn) this.#running = undefined
  }

  /** The tokens of a sign-in under way; when the last who waits has given up, it is ended. */
  async #wait(signIn: RunningSignIn, abortSignal: AbortSignalLike | undefined): Promise<UserTokens> {
    signIn.waiting += 1
    try {
      return await unlessAborted(signIn.tokens, abortSignal)
    } finally {
      signIn.waiting -= 1
      if (signIn.waiting === 0) {
        signIn.controller.abort()
        this.#end(signIn)
      }
    }
  }
}

function required(
  scopes: readonly string[],
  { stepUp, claims }: UserRequest,
  refusal: TokenRequestError | undefined,
): AuthenticationRequiredError {
  const none = stepUp === undefined ? 'Nobody has signed in yet.' : 'The API wants a stronger or newer sign-in.'
  const reason = refusal === undefined ? none : `The person has to sign in: ${refusal.message}`
  const message = `${reason} Call authenticate() when the person can be asked.`
  return new AuthenticationRequiredError(scopes, message, refusal, mergedClaims(claims, refusal?.claims))
}
