import { dirname, join } from 'node:path'
import { type FileStore, fileStore, type SignInStore } from '@doorstep/client'
import type { CommandIO } from '../command.ts'
import { inCommandWords } from '../library-words.ts'
import type { Terminal } from '../terminal.ts'
import type { Login } from './login-record.ts'
import { storeTime } from './token-clock.ts'

/** Where this user's tokens, sign-ins and logins are. */
export interface TokenStore {
  readonly folder: string
  readonly file: FileStore
}

/**
 * Opens the token store of this user. A program inside `doorstep run` gets one in the local cloud's data folder: what
 * the local cloud gives under the real names must not mix with the real tokens, and these must not travel to it.
 */
export async function openTokenStore({
  environment,
  terminal,
}: {
  readonly environment: CommandIO['environment']
  readonly terminal: Pick<Terminal, 'note'>
}): Promise<TokenStore> {
  const { DOORSTEP_INTERCEPT, DOORSTEP_DATA } = environment
  const onNotice = ({ message }: { message: string }) => terminal.note(inCommandWords(message))
  const now = storeTime
  const ofRuns = DOORSTEP_INTERCEPT && DOORSTEP_DATA ? join(DOORSTEP_DATA, 'client-of-runs') : undefined
  const file = await fileStore({ onNotice, now, ...(ofRuns !== undefined && { directory: ofRuns, keychain: 'off' }) })
  return { folder: dirname(file.path), file }
}

/** The one sign-in of a login. Credentials that ask for it by authority or tenant get it under any of these. */
export function signInsOf({ file }: TokenStore, { id }: Pick<Login, 'id'>): SignInStore {
  const key = `doorstep login ${id}`
  return {
    get: () => file.signIns.get(key),
    set: (_key, signIn) => file.signIns.set(key, signIn),
    delete: () => file.signIns.delete(key),
    list: async () => {
      const signIn = await file.signIns.get(key)
      return signIn === undefined ? [] : [signIn]
    },
    cachePartition: partitionOf({ id }),
  }
}

/** Names the access tokens of a login in the token store. */
export function partitionOf({ id }: Pick<Login, 'id'>): string {
  return `doorstep login ${id}`
}
