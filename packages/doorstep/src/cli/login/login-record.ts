import { readdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { defaultProfileName, type Login, listLogins, loginPath, readLogin } from '@doorstep/client'

/** What the record of a profile turned out to be. */
export type LoginRecord = Login | 'damaged' | undefined

/** The login of a profile; undefined when it has no record. */
export function loginRecord(storeFolder: string, profile: string): LoginRecord {
  try {
    return readLogin(storeFolder, profile)
  } catch {
    return 'damaged'
  }
}

/** Profiles whose record cannot be read, or holds no login. */
export async function damagedProfiles(storeFolder: string): Promise<readonly string[]> {
  const names = await readdir(recordFolder(storeFolder)).catch(() => [])
  const readable = new Set(listLogins(storeFolder).map(({ profile }) => `${profile}.json`))
  const damaged = names.filter((name) => name.endsWith('.json') && !readable.has(name))
  return damaged.map((name) => name.slice(0, -'.json'.length)).sort()
}

export async function removeLogin(storeFolder: string, profile: string): Promise<void> {
  await rm(loginPath(storeFolder, profile), { force: true, recursive: true })
}

/** Removes the records of all profiles, readable or not. */
export async function removeAllLogins(storeFolder: string): Promise<void> {
  await rm(recordFolder(storeFolder), { recursive: true, force: true })
}

const recordFolder = (storeFolder: string) => dirname(loginPath(storeFolder, defaultProfileName))
