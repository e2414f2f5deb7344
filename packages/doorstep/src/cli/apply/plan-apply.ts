import { planConsent } from '../registration/admin-consent.ts'
import type { RequiredAccess } from '../registration/application.ts'
import { hasThumbprint } from '../registration/certificate-file.ts'
import { lists, permissionName } from '../registration/permission.ts'
import { type PropertyChange, planRegistration } from '../registration/plan-registration.ts'
import type {
  ActualApplication,
  ApplicationState,
  Members,
  TenantState,
  WantedCertificate,
  WantedOwner,
  WantedSecret,
} from './application-state.ts'
import { mentions, standIn } from './stand-in.ts'

/** One request, or a few, that bring a tenant nearer to its file. `application` is a display name of the file. */
export type ApplyStep =
  | { readonly kind: 'addApi'; readonly appId: string; readonly displayName: string }
  | ({ readonly application: string } & ApplicationStep)

export type ApplicationStep =
  | {
      readonly kind: 'createApplication'
      readonly properties: Members
      readonly changes: readonly PropertyChange[]
      /** Permissions by their names. */
      readonly permissions: readonly string[]
    }
  | { readonly kind: 'createServicePrincipal' }
  /** Graph removes no scope or role that is enabled: it is disabled in a request of its own. */
  | { readonly kind: 'disablePermissions'; readonly patch: Members; readonly values: readonly string[] }
  | { readonly kind: 'updateApplication'; readonly patch: Members; readonly changes: readonly PropertyChange[] }
  | {
      readonly kind: 'listPermissions'
      readonly required: readonly RequiredAccess[]
      readonly added: readonly string[]
      readonly removed: readonly string[]
    }
  | { readonly kind: 'addCertificates'; readonly certificates: readonly WantedCertificate[] }
  | ({ readonly kind: 'addSecret' } & WantedSecret)
  | { readonly kind: 'addOwner'; readonly owner: WantedOwner }
  | {
      readonly kind: 'grantAdminConsent'
      /** What the application lists. */
      readonly required: readonly RequiredAccess[]
      readonly names: readonly string[]
    }

export interface ApplyPlan {
  readonly steps: readonly ApplyStep[]
  /** Permissions that are listed and cannot be consented to, since their API has none such. */
  readonly impossible: readonly string[]
}

/**
 * Plans how a tenant's applications come to be as a file says. What the file does not mention stays: other
 * applications, members that are left out, further secrets, certificates and owners. Nothing differs: no step.
 *
 * Applications that are not there are made first, so that the rest can name any of them; consent comes last.
 */
export function planApply(state: TenantState): ApplyPlan {
  const { applications, absentApis } = state
  const unborn = applications.flatMap(({ desired, actual }) => (actual ? [] : [standIn(desired.name)]))
  const consents = applications.map((application) => consentTo(application, state))
  return {
    steps: [
      ...absentApis.map(({ appId, displayName }) => ({ kind: 'addApi' as const, appId, displayName })),
      ...applications.flatMap((application) => creation(application, unborn, state)),
      ...applications.flatMap((application) => changes(application, unborn, state)),
      ...applications.flatMap((application) => belongings(application, state)),
      ...consents.flatMap(({ steps }) => steps),
    ],
    impossible: consents.flatMap(({ impossible }) => impossible),
  }
}

/** Members of a new application that can be said at once, and those that name an application which is to be made. */
function parted(properties: Members, unborn: readonly string[]): { readonly now: Members; readonly later: Members } {
  const isLater = ([, value]: readonly [string, unknown]) => mentions(value, unborn)
  const members = Object.entries(properties)
  return {
    now: Object.fromEntries(members.filter((member) => !isLater(member))),
    later: Object.fromEntries(members.filter(isLater)),
  }
}

function creation({ desired, actual }: ApplicationState, unborn: readonly string[], state: TenantState): ApplyStep[] {
  if (actual) return []
  const { name: application, permissions = [] } = desired
  const { now } = parted(desired.properties, unborn)
  const isKnown = !mentions(permissions, unborn)
  const properties = isKnown ? { ...now, requiredResourceAccess: permissions } : now
  const names = isKnown ? namesOf(permissions, state) : []
  const { displayName: _displayName, ...shown } = now
  return [
    { application, kind: 'createApplication', properties, changes: differences(shown, {}), permissions: names },
    { application, kind: 'createServicePrincipal' },
  ]
}

