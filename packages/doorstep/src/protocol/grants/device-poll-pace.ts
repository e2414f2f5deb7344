const windowInMilliseconds = 5_000
const pollsInWindow = 60
const rememberedAtMost = 10_000

/** Counts the polls of device codes that nobody has answered yet. */
export interface DevicePollPace {
  /** Whether this poll is one too many; counts it. */
  isTooFast(codeId: string, now: number): boolean
}

/**
 * Entra has no `slow_down`, and most clients stop at it: only a device that polls in a loop, dozens of times within
 * one interval, is told (RFC 8628 §3.5). Kept in memory; the count of a code begins anew with each interval.
 */
export function devicePollPace(): DevicePollPace {
  const windows = new Map<string, { readonly since: number; polls: number }>()
  return {
    isTooFast(codeId, now) {
      const current = windows.get(codeId)
      if (!current || now - current.since >= windowInMilliseconds || now < current.since) {
        if (windows.size >= rememberedAtMost) windows.delete(windows.keys().next().value ?? '')
        windows.delete(codeId)
        windows.set(codeId, { since: now, polls: 1 })
        return false
      }
      current.polls++
      return current.polls > pollsInWindow
    },
  }
}
