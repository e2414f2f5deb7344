import type { CommandIO } from '../command.ts'
import { type Login, listLogins, removeLogin } from './login-record.ts'
import { openTokenStore, signInsOf, type TokenStore } from './token-store.ts'

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
