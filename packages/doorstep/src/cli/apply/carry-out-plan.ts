import { grantAdminConsent } from '../registration/admin-consent.ts'
import type { Application, RequiredAccess } from '../registration/application.ts'
import { keptCertificates } from '../registration/certificate-file.ts'
import { addApi } from '../registration/find-api.ts'
import { type GraphClient, GraphRefusal, onceReplicated } from '../registration/graph-client.ts'
import type { NewSecret } from '../registration/secret.ts'
import { createServicePrincipal } from '../registration/service-principal.ts'
import type { TenantState, WantedOwner } from './application-state.ts'
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
  /** The step that was refused. */
  readonly failed: { readonly step: ApplyStep; readonly error: unknown } | undefined
  /** The signal by which somebody ended it between two steps. */
  readonly endedBy: NodeJS.Signals | undefined
  readonly notBegun: readonly ApplyStep[]
  /** Those that are there by now. */
  readonly applications: readonly KnownApplication[]
  readonly secrets: readonly MadeSecret[]
}

type ApplicationStep = Exclude<ApplyStep, { kind: 'addApi' }>

/** What a person has to be able to do, and to keep, while a plan is carried out. */
export interface Supervision {
  /** Is given all secrets so far whenever one was made: nobody can read it again. */
  keep(secrets: readonly MadeSecret[]): Promise<void>
  /** The signal that asked for an end, if any did. */
  endedBy(): NodeJS.Signals | undefined
}

/** Applications of the file by their names there, as far as they are in the tenant. */
type Known = Map<string, KnownPrincipal>
interface KnownPrincipal {
  readonly application: Application
  readonly servicePrincipalId: string | undefined
}

/**
 * Carries out the steps of a plan, one after the other, up to the first that is refused, or to a signal. It does not
 * throw: what was made has to be reported either way.
 */
export async function carryOutPlan(
  graph: GraphClient,
  { applications: states }: TenantState,
  steps: readonly ApplyStep[],
  { keep, endedBy }: Supervision,
): Promise<Outcome> {
  const known: Known = new Map(
    states.flatMap(({ desired, actual }) => (actual ? [[desired.name, actual] as const] : [])),
  )
  const secrets: MadeSecret[] = []
  const outcome = (done: number, begun: number, failed?: Outcome['failed']): Outcome => ({
    done: steps.slice(0, done),
    failed,
    endedBy: begun < steps.length && !failed ? endedBy() : undefined,
    notBegun: steps.slice(begun),
    applications: [...known].map(
      ([
        displayName,
        {
          application: { appId, id },
        },
      ]) => ({
        displayName,
        appId,
        objectId: id,
      }),
    ),
    secrets,
  })
  for (const [index, step] of steps.entries()) {
    if (endedBy()) return outcome(index, index)
    try {
      if (step.kind === 'addApi') await addApi(graph, step.appId)
      else {
        const secret = await carryOutStep(graph, step, known)
        if (secret) secrets.push(secret)
        if (secret) await keep(secrets)
      }
    } catch (error) {
      return outcome(index, index + 1, { step, error })
    }
  }
  return outcome(steps.length, steps.length)
}

/** @returns the secret, where the step made one */
async function carryOutStep(graph: GraphClient, step: ApplicationStep, known: Known): Promise<MadeSecret | undefined> {
  if (step.kind === 'createApplication') {
    const application = await graph.post<Application>('/applications', step.properties)
    known.set(step.application, { application, servicePrincipalId: undefined })
    return undefined
  }
  const { application } = requiredApplication(known, step.application)
  const path = `/applications/${application.id}`
  const patch = async (body: unknown) => {
    await onceReplicated(graph, () => graph.patch(path, renamed(body, appIds(known))))
    return undefined
  }
  switch (step.kind) {
    case 'createServicePrincipal': {
      const { id } = await createServicePrincipal(graph, application.appId)
      known.set(step.application, { application, servicePrincipalId: id })
      return undefined
    }
    case 'disablePermissions':
    case 'updateApplication':
      return patch(step.patch)
    case 'listPermissions':
      return patch({ requiredResourceAccess: step.required })
    case 'addCertificates': {
      const kept = keptCertificates(application.keyCredentials ?? [])
      const added = step.certificates.map(({ key, displayName }) => ({
        type: 'AsymmetricX509Cert',
        usage: 'Verify',
        key,
        displayName,
      }))
      return patch({ keyCredentials: [...kept, ...added] })
    }
    case 'addSecret': {
      const { displayName, endDateTime } = step
      const passwordCredential = { ...(displayName !== null && { displayName }), ...(endDateTime && { endDateTime }) }
      const { keyId, secretText, ...made } = await onceReplicated(graph, () =>
        graph.post<NewSecret>(`${path}/addPassword`, { passwordCredential }),
      )
      const { appId } = application
      return { application: step.application, appId, displayName, keyId, secretText, endDateTime: made.endDateTime }
    }
    case 'addOwner':
      await addOwner(graph, path, ownerId(step.owner, known))
      return undefined
    case 'grantAdminConsent':
      await consent(graph, application, renamed(step.required, appIds(known)), step.names)
      return undefined
  }
}

/** Whoever makes an application as a person owns it already, and Graph refuses an owner twice. */
async function addOwner(graph: GraphClient, path: string, id: string): Promise<void> {
  const owners = await onceReplicated(graph, () => graph.list<{ id: string }>(`${path}/owners`))
  if (owners.some((owner) => owner.id === id)) return
  const reference = { '@odata.id': graph.directoryObject(id) }
  await onceReplicated(graph, () => graph.post(`${path}/owners/$ref`, reference))
}

function ownerId(owner: WantedOwner, known: Known): string {
  if (owner.kind === 'present') return owner.id
  const { servicePrincipalId } = requiredApplication(known, owner.name)
  if (servicePrincipalId === undefined)
    throw new Error(`The plan makes the service principal of ${owner.name} too late.`)
  return servicePrincipalId
}

/** An API that was made a moment ago may not be everywhere yet: then consent leaves it out, and is asked for again. */
async function consent(
  graph: GraphClient,
  application: Application,
  requiredResourceAccess: readonly RequiredAccess[],
  names: readonly string[],
): Promise<void> {
  const granted: string[] = []
  await onceReplicated(graph, async () => {
    const outcome = await grantAdminConsent(graph, { ...application, requiredResourceAccess })
    granted.push(...outcome.granted)
    const missing = names.filter((name) => !granted.includes(name))
    if (missing.length === 0 || outcome.impossible.length === 0) return
    const message = `The directory does not know these permissions yet: ${missing.join(', ')}.`
    throw new GraphRefusal(404, undefined, message)
  })
}

function requiredApplication(known: Known, name: string): KnownPrincipal {
  const application = known.get(name)
  if (!application) throw new Error(`The plan makes ${name} too late.`)
  return application
}

function appIds(known: Known): ReadonlyMap<string, string> {
  return new Map([...known].map(([name, { application }]) => [standIn(name), application.appId]))
}
