import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommandIO } from '../command.ts'
import { type Login, listLogins, removeLogin } from './login-record.ts'
import { openTokenStore, signInsOf, type TokenStore } from './token-store.ts'

/**
 * Forgets the access tokens of all logins, and how requests for them failed, which the authority's words tell: with
 * ids of clients and people.
 */
export async function forgetTokens(store: TokenStore): Promise<void> {
  await store.file.deleteTokens()
  const folder = join(store.folder, 'leases')
  const names = await readdir(folder).catch(() => [])
  const failures = names.filter((name) => name.endsWith('.failure'))
  await Promise.all(failures.map((name) => rm(join(folder, name), { force: true })))
}

/** Removes a login with its sign-in, which takes the access tokens along. */
export async function forgetLogin(login: Login, store: TokenStore): Promise<void> {
  // The sign-in first: a record without one does no harm.
  await signInsOf(store, login).delete('')
  await removeLogin(store.folder, login.profile)
}

/** Removes the logins of a local cloud whose accounts and keys are gone. */
export async function forgetLoginsOf(dataDirectory: string, io: CommandIO): Promise<void> {
  try {
    const store = await openTokenStore(io)
    const logins = await listLogins(store.folder)
    for (const login of logins) if (login.dataDirectory === dataDirectory) await forgetLogin(login, store)
  } catch {
    // Whoever uses them hears from the local cloud that they are good for nothing.
  }
}
