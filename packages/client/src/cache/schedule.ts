import type { AccessToken } from '../credential.ts'

const REFRESH_MARGIN_MILLISECONDS = 5 * 60_000
const LONGEST_JITTER_MILLISECONDS = 30_000
const FIRST_RETRY_MILLISECONDS = 30_000
const SHORTEST_RETRY_MILLISECONDS = 10_000
const LONGEST_RETRY_MILLISECONDS = 5 * 60_000

/**
 * When a token just received should be replaced: when the authority said, else five minutes before it expires. Of a
 * life shorter than ten minutes at most the second half counts as due, or each call would start a refresh.
 */
export function refreshAfter({ refreshAfterTimestamp, expiresOnTimestamp }: AccessToken, receivedAt: number): number {
  if (refreshAfterTimestamp !== undefined && refreshAfterTimestamp > receivedAt) {
    return Math.min(refreshAfterTimestamp, expiresOnTimestamp)
  }
  const life = Math.max(0, expiresOnTimestamp - receivedAt)
  return expiresOnTimestamp - Math.min(REFRESH_MARGIN_MILLISECONDS, life / 2)
}

/**
 * A moment by chance before `due`: up to half a minute, or a twentieth of the time until then. Processes that got the
 * same token at the same time do not all look at it again at the same time.
 */
export function somewhatEarlier(due: number, now: number): number {
  return due - Math.random() * Math.min(LONGEST_JITTER_MILLISECONDS, Math.max(0, due - now) / 20)
}

/**
 * Milliseconds from a failed refresh to the next: 30 s, doubled each time up to 5 min, but at most half of what is left
 * of the token's life, so that tries become more frequent as its end comes near; by chance up to a quarter more. Where
 * the authority asked for longer, so long.
 */
export function retryRefreshAfter(failures: number, remainingMilliseconds: number, askedMilliseconds = 0): number {
  const growing = Math.min(LONGEST_RETRY_MILLISECONDS, FIRST_RETRY_MILLISECONDS * 2 ** (failures - 1))
  const inTime = Math.max(SHORTEST_RETRY_MILLISECONDS, remainingMilliseconds / 2)
  return Math.max(Math.min(growing, inTime), askedMilliseconds) * (1 + Math.random() / 4)
}
