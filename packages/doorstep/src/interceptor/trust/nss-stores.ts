import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { nssAddWords, nssCertutilPackages, nssRemoveWords, openNssDatabase } from './nss-database.ts'
import { localhostRootIn, localhostRootName } from './root-certificate.ts'
import type { StoredRoot, TrustStore } from './trust-plan.ts'

export interface NssStoresOptions {
  readonly home: string
  readonly platform: NodeJS.Platform
  /** Path of the root to trust, PEM. */
  readonly rootPath: string
  /** Path of NSS's certutil; undefined when it is not installed. */
  readonly certutil: string | undefined
}

/** Chromium's stores of a user on Linux, below the home folder. */
const chromiumStores = ['.pki/nssdb', '.local/share/pki/nssdb', 'snap/chromium/current/.pki/nssdb']

/** Folders of Firefox profiles, below the home folder. */
const firefoxFolders = {
  linux: [
    '.mozilla/firefox',
    '.config/mozilla/firefox',
    'snap/firefox/common/.mozilla/firefox',
    '.var/app/org.mozilla.firefox/.mozilla/firefox',
  ],
  darwin: ['Library/Application Support/Firefox/Profiles'],
}

/**
 * The NSS stores that browsers of this user have made. None is made here: a browser that was never started has none,
 * and gets its root by installing again after its first start. Firefox on Windows reads the system's store as well.
 */
export async function nssStores({ home, platform, rootPath, certutil }: NssStoresOptions): Promise<TrustStore[]> {
  const folders = await storeFolders(home, platform)
  return Promise.all(folders.map((folder) => nssStore(folder, rootPath, certutil)))
}

async function storeFolders(home: string, platform: NodeJS.Platform): Promise<string[]> {
  if (platform === 'win32') return []
  const profileFolders = firefoxFolders[platform === 'darwin' ? 'darwin' : 'linux'].map((path) => join(home, path))
  const profiles = await Promise.all(
    profileFolders.map(async (folder) => (await readdir(folder).catch(() => [])).map((name) => join(folder, name))),
  )
  const candidates = [...chromiumStores.map((path) => join(home, path)), ...profiles.flat()]
  return candidates.filter((folder) => existsSync(join(folder, 'cert9.db')))
}

async function nssStore(folder: string, rootPath: string, certutil: string | undefined): Promise<TrustStore> {
  const step = (words: readonly string[]) =>
    [{ kind: 'run', program: certutil ?? 'certutil', words: ['-d', `sql:${folder}`, ...words] }] as const
  return {
    kind: 'nss',
    place: folder,
    roots: certutil === undefined ? undefined : await storedRoots(certutil, folder),
    needs: certutil === undefined ? `${folder} needs NSS's certutil (${nssCertutilPackages}).` : undefined,
    changes: {
      add: (_root, name) => step(nssAddWords(name, rootPath)),
      remove: (_root, name) => step(nssRemoveWords(name)),
      update: [],
    },
  }
}

async function storedRoots(certutil: string, folder: string): Promise<StoredRoot[]> {
  const database = openNssDatabase(certutil, folder)
  // A profile holds hundreds of certificates; a root of ours has its own name in it, however it was added.
  const named = (await database.list()).filter(({ name }) => name.includes(localhostRootName))
  const roots: StoredRoot[] = []
  for (const { name, isTrusted } of named) {
    const root = localhostRootIn(await database.read(name))
    if (root) roots.push({ ...root, name, isTrusted })
  }
  return roots
}
