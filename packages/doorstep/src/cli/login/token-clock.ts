import type { AccessToken, TokenCache } from '@doorstep/client'
import { readClockOffset } from '../../data-folder.ts'
import type { CommandIO } from '../command.ts'
import type { Login } from './login-record.ts'

/**
 * How far the clock of the local cloud that issues a login's tokens is ahead of this process's, in milliseconds;
 * undefined for a real cloud, whose clock nobody moves. Inside `doorstep run` it is that of the run's local cloud.
 */
export function clockAhead(
  { cloud, dataDirectory }: Pick<Login, 'cloud' | 'dataDirectory'>,
  { DOORSTEP_INTERCEPT, DOORSTEP_DATA }: CommandIO['environment'],
): number | undefined {
  const folder = cloud === 'local' ? (dataDirectory ?? DOORSTEP_DATA) : DOORSTEP_INTERCEPT && DOORSTEP_DATA
  return folder ? readClockOffset(folder) - offsetOfRun(DOORSTEP_INTERCEPT) : undefined
}

/** The local cloud's clock when the run began, by which the time of this process goes. */
function offsetOfRun(intercept: string | undefined): number {
  if (!intercept) return 0
  try {
    const { clockOffsetMilliseconds } = JSON.parse(intercept) as Record<string, unknown>
    return typeof clockOffsetMilliseconds === 'number' ? clockOffsetMilliseconds : 0
  } catch {
    return 0
  }
}

/**
 * A cache of a local cloud's tokens, whose times it gives by where that cloud's clock stands now: the clock may have
 * been moved since a token was kept.
 *
 * @param ahead how far that clock is ahead of this process's, in milliseconds
 */
export function byClockAhead(cache: TokenCache, ahead: number): TokenCache {
  const { exclusively } = cache
  return {
    async get(key) {
      const token = await cache.get(key)
      return token && judgedByClock(token, ahead)
    },
    set: (key, token) => cache.set(key, token),
    ...(exclusively && { exclusively: exclusively.bind(cache) }),
  }
}

/**
 * A local cloud's tokens say themselves, by its clock, from when to when they are good; the rest of their times moves
 * along. Undefined for one that is not good yet, since the clock was moved back.
 */
function judgedByClock(token: AccessToken, ahead: number): AccessToken | undefined {
  const { nbf = 0, exp } = timesIn(token.token)
  if (exp === undefined) return token
  if (nbf - ahead > Date.now()) return undefined
  const expiresOnTimestamp = exp - ahead
  const { refreshAfterTimestamp } = token
  if (refreshAfterTimestamp === undefined) return { ...token, expiresOnTimestamp }
  const moved = expiresOnTimestamp - token.expiresOnTimestamp
  return { ...token, expiresOnTimestamp, refreshAfterTimestamp: refreshAfterTimestamp + moved }
}

/** `nbf` and `exp` of a JWT, in milliseconds since 1970. */
function timesIn(token: string): { readonly nbf?: number; readonly exp?: number } {
  try {
    const { nbf, exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return { ...(typeof nbf === 'number' && { nbf: nbf * 1000 }), ...(typeof exp === 'number' && { exp: exp * 1000 }) }
  } catch {
    return {}
  }
}
