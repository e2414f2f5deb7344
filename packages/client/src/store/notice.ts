/** Something about a store that its owner should know. It never holds a token. */
export interface StoreNotice {
  /**
   * - `setAside`: a file could not be read and lies beside the store under the name in `path`.
   * - `newerFormat`: the file comes from a newer release; it is left as it is, and what is new is kept in memory.
   * - `notSaved`: the file cannot be written; what is new is kept in memory, and saved with the next change that can be.
   * - `inMemory`: there is no place for the file or its key; everything is kept in memory.
   * - `keyExposed`: other users could read the key file; it is now closed to them.
   */
  readonly kind: 'setAside' | 'newerFormat' | 'notSaved' | 'inMemory' | 'keyExposed'
  /** The file or folder that it is about. */
  readonly path: string
  /** One or two sentences: what happened, why, and what to do. */
  readonly message: string
}

export type NoticeListener = (notice: StoreNotice) => void

/** Prints a notice once on stderr, as Node prints its own warnings. */
export function warnOfNotice({ message, kind }: StoreNotice): void {
  process.emitWarning(message, { type: 'DoorstepStoreWarning', code: kind })
}
