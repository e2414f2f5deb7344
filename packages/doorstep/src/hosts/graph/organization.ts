import { personalAccountsTenantId } from '../../directory/personal-accounts.ts'
import type { Tenant } from '../../directory/tenant.ts'
import type { Entity, GraphAnswer, GraphCall } from './call.ts'
import { requiredParam } from './call.ts'
import { resourceNotFound } from './errors.ts'
import { parseObjectKey } from './object-key.ts'
import type { EntityType } from './odata/known-properties.ts'
import { collectionContext, graphTimestamp, projection, selectedProperties } from './representation.ts'

/** `GET /organization`: the caller's own tenant and no other; personal accounts have none. */
export async function listOrganization(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, organizationType)
  const tenant = await callersTenant(call)
  const organizations = tenant.id === personalAccountsTenantId ? [] : [organizationEntity(tenant)]
  return {
    kind: 'collection',
    context: collectionContext('organization', selected),
    value: organizations.map((organization) => projection(organization, selected)),
    count: undefined,
    nextLink: undefined,
  }
}

/** `GET /organization/{id}` */
export async function getOrganization(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, organizationType)
  const key = parseObjectKey(requiredParam(call, 'key'))
  const isCallers = key.by === 'id' && key.value === call.caller.tenantId
  if (!isCallers || key.value === personalAccountsTenantId) throw resourceNotFound(key.value)
  const organization = organizationEntity(await callersTenant(call))
  return {
    kind: 'entity',
    context: `${collectionContext('organization', selected)}/$entity`,
    entity: projection(organization, selected),
  }
}

/** The tenant that issued the caller's token. @throws {GraphError} 404 when it is gone */
export async function callersTenant({ parts, caller }: GraphCall): Promise<Tenant> {
  const tenant = await parts.tenants.byId(caller.tenantId)
  if (!tenant) throw resourceNotFound(caller.tenantId)
  return tenant
}

function organizationEntity(tenant: Tenant): Entity {
  return {
    id: tenant.id,
    deletedDateTime: null,
    businessPhones: [],
    city: null,
    country: null,
    countryLetterCode: tenant.countryLetterCode,
    createdDateTime: graphTimestamp(tenant.createdDateTime, 'read'),
    defaultUsageLocation: null,
    displayName: tenant.displayName,
    isMultipleDataLocationsForServicesEnabled: null,
    marketingNotificationEmails: [],
    onPremisesLastSyncDateTime: null,
    onPremisesSyncEnabled: null,
    partnerTenantType: null,
    postalCode: null,
    preferredLanguage: null,
    securityComplianceNotificationMails: [],
    securityComplianceNotificationPhones: [],
    state: null,
    street: null,
    technicalNotificationMails: [],
    tenantType: 'AAD',
    directorySizeQuota: null,
    privacyProfile: null,
    assignedPlans: [],
    onPremisesSyncStatus: [],
    provisionedPlans: [],
    verifiedDomains: tenant.verifiedDomains.map(({ name, isDefault, isInitial }) => ({
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault,
      isInitial,
      name,
      type: 'Managed',
    })),
  }
}

const organizationType: EntityType = {
  name: 'organization',
  collection: 'organization',
  properties: Object.keys(
    organizationEntity({
      id: '',
      displayName: '',
      verifiedDomains: [],
      createdDateTime: '',
      countryLetterCode: null,
      usersCanRegisterApplications: false,
      usersCanConsent: false,
    }),
  ),
}
