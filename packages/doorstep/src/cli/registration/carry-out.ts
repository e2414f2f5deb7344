import { messageOf, RefusedError } from '../failure.ts'
import type { Application } from './application.ts'
import { type GraphClient, onceReplicated } from './graph-client.ts'
import type { Api } from './permission.ts'
import { describeSteps, type RegistrationStep } from './plan-registration.ts'
import { createServicePrincipal } from './service-principal.ts'

/**
 * Carries out the steps of a plan for an application that is there, and stops at the first refusal.
 *
 * @throws {RefusedError} saying which step was refused, and what was done before it
 */
export async function carryOut(
  graph: GraphClient,
  { id, appId, displayName }: Application,
  steps: readonly RegistrationStep[],
  apis: ReadonlyMap<string, Api>,
): Promise<void> {
  for (const [done, step] of steps.entries()) {
    try {
      if (step.kind === 'createServicePrincipal') await createServicePrincipal(graph, appId)
      else if (step.kind !== 'createApplication')
        await onceReplicated(graph, () => graph.patch(`/applications/${id}`, step.patch))
    } catch (error) {
      const before = describeSteps(steps.slice(0, done), displayName, apis)
      const said = before.length === 0 ? 'Nothing was changed.' : ['Done before that:', ...before].join('\n')
      throw new RefusedError(`${messageOf(error)}\n${said}`, { cause: error })
    }
  }
}
