import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { decidedAgain } from '../../directory/decided-again.ts'
import { firstProblem, isRecord, readOnlyProblem } from '../../directory/property-problem.ts'
import type { Tenant } from '../../directory/tenant.ts'
import { type Entity, type GraphAnswer, type GraphCall, nothing } from './call.ts'
import type { EntityType } from './odata/known-properties.ts'
import { callersTenant } from './organization.ts'
import { propertyRefusal } from './parsed-properties.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

/** What lets users consent for themselves to permissions that need no administrator. */
const userConsent = 'ManagePermissionGrantsForSelf.microsoft-user-default-legacy'
/** The guests' role "limited access", which is the default. */
const guestUserRoleId = '10dae51f-b6af-4016-8d66-8c2a99b929b3'

type Settings = Pick<Tenant, 'usersCanRegisterApplications' | 'usersCanConsent'>

function authorizationPolicyEntity({ usersCanRegisterApplications, usersCanConsent }: Settings): Entity {
  return {
    id: 'authorizationPolicy',
    allowInvitesFrom: 'everyone',
    allowedToSignUpEmailBasedSubscriptions: true,
    allowedToUseSSPR: true,
    allowEmailVerifiedUsersToJoinOrganization: false,
    allowUserConsentForRiskyApps: null,
    blockMsolPowerShell: false,
    displayName: 'Authorization Policy',
    description: 'Used to manage authorization related settings across the company.',
    guestUserRoleId,
    defaultUserRolePermissions: {
      allowedToCreateApps: usersCanRegisterApplications,
      allowedToCreateSecurityGroups: true,
      allowedToCreateTenants: true,
      allowedToReadBitlockerKeysForOwnedDevice: true,
      allowedToReadOtherUsers: true,
      permissionGrantPoliciesAssigned: usersCanConsent ? [userConsent] : [],
    },
  }
}

const policyType: EntityType = {
  name: 'authorizationPolicy',
  collection: 'policies/authorizationPolicy',
  properties: Object.keys(authorizationPolicyEntity({ usersCanRegisterApplications: true, usersCanConsent: true })),
}

/** `GET /policies/authorizationPolicy` */
export async function getAuthorizationPolicy(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, policyType)
  const entity = projection(authorizationPolicyEntity(await callersTenant(call)), selected)
  return { kind: 'entity', context: `${collectionContext(policyType.collection, selected)}/$entity`, entity }
}

/**
 * `PATCH /policies/authorizationPolicy`: whether users may register applications and consent for themselves. What the
 * local cloud has no switch for can be sent as it is.
 */
export async function updateAuthorizationPolicy(call: GraphCall): Promise<GraphAnswer> {
  const refused = readOnlyProblem(call.body, ['id', 'displayName', 'description'])
  if (refused) throw propertyRefusal(refused, policyType.name)
  return decidedAgain(async () => {
    const before = await callersTenant(call)
    const settings = parsedSettings(withoutUnchanged(call.body, authorizationPolicyEntity(before)))
    if (Object.keys(settings).length > 0) {
      await call.parts.commit([{ change: 'updateTenant', tenant: { ...before, ...settings }, before }])
    }
    return nothing
  })
}

const settingsSchema = z.strictObject({
  defaultUserRolePermissions: z
    .strictObject({
      allowedToCreateApps: z.boolean().optional(),
      permissionGrantPoliciesAssigned: z.array(z.string()).optional(),
    })
    .optional(),
})

function parsedSettings(body: unknown): Partial<Settings> {
  const parsed = settingsSchema.safeParse(body)
  if (!parsed.success) {
    const problem = firstProblem(parsed.error)
    const message =
      'Doorstep keeps defaultUserRolePermissions.allowedToCreateApps and .permissionGrantPoliciesAssigned.'
    throw propertyRefusal(
      { ...problem, message: problem.kind === 'unknown' ? message : problem.message },
      policyType.name,
    )
  }
  const { allowedToCreateApps, permissionGrantPoliciesAssigned } = parsed.data.defaultUserRolePermissions ?? {}
  const isForSelf = (policy: string) => policy.toLowerCase().startsWith('managepermissiongrantsforself.')
  return {
    ...(allowedToCreateApps !== undefined && { usersCanRegisterApplications: allowedToCreateApps }),
    ...(permissionGrantPoliciesAssigned && { usersCanConsent: permissionGrantPoliciesAssigned.some(isForSelf) }),
  }
}

/** What a client read and sends back, unchanged, changes nothing. */
function withoutUnchanged(body: unknown, before: Entity): unknown {
  if (!isRecord(body)) return body
  const changed = Object.entries(body).filter(([name, value]) => !isDeepStrictEqual(value, before[name]))
  return Object.fromEntries(
    changed.map(([name, value]) => {
      const kept = before[name]
      return [name, isRecord(kept) ? withoutUnchanged(value, kept) : value]
    }),
  )
}

/** `GET /policies/defaultAppManagementPolicy`: there are no restrictions on secrets and certificates. */
export async function getDefaultAppManagementPolicy(call: GraphCall): Promise<GraphAnswer> {
  const entity: Entity = {
    id: '00000000-0000-0000-0000-000000000000',
    displayName: 'Default app management tenant policy',
    description:
      'Default tenant policy that enforces app management restrictions on applications and service principals.',
    isEnabled: false,
    applicationRestrictions: { passwordCredentials: [], keyCredentials: [] },
    servicePrincipalRestrictions: { passwordCredentials: [], keyCredentials: [] },
  }
  const collection = 'policies/defaultAppManagementPolicy'
  const type: EntityType = { name: 'tenantAppManagementPolicy', collection, properties: Object.keys(entity) }
  const selected = selectedProperties(call.query.select, type)
  return {
    kind: 'entity',
    context: `${collectionContext(collection, selected)}/$entity`,
    entity: projection(entity, selected),
  }
}
