import type { SignInStore } from '../person/sign-in.ts'
import { inTurn } from '../person/turns.ts'
import type { FileStore } from '../store/file-store.ts'
import type { Login } from './login.ts'

/** Names the access tokens and the sign-in of a login in the token store. */
export function loginPartition({ id }: Pick<Login, 'id'>): string {
  return `doorstep login ${id}`
}

/** The one sign-in of a login. Credentials that ask for it by authority or tenant get it under any of these. */
export function loginSignIns({ signIns }: Pick<FileStore, 'signIns'>, login: Pick<Login, 'id'>): SignInStore {
  const key = loginPartition(login)
  return {
    get: () => signIns.get(key),
    set: (_key, signIn) => signIns.set(key, signIn),
    delete: () => signIns.delete(key, key),
    list: async () => {
      const signIn = await signIns.get(key)
      return signIn === undefined ? [] : [signIn]
    },
    inTurn: (_key, work) => inTurn(signIns, key, work),
    cachePartition: key,
  }
}
