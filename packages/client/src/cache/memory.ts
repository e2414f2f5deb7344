import type { AccessToken } from '../credential.ts'
import { requireOptionNames } from '../options/option-names.ts'
import { BoundedMap } from './bounded-map.ts'
import type { TokenCache } from './token-cache.ts'

export interface MemoryCacheOptions {
  /** Default 100,000, which is some 200 MB of usual tokens. Above it, tokens that nobody reads go first. */
  maximumEntries?: number
}

/** A cache in this process, for several `cached` credentials to share. One alone needs none: `cached(credential)`. */
export function memoryCache(options: MemoryCacheOptions = {}): TokenCache {
  requireOptionNames<MemoryCacheOptions>('memoryCache', options, { maximumEntries: true })
  const { maximumEntries = 100_000 } = options
  const entries = new BoundedMap<{ token: AccessToken; recentlyUsed: boolean }>(maximumEntries)
  return {
    get: (key) => entries.get(key)?.token,
    set: (key, token) => entries.set(key, { token, recentlyUsed: false }),
  }
}
