import type { TenantState } from '../apply/application-state.ts'
import { carryOutPlan, type Outcome } from '../apply/carry-out-plan.ts'
import { describeStep } from '../apply/describe-step.ts'
import { type ApplyPlan, type ApplyStep, planApply } from '../apply/plan-apply.ts'
import { readTenantState } from '../apply/read-tenant.ts'
import { readRegistrationFile } from '../apply/registration-file.ts'
import { printOutcome, printPlan, stopped } from '../apply/report-outcome.ts'
import { openSecretsFile } from '../apply/secrets-file.ts'
import { command, flag, text } from '../command.ts'
import { messageOf, RefusedError, UsageError } from '../failure.ts'
import type { GraphClient } from '../registration/graph-client.ts'
import { directoryOptions, openGraph } from '../registration/open-graph.ts'
import { stopSignals } from '../stop-signals.ts'
import type { Terminal } from '../terminal.ts'

export const apply = command({
  summary: 'make a tenant’s applications as a file says',
  description: [
    'FILE is a seed file, or a list of applications as app export --as doorstep prints it. Of one of its tenants the applications are made or changed: properties, permissions, admin consent, secrets, certificates, owners. What it does not mention stays, and nothing is deleted.',
    'An application is known by its appId, else by its name: Graph lets nobody choose an appId, so that a new one gets another than the file says. A secret is known by its displayName; Graph makes its text, which is printed once.',
    'Without --plan the plan is shown, then carried out: after a question, or at once with --yes. A plan exits 0 whether or not something is to do; with --json its status is unchanged or planned.',
  ].join('\n'),
  arguments: [{ form: '<file>', help: 'seed file, YAML or JSON' }],
  options: {
    plan: flag('only say what would change'),
    yes: flag('do it without asking; needed where nobody can be asked'),
    secretsTo: text('FILE', 'write new secrets into this file, which only you can read, instead of printing them'),
    ...directoryOptions,
    tenant: text(
      'TENANT',
      'id, domain or name: which tenant of the file; local: of the cloud, too (default: the only one, by its domain)',
    ),
  },
  examples: [
    'doorstep apply doorstep.yaml --plan',
    'doorstep apply doorstep.yaml --yes --secrets-to secrets.json',
    'doorstep apply doorstep.yaml --cloud public --profile work',
  ],
  async run(options, io, [file = '']) {
    const { terminal } = io
    const { plan: planOnly, secretsTo, json } = options
    if (planOnly && secretsTo !== undefined) throw new UsageError('--plan makes no secrets: leave --secrets-to out.')
    const registrations = await readRegistrationFile(file, options.tenant)
    const isLocal = (options.cloud ?? 'local') === 'local' && options.profile === undefined
    const tenant = options.tenant ?? (isLocal ? registrations.domain : undefined)
    const graph = await openGraph({ ...options, tenant }, io)
    const ended = terminal.progress('Reading what the tenant has')
    const state = await readTenantState(graph, registrations, file).finally(ended)
    const plan = planApply(state)
    for (const sentence of registrations.leftOut) terminal.note(`Left out ${sentence}`)
    for (const name of plan.impossible)
      terminal.note(`${name} cannot be consented to: the API has no such permission here.`)
    const report = { tenant: graph.tenantId, cloud: graph.cloud, leftOut: registrations.leftOut }
    if (!json) printPlan(plan.steps, graph, terminal)
    if (planOnly || plan.steps.length === 0) {
      if (json) terminal.printJson({ status: statusOf(plan), ...report, steps: plan.steps, ...known(state) })
      return
    }
    if (!options.yes) await confirm(plan.steps, json, terminal)
    const { outcome, secretsFile } = await carryOut(graph, state, plan, secretsTo)
    if (json) terminal.printJson({ ...outcomeDocument(outcome, secretsFile), ...report })
    else printOutcome(outcome, secretsFile, terminal)
    const error = stopped(outcome, terminal)
    if (error) throw error
  },
})

function statusOf({ steps }: ApplyPlan): 'unchanged' | 'planned' {
  return steps.length === 0 ? 'unchanged' : 'planned'
}

/** How the file's applications are known in the tenant; null where Graph has still to make one. */
function known({ applications }: TenantState) {
  return {
    applications: applications.map(({ desired: { name }, actual }) => ({
      displayName: name,
      appId: actual?.application.appId ?? null,
      objectId: actual?.application.id ?? null,
    })),
  }
}

async function confirm(steps: readonly ApplyStep[], json: boolean, terminal: Terminal): Promise<void> {
  if (!terminal.isInteractive) {
    throw new UsageError('Nobody can be asked here whether to apply this: add --yes, or --plan only to see it.')
  }
  if (json) for (const line of steps.flatMap(describeStep)) terminal.note(line)
  if (!(await terminal.confirm('Apply this?'))) throw new RefusedError('Nothing was changed.')
}

/** What was done, and the file that has its secrets: none where they have to be printed, since it could not be written. */
async function carryOut(
  graph: GraphClient,
  state: TenantState,
  { steps }: ApplyPlan,
  secretsTo: string | undefined,
): Promise<{ readonly outcome: Outcome; readonly secretsFile: string | undefined }> {
  const makesSecrets = steps.some(({ kind }) => kind === 'addSecret')
  const file = secretsTo !== undefined && makesSecrets ? await openSecretsFile(secretsTo) : undefined
  const signals = stopSignals()
  let signal: NodeJS.Signals | undefined
  void signals.received.then((received) => {
    signal = received
  })
  let isWritten = file !== undefined
  try {
    const outcome = await carryOutPlan(graph, state, steps, {
      endedBy: () => signal,
      async keep(secrets) {
        await file?.write(secrets).catch((error: unknown) => {
          isWritten = false
          throw new RefusedError(`${secretsTo} cannot be written: ${messageOf(error)}`, { cause: error })
        })
      },
    })
    return { outcome, secretsFile: isWritten ? secretsTo : undefined }
  } finally {
    signals.release()
    await file?.close()
  }
}

function outcomeDocument(
  { failed, endedBy, done, notBegun, applications, secrets }: Outcome,
  secretsFile: string | undefined,
) {
  const shown = secrets.map(({ secretText, ...secret }) => ({
    ...secret,
    ...(secretsFile === undefined && { secretText }),
  }))
  return {
    status: failed || endedBy ? 'stopped' : 'applied',
    steps: done,
    ...(failed && { failed: { step: failed.step, message: messageOf(failed.error) } }),
    ...(notBegun.length > 0 && { notBegun }),
    applications,
    secrets: shown,
    ...(secretsFile !== undefined && secrets.length > 0 && { secretsFile }),
  }
}