function changes({ desired, actual }: ApplicationState, unborn: readonly string[], state: TenantState): ApplyStep[] {
  const { name: application, permissions, properties } = desired
  const missing = actual ? properties : parted(properties, unborn).later
  const registered = actual?.application ?? noApplication
  const steps = planRegistration(missing, {
    application: registered,
    hasServicePrincipal: actual === undefined || actual.servicePrincipalId !== undefined,
  })
  const isListedAtOnce = !actual && !mentions(permissions, unborn)
  return [
    // An application that is there is never made: planRegistration has no such step for it.
    ...steps.flatMap((step) => (step.kind === 'createApplication' ? [] : [{ application, ...step }])),
    ...(permissions === undefined || isListedAtOnce
      ? []
      : listing(application, permissions, registered.requiredResourceAccess ?? [], state)),
  ]
}

const noApplication: ActualApplication['application'] = { id: '', appId: '', displayName: '' }

function differences(desired: Members, actual: Members): readonly PropertyChange[] {
  return planRegistration(desired, { application: { ...noApplication, ...actual }, hasServicePrincipal: true }).flatMap(
    (step) => (step.kind === 'updateApplication' ? step.changes : []),
  )
}

function listing(
  application: string,
  after: readonly RequiredAccess[],
  before: readonly RequiredAccess[],
  state: TenantState,
): ApplyStep[] {
  const added = namesOf(without(after, before), state)
  const removed = namesOf(without(before, after), state)
  if (added.length + removed.length === 0) return []
  return [{ application, kind: 'listPermissions', required: after, added, removed }]
}

/** What one list has and the other has not. */
function without(list: readonly RequiredAccess[], other: readonly RequiredAccess[]): readonly RequiredAccess[] {
  return list.map(({ resourceAppId, resourceAccess }) => ({
    resourceAppId,
    resourceAccess: resourceAccess.filter((access) => !lists(other, resourceAppId, access)),
  }))
}

function namesOf(required: readonly RequiredAccess[], { apis }: TenantState): readonly string[] {
  return required.flatMap(({ resourceAppId, resourceAccess }) =>
    resourceAccess.map(
      (access) =>
        `${permissionName(apis.get(resourceAppId), resourceAppId, access)} (${access.type === 'Scope' ? 'delegated' : 'application'})`,
    ),
  )
}

function belongings({ desired, actual }: ApplicationState, { now }: TenantState): ApplyStep[] {
  const { name: application, certificates, secrets, owners } = desired
  const { keyCredentials = [] } = actual?.application ?? noApplication
  const missing = certificates.filter(
    ({ thumbprint }) => !keyCredentials.some((credential) => hasThumbprint(credential, thumbprint)),
  )
  return [
    ...(missing.length > 0 ? [{ application, kind: 'addCertificates' as const, certificates: missing }] : []),
    ...missingSecrets(secrets, actual, now).map((secret) => ({ application, kind: 'addSecret' as const, ...secret })),
    ...owners
      .filter((owner) => owner.kind === 'application' || !actual?.owners.includes(owner.id))
      .map((owner) => ({ application, kind: 'addOwner' as const, owner })),
  ]
}

/** A secret is known by its name alone; one that has ended is none. Several without a name are counted. */
function missingSecrets(
  wanted: readonly WantedSecret[],
  actual: ActualApplication | undefined,
  now: number,
): readonly WantedSecret[] {
  const there = (actual?.application.passwordCredentials ?? [])
    .filter(({ endDateTime }) => endDateTime === undefined || Date.parse(endDateTime) > now)
    .map(({ displayName }) => displayName ?? null)
  return wanted.filter(({ displayName }) => {
    const index = there.indexOf(displayName)
    if (index >= 0) there.splice(index, 1)
    return index < 0
  })
}

function consentTo({ desired, actual }: ApplicationState, { apis }: TenantState) {
  const { name: application, adminConsent } = desired
  const required = desired.permissions ?? actual?.application.requiredResourceAccess ?? []
  if (!adminConsent) return { steps: [], impossible: [] }
  const plan = planConsent(required, apis, actual?.grants ?? [], actual?.assignments ?? [])
  const names = plan.steps.flatMap((step) => step.names)
  const steps: ApplyStep[] = names.length === 0 ? [] : [{ application, kind: 'grantAdminConsent', required, names }]
  return { steps, impossible: plan.impossible }
}
