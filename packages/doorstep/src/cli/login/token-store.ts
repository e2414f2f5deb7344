import { dirname } from 'node:path'
import { type FileStore, fileStore, type StoreNotice } from '@doorstep/client'
import { inCommandWords } from '../library-words.ts'
import type { Terminal } from '../terminal.ts'
import { storeTime } from './token-clock.ts'

/** Where this user's tokens, sign-ins and logins are. */
export interface TokenStore {
  readonly folder: string
  readonly file: FileStore
}

/** A notice of something that happens once, and that nobody hears of later. */
const happensOnce: readonly StoreNotice['kind'][] = ['setAside', 'keyExposed']

/** As `openTokenStore`, where somebody else opens the store again afterwards, who says what goes on being wrong. */
export async function openTokenStoreBeforehand(terminal: Pick<Terminal, 'note'>): Promise<TokenStore> {
  const file = await fileStore({
    onNotice: ({ kind, message }) => happensOnce.includes(kind) && terminal.note(inCommandWords(message)),
    now: storeTime,
  })
  return { folder: dirname(file.path), file }
}

/** Opens the token store that every program of this user shares; inside `doorstep run` that of the local cloud's runs. */
export async function openTokenStore({ terminal }: { readonly terminal: Pick<Terminal, 'note'> }): Promise<TokenStore> {
  const file = await fileStore({ onNotice: ({ message }) => terminal.note(inCommandWords(message)), now: storeTime })
  return { folder: dirname(file.path), file }
}
