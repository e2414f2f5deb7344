import type { VerifiedDomain } from '../../directory/tenant.ts'
import { type Entity, type GraphAnswer, type GraphCall, requiredParam } from './call.ts'
import { filterOf } from './directory-list.ts'
import { resourceNotFound } from './errors.ts'
import type { EntityType } from './odata/known-properties.ts'
import { callersTenant } from './organization.ts'
import { ownedList } from './owned-list.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

/** `GET /domains`: those that the caller's tenant has verified. */
export async function listDomains(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, domainType)
  const { verifiedDomains } = await callersTenant(call)
  return ownedList(call, domainType, domainType.collection, verifiedDomains.map(domainEntity), filter)
}

/** `GET /domains/{name}` */
export async function getDomain(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, domainType)
  const name = requiredParam(call, 'key').replace(/^\('(.*)'\)$/, '$1')
  const { verifiedDomains } = await callersTenant(call)
  const domain = verifiedDomains.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
  if (!domain) throw resourceNotFound(name)
  const entity = projection(domainEntity(domain), selected)
  return { kind: 'entity', context: `${collectionContext('domains', selected)}/$entity`, entity }
}

function domainEntity({ name, isDefault, isInitial }: VerifiedDomain): Entity {
  return {
    authenticationType: 'Managed',
    availabilityStatus: null,
    id: name,
    isAdminManaged: true,
    isDefault,
    isInitial,
    isRoot: true,
    isVerified: true,
    supportedServices: ['Email', 'OfficeCommunicationsOnline'],
    passwordValidityPeriodInDays: 2147483647,
    passwordNotificationWindowInDays: 14,
    state: null,
  }
}

const domainType: EntityType = {
  name: 'domain',
  collection: 'domains',
  properties: Object.keys(domainEntity({ name: '', isDefault: false, isInitial: false })),
}
