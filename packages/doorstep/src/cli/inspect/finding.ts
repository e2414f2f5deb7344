/** `info` is a fact without a judgement. */
export type Verdict = 'ok' | 'failed' | 'not checked' | 'info'

/** What an inspection says of one thing. */
export interface Finding {
  readonly name: string
  readonly verdict: Verdict
  readonly says: string
}

export function finding(name: string, verdict: Verdict, says: string): Finding {
  return { name, verdict, says }
}

const LONGEST_VALUE = 200

/** A value from a token as it may be shown: whoever made the token chose its length. */
export function shown(value: unknown): string {
  if (value === undefined) return 'none'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text
}
