/** What a sign-in leaves, by which tokens are had without another one. Whoever has it has the account: keep it safe. */
export interface SignIn {
  /** Origin of the authority, e.g. `https://login.microsoftonline.com`. */
  readonly authorityHost: string
  /** The tenant as it was asked for: an id, a domain name, or `common`, `organizations`, `consumers`. */
  readonly tenantId: string
  readonly clientId: string
  /** `{uid}.{utid}` of `client_info`, else `{sub}.{tid}` of the ID token; empty when neither came. */
  readonly homeAccountId: string
  /** `preferred_username`, `upn` or `email` of the ID token; empty when unknown. For people's eyes, not for decisions. */
  readonly username: string
  readonly refreshToken: string
  /** The endpoint that it was had from. Either version takes it. */
  readonly version: 'v1.0' | 'v2.0'
  /** Milliseconds since 1970. */
  readonly issuedAt: number
}

/** Where sign-ins are kept. Keys are opaque texts; whoever holds a store holds its accounts. */
export interface SignInStore {
  get(key: string): Promise<SignIn | undefined> | SignIn | undefined
  set(key: string, signIn: SignIn): Promise<void> | void
  /** @param partition of the access tokens that were had by it, which go too; left out, a store may drop all that it has */
  delete(key: string, partition?: string): Promise<void> | void
  list(): Promise<readonly SignIn[]> | readonly SignIn[]
  /**
   * Names the store for token caches that other processes share. Without it, tokens of its sign-ins are shared within
   * this process alone.
   */
  readonly cachePartition?: string | undefined
  /**
   * Runs `work`, which uses the refresh token under a key and keeps the next, while nobody else who shares this store
   * does so. Without it, that holds within this process alone.
   */
  inTurn?<Value>(key: string, work: () => Promise<Value>): Promise<Value>
}

/** Sign-ins in the memory of this process, gone with it. */
export function memorySignIns(): SignInStore {
  const signIns = new Map<string, SignIn>()
  return {
    get: (key) => signIns.get(key),
    set: (key, signIn) => void signIns.set(key, signIn),
    delete: (key) => void signIns.delete(key),
    list: () => [...signIns.values()],
  }
}

/**
 * Names the sign-in of a client at an authority: one account, and one more for each user name that was asked for by name
 * (`loginHint`). Tenants, clients and user names know no case.
 */
export function signInKey(of: {
  authorityHost: string
  tenantId: string
  clientId: string
  account?: string | undefined
}): string {
  const account = of.account === undefined ? [] : [of.account.toLowerCase()]
  return JSON.stringify([of.authorityHost, of.tenantId.toLowerCase(), of.clientId.toLowerCase(), ...account])
}
