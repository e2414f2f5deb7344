/** `note`: worth knowing, nothing to do. `warning`: works, and may surprise. `problem`: something will not work. */
export type Verdict = 'ok' | 'note' | 'warning' | 'problem'

/** What one check found. */
export interface Finding {
  readonly check: string
  readonly verdict: Verdict
  /** One sentence or two; never a secret. */
  readonly detail: string
  /** What to do about it. */
  readonly fix?: string
}

export const ok = (check: string, detail: string): Finding => ({ check, verdict: 'ok', detail })
export const note = (check: string, detail: string): Finding => ({ check, verdict: 'note', detail })
export const warning = (check: string, detail: string, fix: string): Finding => ({
  check,
  verdict: 'warning',
  detail,
  fix,
})
export const problem = (check: string, detail: string, fix: string): Finding => ({
  check,
  verdict: 'problem',
  detail,
  fix,
})
