import { grantAdminConsent } from '../registration/admin-consent.ts'
import type { Application } from '../registration/application.ts'
import { keptCertificates } from '../registration/certificate-file.ts'
import { addApi } from '../registration/find-api.ts'
import { type GraphClient, onceReplicated } from '../registration/graph-client.ts'
import type { NewSecret } from '../registration/secret.ts'
import { createServicePrincipal, servicePrincipalOf } from '../registration/service-principal.ts'
import type { TenantState } from './application-state.ts'
import type { ApplyStep } from './plan-apply.ts'
import { renamed, standIn } from './stand-in.ts'

/** A secret that was just made, and whose it is. */
export interface MadeSecret extends Pick<NewSecret, 'keyId' | 'secretText' | 'endDateTime'> {
  /** Display name of the application. */
  readonly application: string
  readonly appId: string
  readonly displayName: string | null
}

/** How an application of the file is known in the tenant. */
export interface KnownApplication {
  readonly displayName: string
  readonly appId: string
  readonly objectId: string
}

/** How far a plan was carried out. */
export interface Outcome {
  readonly done: readonly ApplyStep[]
  /** Undefined when all was done. */
  readonly failed: { readonly step: ApplyStep; readonly error: unknown } | undefined
  readonly notBegun: readonly ApplyStep[]
  /** Those that are there by now. */
  readonly applications: readonly KnownApplication[]
  readonly secrets: readonly MadeSecret[]
}

type ApplicationStep = Exclude<ApplyStep, { kind: 'addApi' }>

/**
 * Carries out the steps of a plan, one after the other, up to the first that is refused. It does not throw: what was
 * made has to be reported either way.
 *
 * @param keep is given all secrets so far whenever one was made: nobody can read it again
 */
export async function carryOutPlan(
  graph: GraphClient,
  { applications: states }: TenantState,
  steps: readonly ApplyStep[],
  keep: (secrets: readonly MadeSecret[]) => Promise<void>,
): Promise<Outcome> {
  const known = new Map<string, Application>(
    states.flatMap(({ desired, actual }) => (actual ? [[desired.name, actual.application] as const] : [])),
  )
  const secrets: MadeSecret[] = []
  const outcome = (count: number, error?: { readonly error: unknown }): Outcome => {
    const step = steps[count]
    return {
      done: steps.slice(0, count),
      failed: error && step && { step, error: error.error },
      notBegun: error ? steps.slice(count + 1) : [],
      applications: [...known].map(([displayName, { appId, id }]) => ({ displayName, appId, objectId: id })),
      secrets,
    }
  }
  for (const [index, step] of steps.entries()) {
    try {
      if (step.kind === 'addApi') await addApi(graph, step.appId)
      else {
        const secret = await carryOutStep(graph, step, known)
        if (secret) secrets.push(secret)
        if (secret) await keep(secrets)
      }
    } catch (error) {
      return outcome(index, { error })
    }
  }
  return outcome(steps.length)
}

/** @returns the secret, where the step made one */
async function carryOutStep(
  graph: GraphClient,
  step: ApplicationStep,
  known: Map<string, Application>,
): Promise<MadeSecret | undefined> {
  if (step.kind === 'createApplication') {
    known.set(step.application, await graph.post<Application>('/applications', step.properties))
    return undefined
  }
  const application = requiredApplication(known, step.application)
  const path = `/applications/${application.id}`
  const patch = (body: unknown) =>
    onceReplicated(graph, () => graph.patch(path, renamed(body, appIds(known)))).then(() => undefined)
  switch (step.kind) {
    case 'createServicePrincipal':
      await createServicePrincipal(graph, application.appId)
      return undefined
    case 'disablePermissions':
    case 'updateApplication':
      return patch(step.patch)
    case 'listPermissions':
      return patch({ requiredResourceAccess: step.required })
    case 'addCertificate': {
      const { keyCredentials = [] } = await onceReplicated(graph, () => graph.get<Application>(path))
      const { key, displayName } = step.certificate
      const added = { type: 'AsymmetricX509Cert', usage: 'Verify', key, displayName }
      return patch({ keyCredentials: [...keptCertificates(keyCredentials), added] })
    }
    case 'addSecret': {
      const { displayName, endDateTime } = step
      const passwordCredential = { ...(displayName !== null && { displayName }), ...(endDateTime && { endDateTime }) }
      const made = await onceReplicated(graph, () =>
        graph.post<NewSecret>(`${path}/addPassword`, { passwordCredential }),
      )
      const { keyId, secretText, endDateTime: ends } = made
      const { appId } = application
      return { application: step.application, appId, displayName, keyId, secretText, endDateTime: ends }
    }
    case 'addOwner': {
      const { owner } = step
      const id =
        owner.kind === 'present'
          ? owner.id
          : (await onceReplicated(graph, () => servicePrincipalOf(graph, requiredApplication(known, owner.name)))).id
      const reference = { '@odata.id': graph.directoryObject(id) }
      await onceReplicated(graph, () => graph.post(`${path}/owners/$ref`, reference))
      return undefined
    }
    case 'grantAdminConsent':
      await grantAdminConsent(graph, await onceReplicated(graph, () => graph.get<Application>(path)))
      return undefined
  }
}

function requiredApplication(known: ReadonlyMap<string, Application>, name: string): Application {
  const application = known.get(name)
  if (!application) throw new Error(`The plan makes ${name} too late.`)
  return application
}

function appIds(known: ReadonlyMap<string, Application>): ReadonlyMap<string, string> {
  return new Map([...known].map(([name, { appId }]) => [standIn(name), appId]))
}
