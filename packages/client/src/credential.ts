/** An access token and its times. The Azure SDK's `AccessToken` has the same shape. */
export interface AccessToken {
  /** The token itself, as it goes after `Bearer ` in an `Authorization` header. */
  token: string
  /** When it expires: milliseconds since 1970, by this machine's clock. */
  expiresOnTimestamp: number
  /** From when on a new one should be fetched, in milliseconds since 1970, where that is known. */
  refreshAfterTimestamp?: number
  tokenType?: 'Bearer' | 'pop'
}

/**
 * The part of an `AbortSignal` that a credential needs. The DOM's `AbortSignal` fits it, and so does the Azure SDK's
 * type of this name; a credential that asked for the DOM type would not fit the Azure SDK's `TokenCredential`.
 */
export interface AbortSignalLike {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: (this: AbortSignalLike, event: unknown) => void, options?: unknown): void
  removeEventListener(type: 'abort', listener: (this: AbortSignalLike, event: unknown) => void, options?: unknown): void
}

/** What one call of `getToken` may ask for beside the scopes. */
export interface GetTokenOptions {
  /** Ends this caller's wait with an `AbortError`. */
  abortSignal?: AbortSignalLike
  /** Asks another tenant than the credential's own; the credential must have been told to allow it. */
  tenantId?: string
  /** The claims request of a resource's challenge: JSON text, already base64-decoded. */
  claims?: string
  /**
   * Authentication context classes that the API wants one of, with spaces between (RFC 9470 §4): the person signs in
   * anew, in the way that they name. For another provider than Entra, which says the same by `claims`.
   */
  acrValues?: string
  /** How long ago the person may have signed in, in seconds, as the API wants it (RFC 9470 §4): else anew. As `acrValues`. */
  maxAgeSeconds?: number
  /** Declares that the caller handles claims challenges (Continuous Access Evaluation). */
  enableCae?: boolean
  /** Asks for a new token even where a cache holds one that has not expired, because the API refused that one. */
  forceRefresh?: boolean
  /**
   * Asks nobody: a credential of a person throws an `AuthenticationRequiredError` where it would have to. What `cached`
   * does in the background is always asked for in this way.
   */
  disableAutomaticAuthentication?: boolean
  /** Speaks the v1.0 endpoint: the API by its identifier URI or application id. Scopes must then be empty (`[]`). */
  resource?: string
}

/** How long a credential may take by itself, so that what stands around it neither ends it too early nor waits for ever. */
export interface CredentialBounds {
  /** Of what it does without a person, in milliseconds. */
  readonly withoutPersonMilliseconds: number
  /** Whether it may ask a person, who takes as long as the credential allows. */
  readonly mayAskPerson: boolean
}

/** Anything that gives access tokens. Assignable to the Azure SDK's `TokenCredential`. */
export interface TokenCredential {
  /**
   * @param scopes permissions of one API, e.g. `https://graph.microsoft.com/.default`; a list or a space-separated text
   */
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken>
  /**
   * Names whose tokens these are. Credentials with the same value may be given each other's tokens by a shared cache,
   * also in another process; a credential without one shares with nobody.
   */
  readonly cachePartition?: string | undefined
  /** How often another person has signed in so far: `cached` gives no token of before. Read at each call. */
  readonly accountChanges?: number | undefined
  /** How long `getToken` may take. */
  readonly bounds?: CredentialBounds | undefined
}
