import { InterruptedError, messageOf, RefusedError, UnreachableError } from '../failure.ts'
import type { GraphClient } from '../registration/graph-client.ts'
import { alignColumns, printable, type Terminal } from '../terminal.ts'
import type { Outcome } from './carry-out-plan.ts'
import { describeStep } from './describe-step.ts'
import type { ApplyStep } from './plan-apply.ts'

/** Prints a plan: its steps, each a line and what it changes below, or that there is none. */
export function printPlan(steps: readonly ApplyStep[], graph: GraphClient, terminal: Terminal): void {
  const { bold } = terminal.colours
  terminal.print(bold(`Tenant ${graph.tenantId} (${graph.cloud})`))
  if (steps.length === 0) terminal.print('Everything is as the file says.')
  for (const line of steps.flatMap(describeStep)) terminal.print(coloured(printable(line), terminal))
}

function coloured(line: string, { colours }: Terminal): string {
  const sign = line.trimStart()[0]
  if (sign === '+') return colours.green(line)
  return sign === '-' ? colours.red(line) : colours.yellow(line)
}

/** Says what was done: how each application is known, and the secrets, this once. */
export function printOutcome(outcome: Outcome, secretsFile: string | undefined, terminal: Terminal): void {
  const { applications, secrets, done } = outcome
  const changed = applications.filter(({ displayName }) =>
    done.some((step) => step.kind !== 'addApi' && step.application === displayName),
  )
  for (const line of alignColumns(changed.map(({ displayName, appId }) => [displayName, appId]))) terminal.print(line)
  if (secrets.length === 0) return
  if (secretsFile !== undefined) {
    terminal.note(
      `${secrets.length === 1 ? 'A secret was' : `${secrets.length} secrets were`} written to ${secretsFile}.`,
    )
    return
  }
  const rows = secrets.map(({ application, displayName, secretText }) => [application, displayName ?? '', secretText])
  for (const line of alignColumns(rows)) terminal.print(line)
  terminal.note('Secrets are shown this once. Keep them where no one else reads.')
}

/** Why carrying out a plan stopped, and where: what was done before, what was not begun, how to go on. */
export function stopped({ done, failed, endedBy, notBegun }: Outcome, terminal: Terminal): Error | undefined {
  const heads = (steps: readonly ApplyStep[]) => steps.map((step) => printable(`  ${describeStep(step)[0] ?? ''}`))
  const progress = [
    ...(done.length === 0 ? ['Nothing was changed before it.'] : ['Done before it:', ...heads(done)]),
    ...(notBegun.length === 0 ? [] : ['Not begun:', ...heads(notBegun)]),
    'Run the same command again to go on from there; what is done is not done twice.',
  ]
  if (endedBy) {
    for (const line of progress) terminal.note(line)
    return new InterruptedError(endedBy)
  }
  if (!failed) return undefined
  const refused = `This was refused: ${printable(describeStep(failed.step)[0] ?? '')}`
  const message = [refused, messageOf(failed.error), ...progress].join('\n')
  const cause = { cause: failed.error }
  return failed.error instanceof UnreachableError
    ? new UnreachableError(message, cause)
    : new RefusedError(message, cause)
}
