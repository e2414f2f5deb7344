import type { AccessToken } from '../credential.ts'

/**
 * Where `cached` keeps tokens beyond its own memory. Keys are opaque texts that name credential and request. Whoever
 * holds a cache holds its tokens. A cache that fails withholds no token: a rejected `get` counts as a miss, a rejected
 * `set` as done.
 */
export interface TokenCache {
  get(key: string): AccessToken | undefined | Promise<AccessToken | undefined>
  set(key: string, token: AccessToken): void | Promise<void>
}
