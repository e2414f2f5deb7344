import { type Group, newGroup } from '../../directory/group.ts'
import type { Entity } from './call.ts'
import type { EntityType } from './odata/known-properties.ts'
import { graphTimestamp } from './representation.ts'

/** A group as Graph shows it: unlike a user, complete. */
export function groupEntity(group: Group): Entity {
  return {
    id: group.id,
    deletedDateTime: group.deletedDateTime,
    classification: group.classification,
    createdDateTime: graphTimestamp(group.createdDateTime, 'read'),
    creationOptions: [],
    description: group.description,
    displayName: group.displayName,
    expirationDateTime: null,
    groupTypes: group.groupTypes,
    isAssignableToRole: group.isAssignableToRole,
    mail: group.mail,
    mailEnabled: group.mailEnabled,
    mailNickname: group.mailNickname,
    membershipRule: null,
    membershipRuleProcessingState: null,
    onPremisesDomainName: null,
    onPremisesLastSyncDateTime: null,
    onPremisesNetBiosName: null,
    onPremisesProvisioningErrors: [],
    onPremisesSamAccountName: null,
    onPremisesSecurityIdentifier: null,
    onPremisesSyncEnabled: null,
    preferredDataLocation: null,
    preferredLanguage: group.preferredLanguage,
    proxyAddresses: group.mail === null ? [] : [`SMTP:${group.mail}`],
    renewedDateTime: graphTimestamp(group.createdDateTime, 'read'),
    resourceBehaviorOptions: [],
    resourceProvisioningOptions: [],
    securityEnabled: group.securityEnabled,
    securityIdentifier: securityIdentifier(group.id),
    serviceProvisioningErrors: [],
    theme: null,
    uniqueName: null,
    visibility: group.visibility,
  }
}

/** The Windows identifier of a group: the four 32-bit numbers of its id, little-endian. */
function securityIdentifier(id: string): string {
  const bytes = Buffer.from(id.replaceAll('-', '').padEnd(32, '0'), 'hex')
  const numbers = [
    bytes.readUInt32BE(0),
    bytes.readUInt16BE(6) * 0x10000 + bytes.readUInt16BE(4),
    bytes.readUInt32LE(8),
    bytes.readUInt32LE(12),
  ]
  return ['S-1-12-1', ...numbers].join('-')
}

const nothing = newGroup({ displayName: '' }, { id: '', tenantId: '', createdDateTime: '' })

export const groupType: EntityType = {
  name: 'group',
  collection: 'groups',
  properties: Object.keys(groupEntity(nothing)),
}
