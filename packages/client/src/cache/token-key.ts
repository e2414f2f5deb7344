/** Where a cache keeps a token. @param partition whose tokens: see `TokenCredential` */
export function tokenKey(partition: string, requestKey: string): string {
  return JSON.stringify([partition, requestKey])
}

/** The partition in the key of a token; empty in a key that `tokenKey` has not made. */
export function partitionOfToken(key: string): string {
  try {
    const parts: unknown = JSON.parse(key)
    const [partition]: readonly unknown[] = Array.isArray(parts) ? parts : []
    return typeof partition === 'string' ? partition : ''
  } catch {
    return ''
  }
}
