import { type Login, listLogins, loginPartition } from '@doorstep/client'
import type { CommandIO } from '../command.ts'
import { isOfLocalCloud } from './local-partition.ts'
import { removeAllLogins, removeLogin } from './login-record.ts'
import { openTokenStore, type TokenStore } from './token-store.ts'

/** Removes a login with its sign-in and its access tokens. Those of others stay. */
export async function forgetLogin(login: Login, store: TokenStore): Promise<void> {
  // The sign-in first: a record without one does no harm.
  await forgetTokensOf(login, store)
  await removeLogin(store.folder, login.profile)
}

/**
 * Removes a record that does not tell its sign-in any more, and the sign-ins that no record tells of: one of them was
 * its own.
 */
export async function forgetDamagedLogin(profile: string, store: TokenStore): Promise<void> {
  await forgetUnlisted(store)
  await removeLogin(store.folder, profile)
}

/** Forgets sign-ins and tokens of logins that have no record. */
export async function forgetUnlisted({ folder, file }: TokenStore): Promise<void> {
  const listed = new Set(listLogins(folder).map(loginPartition))
  await file.forget((partition) => isOfLogin(partition) && !listed.has(partition))
}

/** Forgets every sign-in of `login`, with its record or without one, and every access token of the store. */
export async function forgetAllLogins({ folder, file }: TokenStore): Promise<void> {
  await file.forget(isOfLogin)
  await file.deleteTokens()
  await removeAllLogins(folder)
}

const isOfLogin = (partition: string) => partition.startsWith(loginPartition({ id: '' }))

/** Forgets the sign-in and the access tokens of a login. */
export async function forgetTokensOf(login: Pick<Login, 'id'>, { file }: TokenStore): Promise<void> {
  const its = loginPartition(login)
  await file.forget((partition) => partition === its)
}

/** Removes the logins of a local cloud whose accounts and keys are gone, and the tokens of its applications. */
export async function forgetLoginsOf(dataDirectory: string, io: CommandIO): Promise<void> {
  try {
    const store = await openTokenStore(io)
    const logins = listLogins(store.folder)
    for (const login of logins) if (login.dataDirectory === dataDirectory) await forgetLogin(login, store)
    await store.file.forget((partition) => isOfLocalCloud(partition, dataDirectory))
  } catch {
    // Whoever uses them hears from the local cloud that they are good for nothing.
  }
}
