import { applicationType } from './application-representation.ts'
import { GraphError } from './errors.ts'
import { groupType } from './group-representation.ts'
import { servicePrincipalType } from './service-principal-representation.ts'
import { userType } from './user-representation.ts'

/**
 * Parts of Microsoft Graph's model of applications and people that are no part of the local cloud, each with its row in
 * docs/parity.md: what a tool asks for there does not exist, other than a misspelt address.
 */
const leftOut = [
  'applicationTemplates',
  'logo',
  'setVerifiedPublisher',
  'unsetVerifiedPublisher',
  'extensionProperties',
  'synchronization',
  'appManagementPolicies',
  'claimsMappingPolicies',
  'homeRealmDiscoveryPolicies',
  'tokenIssuancePolicies',
  'tokenLifetimePolicies',
  'delegatedPermissionClassifications',
  'addTokenSigningCertificate',
  'getUserOwnedObjects',
  '$metadata',
  'delta',
  'devices',
  'ownedDevices',
  'registeredDevices',
  'directoryAudits',
  'provisioning',
  'subscribedSkus',
  'licenseDetails',
  'administrativeUnits',
  'photo',
].map((segment) => segment.toLowerCase())

const types = [applicationType, servicePrincipalType, userType, groupType]

/** The refusal for an address that leads to such a part, however it is written; undefined when it leads to none. */
export function leftOutRefusal(segments: readonly string[]): GraphError | undefined {
  const part = segments.find((segment) => leftOut.includes(nameIn(segment)))
  if (part !== undefined) return notHere(`'${part}' is no part of the local cloud.`)
  const property = propertyIn(segments)
  if (property === undefined) return undefined
  return notHere(
    `The property '${property}' has no address of its own in the local cloud: read the object with $select=${property}.`,
  )
}

/** `microsoft.graph.delta()` is `delta` (OData 4.01 URL Conventions §4.5). */
function nameIn(segment: string): string {
  return segment
    .toLowerCase()
    .replace(/^microsoft\.graph\./, '')
    .replace(/\(\)$/, '')
}

/** The property in `/users/{id}/displayName`. */
function propertyIn(segments: readonly string[]): string | undefined {
  const [collection = '', ...rest] = segments.map((segment) => segment.toLowerCase())
  const isMe = collection === 'me'
  const type = isMe ? userType : types.find((candidate) => candidate.collection.toLowerCase() === collection)
  return type?.properties.find((property) => property.toLowerCase() === rest[isMe ? 0 : 1])
}

function notHere(message: string): GraphError {
  return new GraphError(404, 'ResourceNotFound', message)
}
