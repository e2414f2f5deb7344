import { partitionOfToken } from '../cache/token-key.ts'
import type { AccessToken } from '../credential.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import type { SignIn } from '../person/sign-in.ts'

/**
 * What a store's file holds. Entries stay as they were read, so that members which a newer release wrote survive a
 * rewrite by this one; so does whatever lies beside the two maps.
 */
export interface StoredTokens {
  readonly tokens: ReadonlyMap<string, JsonObject>
  readonly signIns: ReadonlyMap<string, JsonObject>
  readonly rest: JsonObject
}

/** Changes that are not in the file yet. A sign-in that is `undefined` is to be removed. */
export interface TokenChanges {
  readonly tokens: Map<string, AccessToken>
  readonly signIns: Map<string, SignIn | undefined>
  /** Tokens in the file that go first: those of a partition, or all (`undefined`). */
  readonly withoutStored: readonly (string | undefined)[]
}

export const NOTHING_STORED: StoredTokens = { tokens: new Map(), signIns: new Map(), rest: {} }

export function readStoredTokens({ tokens, signIns, ...rest }: JsonObject): StoredTokens {
  return { tokens: entriesOf(tokens), signIns: entriesOf(signIns), rest }
}

export function writeStoredTokens({ tokens, signIns, rest }: StoredTokens): JsonObject {
  return { ...rest, tokens: Object.fromEntries(tokens), signIns: Object.fromEntries(signIns) }
}

/**
 * The content after the changes, without tokens that have expired, and with no more tokens than may be: above that
 * those that expire soonest go.
 * @param now milliseconds since 1970
 */
export function applyChanges(
  stored: StoredTokens,
  changes: TokenChanges,
  { now, maximumEntries }: { now: number; maximumEntries: number },
): StoredTokens {
  const tokens = new Map<string, JsonObject>()
  for (const [key, entry] of stored.tokens) {
    if (!hasExpired(entry, now) && !isDropped(key, changes.withoutStored)) tokens.set(key, entry)
  }
  for (const [key, token] of changes.tokens) if (token.expiresOnTimestamp > now) tokens.set(key, { ...token })
  const signIns = new Map(stored.signIns)
  for (const [key, signIn] of changes.signIns) {
    if (signIn === undefined) signIns.delete(key)
    else signIns.set(key, { ...ofSameAccount(signIns.get(key), signIn), ...signIn })
  }
  return { ...stored, tokens: soonestGone(tokens, maximumEntries), signIns }
}

/** The content without the tokens and sign-ins of the partitions that are meant. */
export function withoutPartitions(stored: StoredTokens, isMeant: (partition: string) => boolean): StoredTokens {
  const tokens = [...stored.tokens].filter(([key]) => !isMeant(partitionOfToken(key)))
  const signIns = [...stored.signIns].filter(([key]) => !isMeant(key))
  return { ...stored, tokens: new Map(tokens), signIns: new Map(signIns) }
}

/** Whether a token is to go. */
export function isDropped(key: string, partitions: readonly (string | undefined)[]): boolean {
  return partitions.some((partition) => partition === undefined || partitionOfToken(key) === partition)
}

/** The token of an entry, frozen, since many callers share it; `undefined` when it is none or has expired. */
export function tokenOf(entry: JsonObject | undefined, now: number): AccessToken | undefined {
  if (entry === undefined || hasExpired(entry, now)) return undefined
  const { token, expiresOnTimestamp, refreshAfterTimestamp, tokenType } = entry
  if (typeof token !== 'string' || typeof expiresOnTimestamp !== 'number') return undefined
  return Object.freeze({
    token,
    expiresOnTimestamp,
    ...(typeof refreshAfterTimestamp === 'number' ? { refreshAfterTimestamp } : {}),
    ...(tokenType === 'Bearer' || tokenType === 'pop' ? { tokenType } : {}),
  })
}

/** The sign-in of an entry; `undefined` when it lacks something that this release needs. */
export function signInOf(entry: JsonObject | undefined): SignIn | undefined {
  if (entry === undefined) return undefined
  const { authorityHost, tenantId, clientId, homeAccountId, username, refreshToken, version, issuedAt } = entry
  if (typeof authorityHost !== 'string' || typeof tenantId !== 'string' || typeof clientId !== 'string')
    return undefined
  if (typeof homeAccountId !== 'string' || typeof username !== 'string') return undefined
  if (typeof refreshToken !== 'string' || typeof issuedAt !== 'number') return undefined
  if (version !== 'v1.0' && version !== 'v2.0') return undefined
  return { ...entry, authorityHost, tenantId, clientId, homeAccountId, username, refreshToken, version, issuedAt }
}

function entriesOf(value: unknown): ReadonlyMap<string, JsonObject> {
  const entries = new Map<string, JsonObject>()
  if (isJsonObject(value))
    for (const [key, entry] of Object.entries(value)) if (isJsonObject(entry)) entries.set(key, entry)
  return entries
}

function expiryOf({ expiresOnTimestamp }: JsonObject): number {
  return typeof expiresOnTimestamp === 'number' ? expiresOnTimestamp : Number.POSITIVE_INFINITY
}

function hasExpired(entry: JsonObject, now: number): boolean {
  return expiryOf(entry) <= now
}

/** What a newer release noted about an account holds on for its next refresh token, and for no other account. */
function ofSameAccount(entry: JsonObject | undefined, { homeAccountId }: SignIn): JsonObject {
  return entry?.homeAccountId === homeAccountId ? entry : {}
}

function soonestGone(tokens: Map<string, JsonObject>, maximumEntries: number): Map<string, JsonObject> {
  if (tokens.size <= maximumEntries) return tokens
  const lastingFirst = [...tokens].sort(([, one], [, other]) => expiryOf(other) - expiryOf(one))
  return new Map(lastingFirst.slice(0, maximumEntries))
}
