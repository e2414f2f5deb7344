/**
 * What a person's sign-in leaves behind. Secrets (codes, tokens, cookies) are kept as SHA-256 hashes, never as they
 * are; `id` below is always such a hash in base64url. Times are milliseconds of the one clock.
 */

import type { CountQuery, DirectoryQuery, Page } from '../directory/query.ts'
import type { RefusalName } from './errors.ts'

/** The type under which a redirect URI is registered; it decides what the token endpoint demands. */
export type RedirectUriType = 'web' | 'spa' | 'publicClient'

export interface CodeChallenge {
  readonly method: 'plain' | 'S256'
  readonly value: string
}

/** Who signed in, as which account, and how. */
export interface SignedInUser {
  /** The tenant tokens are issued for; for a guest not his home. */
  readonly tenantId: string
  /** The account in that tenant: the `oid`. */
  readonly userId: string
  /** `pwd`, or `control` for a sign-in that was made without a person. */
  readonly method: 'pwd' | 'control'
  readonly authenticatedAt: number
  /** GUID of the browser session; `session_state` and `sid`. */
  readonly sessionId: string
}

/** An authorization code (RFC 6749 §4.1.2): ten minutes, once. */
export interface AuthorizationCode extends SignedInUser {
  readonly id: string
  readonly clientAppId: string
  /** As the authorize request wrote it. */
  readonly redirectUri: string
  readonly redirectUriType: RedirectUriType
  readonly codeChallenge: CodeChallenge | null
  /** Scopes of the authorize request, as written; on v1.0 empty. */
  readonly scopes: readonly string[]
  /** `resource` of a v1.0 authorize request. */
  readonly resource: string | null
  readonly nonce: string | null
  /** The tenant segment of the authorize URL, in lower case: a tenant id, `common`, `organizations` or `consumers`. */
  readonly segment: string
  readonly expiresAt: number
}

/** A refresh token: bound to user and client, to no API. Old ones stay valid until they expire. */
export interface RefreshToken extends SignedInUser {
  readonly id: string
  readonly clientAppId: string
  readonly redirectUriType: RedirectUriType | null
  /** Scopes first asked for, as written. */
  readonly scopes: readonly string[]
  readonly resource: string | null
  readonly issuedAt: number
  readonly expiresAt: number
}

/** A device authorization (RFC 8628). */
export interface DeviceCode {
  readonly id: string
  /** Nine upper-case letters and digits that a person types. */
  readonly userCode: string
  readonly clientAppId: string
  readonly scopes: readonly string[]
  readonly resource: string | null
  /** The tenant segment of the request, in lower case. */
  readonly segment: string
  /** Of the request that began the flow; polls answer with it. */
  readonly correlationId: string
  /** The run whose proxy port the request came through, where that is known. */
  readonly runId: string | null
  readonly expiresAt: number
  readonly answer:
    | { readonly kind: 'pending' }
    | {
        readonly kind: 'declined'
        /** What stood in the way, where nobody declined but an account that could not approve. */
        readonly because?: { readonly refusal: RefusalName; readonly text: string }
      }
    | ({ readonly kind: 'approved' } & SignedInUser)
}

/** A browser's session: who is signed in with it, and for how long it lives without being used. */
export interface BrowserSession {
  readonly id: string
  /** GUID that `session_state` and `sid` show. */
  readonly sessionId: string
  readonly accounts: readonly SessionAccount[]
  readonly persistent: boolean
  readonly createdAt: number
  readonly expiresAt: number
}

export interface SessionAccount {
  /** The account in its home tenant. */
  readonly homeTenantId: string
  readonly homeUserId: string
  readonly method: 'pwd' | 'control'
  readonly authenticatedAt: number
  /** The applications that were told of this account; they hear of its sign-out. */
  readonly clients?: readonly SessionClient[]
}

/** An application that a browser's account has signed in to. */
export interface SessionClient {
  readonly appId: string
  /** `iss` of the tokens it was given. */
  readonly issuer: string
}

/** One line of the sign-in log. */
export interface SignInRecord {
  readonly id: string
  readonly tenantId: string
  /** ISO 8601. */
  readonly createdDateTime: string
  readonly userId: string | null
  readonly userPrincipalName: string | null
  readonly clientAppId: string | null
  readonly resourceAppId: string | null
  /** `interactive`, `device code`, `control`, `refresh`, `password`, `application`. */
  readonly kind: string
  /** 0, or the AADSTS number of the refusal. */
  readonly errorCode: number
  readonly correlationId: string
}

/** What sign-ins want written; committed as a list with whatever else a decision changes. */
export type SignInChange =
  | { readonly change: 'addAuthorizationCode'; readonly code: AuthorizationCode }
  /** Of all callers in all processes exactly one succeeds; the others' commits fail with `NoSuchRecord`. */
  | { readonly change: 'consumeAuthorizationCode'; readonly id: string }
  | { readonly change: 'addRefreshToken'; readonly token: RefreshToken }
  | { readonly change: 'addDeviceCode'; readonly code: DeviceCode }
  /** Only while it is pending; else `NoSuchRecord`. */
  | { readonly change: 'answerDeviceCode'; readonly id: string; readonly answer: DeviceCode['answer'] }
  /** Of all callers exactly one succeeds. */
  | { readonly change: 'consumeDeviceCode'; readonly id: string }
  | { readonly change: 'putSession'; readonly session: BrowserSession }
  /**
   * Only while it is there, else nothing happens: who has signed out meanwhile stays signed out. `ConcurrentChange` when
   * it is no longer as `before`.
   */
  | { readonly change: 'updateSession'; readonly session: BrowserSession; readonly before: BrowserSession }
  | { readonly change: 'deleteSession'; readonly id: string }
  | { readonly change: 'addSignInRecord'; readonly record: SignInRecord }

export interface AuthorizationCodeStore {
  /** A code that was consumed is found until it expires, so that a second redemption hears what happened. */
  byId(id: string): Promise<{ readonly code: AuthorizationCode; readonly consumed: boolean } | undefined>
}

export interface RefreshTokenStore {
  byId(id: string): Promise<RefreshToken | undefined>
}

export interface DeviceCodeStore {
  byId(id: string): Promise<DeviceCode | undefined>
  /** By what a person types, in any case; never an expired or consumed one. */
  byUserCode(userCode: string, now: number): Promise<DeviceCode | undefined>
  /** Pending codes that came through one run, for `run --sign-in-as`. */
  pendingOfRun(runId: string, now: number): Promise<readonly DeviceCode[]>
}

export interface SessionStore {
  byId(id: string): Promise<BrowserSession | undefined>
}

export interface SignInRecordStore {
  /**
   * One page of a tenant's, the newest first. Filtered by the names that Microsoft Graph gives their properties.
   * @throws {UnsupportedFilter} {UnknownPage}
   */
  list(query: DirectoryQuery): Promise<Page<SignInRecord>>
  /** @throws {UnsupportedFilter} */
  count(query: CountQuery): Promise<number>
}
