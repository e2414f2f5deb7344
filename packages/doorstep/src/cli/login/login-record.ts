import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Login, loginPath, readLogin } from '@doorstep/client'

/** The login of a profile, where there is one that can be read. */
export function readableLogin(storeFolder: string, profile: string): Login | undefined {
  try {
    return readLogin(storeFolder, profile)
  } catch {
    return undefined
  }
}

/** Replaces the login of its profile as a whole, durably, readable by its owner alone (0600). */
export async function writeLogin(storeFolder: string, login: Login): Promise<void> {
  const path = loginPath(storeFolder, login.profile)
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, `.${login.profile}.${crypto.randomUUID()}.tmp`)
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(`${JSON.stringify(login, undefined, 2)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

export async function removeLogin(storeFolder: string, profile: string): Promise<void> {
  await rm(loginPath(storeFolder, profile), { force: true })
}
