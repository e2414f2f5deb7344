import type { AccessToken, Login, TokenCache } from '@doorstep/client'
import { dataDirectory, readClockOffset } from '../../data-folder.ts'
import type { CommandIO } from '../command.ts'

/**
 * How far the clock of the local cloud that issues a login's tokens is ahead of this process's, in milliseconds;
 * undefined for a real cloud, whose clock nobody moves. Inside `doorstep run` it is that of the run's local cloud.
 */
function clockAhead(
  { cloud, dataDirectory }: Pick<Login, 'cloud' | 'dataDirectory'>,
  { DOORSTEP_INTERCEPT, DOORSTEP_DATA }: CommandIO['environment'],
): number | undefined {
  const folder = cloud === 'local' ? (dataDirectory ?? DOORSTEP_DATA) : DOORSTEP_INTERCEPT && DOORSTEP_DATA
  return folder ? readClockOffset(folder) - offsetOfRun(DOORSTEP_INTERCEPT) : undefined
}

/**
 * The access tokens of a store, judged by the clock of whoever issued those of this login.
 *
 * @param environment of this process
 */
export function tokensOf(
  login: Pick<Login, 'cloud' | 'dataDirectory'>,
  tokens: TokenCache,
  environment: CommandIO['environment'] = process.env,
): TokenCache {
  const ahead = clockAhead(login, environment)
  return ahead === undefined ? tokens : byClockAhead(tokens, ahead)
}

/** The time of whoever issues a login's tokens, in milliseconds since 1970. */
export function timeOf(
  login: Pick<Login, 'cloud' | 'dataDirectory'>,
  environment: CommandIO['environment'],
): () => number {
  return () => Date.now() + (clockAhead(login, environment) ?? 0)
}

/**
 * The time by which a store throws tokens away. Times of a local cloud's tokens are in its own time: where its clock is
 * behind, they must not go before they are used up.
 */
export function storeTime(): number {
  const ahead = clockAhead({ cloud: 'local', dataDirectory: dataDirectory(undefined, process.env) }, process.env) ?? 0
  return Date.now() + Math.min(0, ahead)
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
 * A cache of a local cloud's tokens. Their times are kept in that cloud's time and given in this process's, by where the
 * cloud's clock stands now: it may have been moved since a token was kept.
 *
 * @param ahead how far that clock is ahead of this process's, in milliseconds
 */
function byClockAhead(cache: TokenCache, ahead: number): TokenCache {
  const { exclusively } = cache
  return {
    async get(key) {
      const token = await cache.get(key)
      return token === undefined || isBefore(token, Date.now() + ahead) ? undefined : moved(token, -ahead)
    },
    set: (key, token) => cache.set(key, moved(token, ahead)),
    ...(exclusively && { exclusively: exclusively.bind(cache) }),
  }
}

function moved(token: AccessToken, milliseconds: number): AccessToken {
  if (milliseconds === 0) return token
  const { expiresOnTimestamp, refreshAfterTimestamp } = token
  return {
    ...token,
    expiresOnTimestamp: expiresOnTimestamp + milliseconds,
    ...(refreshAfterTimestamp !== undefined && { refreshAfterTimestamp: refreshAfterTimestamp + milliseconds }),
  }
}

/** Whether a token is not good yet, as when the clock was moved back after it was issued. */
function isBefore({ token }: AccessToken, now: number): boolean {
  try {
    const { nbf } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return typeof nbf === 'number' && nbf * 1000 > now
  } catch {
    return false
  }
}
