/** Where a cache keeps a token. @param partition whose tokens: see `TokenCredential` */
export function tokenKey(partition: string, requestKey: string): string {
  return JSON.stringify([partition, requestKey])
}

/** Whether a token is one of a partition. */
export function isOfPartition(tokenKey: string, partition: string): boolean {
  return tokenKey.startsWith(`${JSON.stringify([partition]).slice(0, -1)},`)
}
