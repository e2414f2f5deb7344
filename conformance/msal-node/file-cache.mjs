import { readFile, writeFile } from 'node:fs/promises'

/** A token cache that outlives the program, as MSAL's documentation builds one. */
export const fileCache = (path) => ({
  async beforeCacheAccess({ tokenCache }) {
    tokenCache.deserialize(await readFile(path, 'utf8').catch(() => '{}'))
  },
  async afterCacheAccess({ tokenCache, cacheHasChanged }) {
    if (cacheHasChanged) await writeFile(path, tokenCache.serialize())
  },
})
