/**
 * Names a group of tokens in a shared cache by what tells them apart. Parts may be secret: only their hash is in it.
 * @param kind of credential, in front
 */
export function cachePartitionOf(kind: string, parts: readonly string[]): string {
  const { createHash } = process.getBuiltinModule('node:crypto') // on demand: loading it costs 3 ms
  return `${kind}:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`
}
