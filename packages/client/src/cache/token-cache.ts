import type { AccessToken } from '../credential.ts'

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
   * @returns what `work` or `meanwhile` gave. It may reject as somebody else's work did that it waited for. It has to
   *   run `work` in any case when its turn does not come in a bounded time
   */
  exclusively?(
    key: string,
    work: () => Promise<AccessToken>,
    meanwhile: () => Promise<AccessToken | undefined>,
  ): Promise<AccessToken>
}
