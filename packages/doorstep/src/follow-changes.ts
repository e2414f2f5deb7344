const firstRetryInMilliseconds = 50
const slowestRetryInMilliseconds = 5_000

/** Keeps something in memory as the store has it. */
export interface Follower {
  /** Reads it again: the store has another value than was read before. */
  changed(): void
  /** Nothing is read or reported from now on. */
  stop(): void
}

/**
 * Reads again whenever there is news, one reading after another: an answer that was read earlier must not overwrite
 * one that was read later. A reading that fails is repeated until one succeeds, at growing distances of up to five
 * seconds, since nobody would tell the news again; its failure is reported once.
 *
 * @param read takes over what the store has
 */
export function followChanges(read: () => Promise<void>, reportFault: (fault: unknown) => void): Follower {
  let state: 'current' | 'reading' | 'outdated while reading' | 'waiting' | 'stopped' = 'current'
  let failures = 0
  let retry: NodeJS.Timeout | undefined

  const begin = () => {
    clearTimeout(retry)
    state = 'reading'
    read().then(succeeded, failed)
  }
  const succeeded = () => {
    if (state === 'stopped') return
    failures = 0
    if (state === 'outdated while reading') begin()
    else state = 'current'
  }
  const failed = (fault: unknown) => {
    if (state === 'stopped') return
    if (failures === 0) reportFault(fault)
    const delay = Math.min(firstRetryInMilliseconds * 2 ** failures, slowestRetryInMilliseconds)
    failures += 1
    state = 'waiting'
    retry = setTimeout(begin, delay)
    retry.unref()
  }
  return {
    changed: () => {
      if (state === 'reading') state = 'outdated while reading'
      else if (state === 'current' || state === 'waiting') begin()
    },
    stop: () => {
      state = 'stopped'
      clearTimeout(retry)
    },
  }
}
