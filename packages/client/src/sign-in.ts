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
  delete(key: string): Promise<void> | void
  list(): Promise<readonly SignIn[]> | readonly SignIn[]
  /**
   * Names the store for token caches that other processes share. Without it, tokens of its sign-ins are shared within
   * this process alone.
   */
  readonly cachePartition?: string
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

/** Names the sign-in of a client at an authority: one account for each. Tenants and clients know no case. */
export function signInKey(of: { authorityHost: string; tenantId: string; clientId: string }): string {
  return JSON.stringify([of.authorityHost, of.tenantId.toLowerCase(), of.clientId.toLowerCase()])
}
