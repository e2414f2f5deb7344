/** An option that cannot work. Thrown before anything is sent; `option` names it. */
export class CredentialOptionError extends Error {
  override readonly name = 'CredentialOptionError'
  readonly option: string

  constructor(option: string, message: string) {
    super(message)
    this.option = option
  }
}

/** What an authority said when it refused a token. */
export interface Refusal {
  /** OAuth's error name, e.g. `invalid_client`; `invalid_response` when the answer was no OAuth answer at all. */
  readonly error: string
  /** The number after AADSTS, e.g. 7000215. */
  readonly code: number | undefined
  /** The authority's own text. */
  readonly description: string | undefined
  readonly subError: string | undefined
  readonly correlationId: string | undefined
  readonly traceId: string | undefined
  /** HTTP status of the answer. */
  readonly status: number
  /** Claims to ask the user for, as JSON text: pass them on in the next interactive sign-in. */
  readonly claims: string | undefined
  /** How long the authority asks to be left alone, in milliseconds. */
  readonly retryAfterMilliseconds: number | undefined
}

/** The authority answered, and gave no token. RFC 6749 §5.2, and Entra's members beyond it. */
export class TokenRequestError extends Error implements Refusal {
  override readonly name = 'TokenRequestError'
  readonly error: string
  readonly code: number | undefined
  readonly description: string | undefined
  readonly subError: string | undefined
  readonly correlationId: string | undefined
  readonly traceId: string | undefined
  readonly status: number
  readonly claims: string | undefined
  readonly retryAfterMilliseconds: number | undefined

  constructor(message: string, refusal: Refusal) {
    super(message)
    this.error = refusal.error
    this.code = refusal.code
    this.description = refusal.description
    this.subError = refusal.subError
    this.correlationId = refusal.correlationId
    this.traceId = refusal.traceId
    this.status = refusal.status
    this.claims = refusal.claims
    this.retryAfterMilliseconds = refusal.retryAfterMilliseconds
  }
}

/** No answer came: no connection, no trust in the certificate, or no answer in time. */
export class AuthorityUnreachableError extends Error {
  override readonly name = 'AuthorityUnreachableError'
  /** Origin that was asked, e.g. `https://login.microsoftonline.com`. */
  readonly authorityHost: string
  /** Node's error code, e.g. `ECONNREFUSED`; `ETIMEDOUT` when no answer came in time. */
  readonly code: string | undefined

  constructor(message: string, failure: { authorityHost: string; code: string | undefined; cause: unknown }) {
    super(message, { cause: failure.cause })
    this.authorityHost = failure.authorityHost
    this.code = failure.code
  }
}

/** A credential that a chain passed over. */
export interface SkippedCredential {
  /** Its class, e.g. `EnvironmentCredential`. */
  readonly credential: string
  /** Why it could give nothing. */
  readonly reason: string
}

/** Nothing to get a token with was found here. A chain goes on to its next credential; nobody was refused anything. */
export class CredentialUnavailableError extends Error {
  override readonly name = 'CredentialUnavailableError'
  /** Of a chain: all that it tried, in order. */
  readonly skipped: readonly SkippedCredential[]

  constructor(message: string, skipped: readonly SkippedCredential[] = []) {
    super(message)
    this.skipped = skipped
  }
}

/** The caller's `abortSignal` ended the wait. Name and code are those of Node's and the Azure SDK's error. */
export class AbortError extends Error {
  override readonly name = 'AbortError'
  readonly code = 'ABORT_ERR'

  constructor() {
    super('The wait for a token was aborted by the abortSignal of its caller.')
  }
}

/**
 * Why a sign-in gave nothing: the authority or the person refused; nobody finished it in time; no port to listen on;
 * no way to reach the person; an answer that proves not to be the authority's.
 */
export type SignInFailure = 'refused' | 'timedOut' | 'portTaken' | 'personUnreachable' | 'untrustedAnswer'

/** A person's sign-in ended without tokens. */
export class SignInError extends Error {
  override readonly name = 'SignInError'
  readonly reason: SignInFailure
  /** OAuth's error name when the authority refused, e.g. `access_denied` (RFC 6749 §4.1.2.1). */
  readonly error: string | undefined
  /** The number after AADSTS, e.g. 65004. */
  readonly code: number | undefined

  constructor(
    reason: SignInFailure,
    message: string,
    refusal: { error?: string; code?: number; cause?: unknown } = {},
  ) {
    super(message, refusal.cause === undefined ? undefined : { cause: refusal.cause })
    this.reason = reason
    this.error = refusal.error
    this.code = refusal.code
  }
}

/** A person has to sign in, and is not asked by this call (`disableAutomaticAuthentication`). The message says how. */
export class AuthenticationRequiredError extends Error {
  override readonly name = 'AuthenticationRequiredError'
  /** What the person has to sign in for; empty when an API was named by `resource`. */
  readonly scopes: readonly string[]
  /** What the authority wants of the sign-in, as JSON text: pass it to `authenticate` as `claims`. */
  readonly claims: string | undefined

  constructor(scopes: readonly string[], message: string, cause?: unknown, claims?: string) {
    super(message, cause === undefined ? undefined : { cause })
    this.scopes = scopes
    this.claims = claims
  }
}
