import type { Registration } from './application.ts'
import { lintRules } from './lint-rules.ts'

export type Severity = 'error' | 'warning' | 'advice'

/** One thing that the real cloud would refuse (`error`), or that is unwise there. */
export interface Finding {
  readonly rule: string
  readonly severity: Severity
  /** What was found, with its value. */
  readonly what: string
  readonly why: string
  /** A command to paste, or in words what to do; undefined where only its owner can know. */
  readonly fix: string | undefined
}

/** What rules know beside the registration; undefined where it could not be asked for. */
export interface LintContext {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Verified domains of the home tenant. */
  readonly domains?: readonly string[] | undefined
  readonly tenantId?: string | undefined
  readonly owners?: number | undefined
  /** Permissions listed that nobody has consented to, by their names. */
  readonly unconsented?: readonly string[] | undefined
  /** Permissions consented to that are not listed any more. */
  readonly unlisted?: readonly string[] | undefined
  /** `doorstep app …` for this registration, to paste; in a manifest there is none. */
  command(words: readonly string[]): string | undefined
}

/** A registration that a rule looks at; `appId` where it is in a directory. */
export type Linted = Registration & { readonly appId?: string | undefined }

/** What a rule says of a registration: each fault with the command that mends it, as the words after `doorstep app`. */
export interface Fault {
  readonly what: string
  /** `NAME` stands for the application. */
  readonly command?: readonly string[] | undefined
  readonly instead?: string | undefined
}

export interface LintRule {
  readonly rule: string
  readonly severity: Severity
  readonly why: string
  faults(registration: Linted, context: LintContext): readonly Fault[]
}

/** Everything that the rules find, errors first. */
export function lint(registration: Linted, context: LintContext): readonly Finding[] {
  const findings = lintRules.flatMap(({ rule, severity, why, faults }) =>
    faults(registration, context).map(({ what, command, instead }): Finding => {
      const fix = (command && context.command(command)) ?? instead
      return { rule, severity, what, why, fix }
    }),
  )
  const order: readonly Severity[] = ['error', 'warning', 'advice']
  return findings.toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity))
}
