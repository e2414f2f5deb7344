import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeAtomically } from '../store/atomic-write.ts'
import { type Login, loginPath } from './login.ts'

/** Replaces the login of its profile as a whole, durably, readable by its owner alone (0600). */
export async function writeLogin(storeFolder: string, login: Login): Promise<void> {
  const path = loginPath(storeFolder, login.profile)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeAtomically(path, `${JSON.stringify(login, undefined, 2)}\n`)
}
