/** Tells one state of a file from another without reading it: every state is a file of its own, renamed into place. */
export interface FileSignature {
  readonly inode: bigint
  readonly bytes: bigint
  readonly modifiedAt: bigint
}

export function signatureOf(status: { ino: bigint; size: bigint; mtimeNs: bigint }): FileSignature {
  return { inode: status.ino, bytes: status.size, modifiedAt: status.mtimeNs }
}

export function sameFile(one: FileSignature | undefined, other: FileSignature | undefined): boolean {
  return one?.inode === other?.inode && one?.bytes === other?.bytes && one?.modifiedAt === other?.modifiedAt
}
