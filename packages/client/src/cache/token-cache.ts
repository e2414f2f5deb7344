import type { AbortSignalLike, AccessToken } from '../credential.ts'

/** How long a turn may be waited for. */
export interface WaitForTurn {
  /** `Infinity` where the signal alone ends it: a person is not to be asked by two at a time, however long it takes. */
  readonly withinMilliseconds: number
  /** Nobody wants the token any more: the wait ends with an `AbortError`. */
  readonly abortSignal: AbortSignalLike
}

/**
 * Where `cached` keeps tokens beyond its own memory. Keys are opaque texts that name credential and request. Whoever
 * holds a cache holds its tokens. A cache that fails, or does not answer within two seconds, withholds no token: a
 * `get` then counts as a miss, a `set` as done.
 */
export interface TokenCache {
  get(key: string): AccessToken | undefined | Promise<AccessToken | undefined>
  set(key: string, token: AccessToken): void | Promise<void>
  /**
   * Runs `work`, which asks for a token and keeps it here, while nobody else who shares this cache does so for the
   * same key. A cache that is shared by several processes has this.
   * @param meanwhile asked now and then while somebody else works; a token that it gives ends the wait
   * @param wait how long the turn may be waited for while somebody lives who has it; default 15 s
   * @returns what `work` or `meanwhile` gave. It may reject as somebody else's work did that it waited for. It has to
   *   run `work` in any case when its turn does not come in that time, or cannot be had
   */
  exclusively?(
    key: string,
    work: () => Promise<AccessToken>,
    meanwhile: () => Promise<AccessToken | undefined>,
    wait?: WaitForTurn,
  ): Promise<AccessToken>
}
