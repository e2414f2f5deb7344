import { createHash } from 'node:crypto'
import type { BootstrapCredential } from '../../data-folder.ts'

/** A name without spaces, which tells nothing, for texts that differ: in the names of partitions of the token store. */
export function partitionName(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

/**
 * The word of a partition's name that says which local cloud its tokens are from, so that they can go when that cloud
 * forgets its accounts.
 *
 * @param dataDirectory of the local cloud; undefined for tokens from elsewhere
 */
export function folderWord(dataDirectory: string | undefined): string {
  return dataDirectory === undefined ? '-' : partitionName([dataDirectory])
}

/** Whether a partition of the token store is that of an application of this local cloud. */
export function isOfLocalCloud(partition: string, dataDirectory: string): boolean {
  return partition.split(' ').includes(folderWord(dataDirectory))
}

/**
 * The partition of an application that the environment names.
 *
 * @param own the one that the client library gives it
 * @param local the local cloud it is asked at: its folder, and what tells it from one that was there before
 */
export function applicationPartition(
  own: string,
  local: { readonly dataDirectory: string; readonly bootstrap: BootstrapCredential | undefined } | undefined,
): string {
  return `doorstep application ${folderWord(local?.dataDirectory)} ${partitionName([own, local?.bootstrap])}`
}
