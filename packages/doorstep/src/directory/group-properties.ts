import { z } from 'zod'
import type { Group } from './group.ts'
import {
  firstProblem,
  isRecord,
  type ParsedProperties,
  type PropertyProblem,
  readOnlyProblem,
  withoutUnkeptProperties,
} from './property-problem.ts'

const noDynamicMembership = 'Doorstep has no dynamic membership: add members one by one.'
const dynamicProperties = ['membershipRule', 'membershipRuleProcessingState']

const readOnlyProperties = [
  'id',
  'createdDateTime',
  'deletedDateTime',
  'expirationDateTime',
  'mail',
  'onPremisesDomainName',
  'onPremisesLastSyncDateTime',
  'onPremisesNetBiosName',
  'onPremisesSamAccountName',
  'onPremisesSecurityIdentifier',
  'onPremisesSyncEnabled',
  'proxyAddresses',
  'renewedDateTime',
  'securityIdentifier',
]

/** Set when a group is made and never again. */
const fixedProperties = ['isAssignableToRole', 'mailEnabled', 'groupTypes'] as const

/** Kept by the real platform only. */
const unkeptProperties = [
  'assignedLabels',
  'assignedLicenses',
  'creationOptions',
  ...dynamicProperties,
  'preferredDataLocation',
  'resourceBehaviorOptions',
  'resourceProvisioningOptions',
  'theme',
  'uniqueName',
]

const required = ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled'] as const

const text = (longest: number) => z.string().max(longest, `Expected at most ${longest} characters`)

const groupSchema = z
  .strictObject({
    displayName: text(256).min(1, 'Expected a name'),
    description: text(1024).nullable(),
    mailNickname: text(64).regex(
      /^[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]+$/,
      'Expected ASCII characters without blanks and none of @ ( ) \\ [ ] " ; : < > ,',
    ),
    mailEnabled: z.boolean(),
    securityEnabled: z.boolean(),
    groupTypes: z.array(z.enum(['Unified', 'DynamicMembership'])).max(2),
    isAssignableToRole: z.boolean().nullable(),
    visibility: z.enum(['Public', 'Private', 'HiddenMembership']).nullable(),
    classification: text(256).nullable(),
    preferredLanguage: text(64).nullable(),
  })
  .partial()

/** Changes to a group, checked; what is not there stays as it is. */
export type GroupPatch = z.output<typeof groupSchema>

type RequiredName = (typeof required)[number]

/** A new group's properties, complete as far as Graph demands it. */
export type NewGroupProperties = GroupPatch & { readonly [Name in RequiredName]-?: NonNullable<GroupPatch[Name]> }

/** The body of `POST /groups` without its `…@odata.bind`, checked (Microsoft Graph, "Create group"). */
export function parseGroupProperties(body: unknown): ParsedProperties<NewGroupProperties> {
  const missing = required.find((property) => !isRecord(body) || body[property] === undefined)
  if (missing !== undefined) {
    return { problem: { path: missing, kind: 'missing', message: `A new group needs ${required.join(', ')}.` } }
  }
  const parsed = parsedGroup(body)
  if ('problem' in parsed) return parsed
  // What is required was found above, and the schema allows none of it to be empty.
  const properties = parsed.properties as NewGroupProperties
  const problem = groupProblem({ groupTypes: [], isAssignableToRole: null, visibility: null, ...properties })
  return problem ? { problem } : { properties }
}

/** The body of `PATCH /groups/{id}` without its `…@odata.bind`, checked against the group that it changes. */
export function parseGroupPropertiesPatch(body: unknown, group: Group): ParsedProperties<GroupPatch> {
  const parsed = parsedGroup(body)
  if ('problem' in parsed) return parsed
  const changed = fixedProperties.find((name) => {
    const wanted = parsed.properties[name]
    return wanted !== undefined && JSON.stringify(wanted ?? false) !== JSON.stringify(group[name] ?? false)
  })
  if (changed !== undefined) {
    return { problem: { path: changed, kind: 'readOnly', message: 'It is set when a group is created.' } }
  }
  const problem = groupProblem({ ...group, ...parsed.properties })
  return problem ? { problem } : parsed
}

function parsedGroup(body: unknown): ParsedProperties<GroupPatch> {
  const dynamic = dynamicProperties.find((name) => isRecord(body) && (body[name] ?? null) !== null)
  if (dynamic !== undefined) return { problem: { path: dynamic, kind: 'invalid', message: noDynamicMembership } }
  const refused = readOnlyProblem(body, readOnlyProperties)
  if (refused) return { problem: refused }
  const known = withoutUnkeptProperties(body, unkeptProperties)
  if ('problem' in known) return known
  const parsed = groupSchema.safeParse(known.rest)
  return parsed.success ? { properties: parsed.data } : { problem: firstProblem(parsed.error) }
}

type GroupKind = Pick<Group, 'mailEnabled' | 'securityEnabled' | 'groupTypes' | 'isAssignableToRole' | 'visibility'>

/** Which combinations there are: Microsoft 365 groups and security groups ("Working with groups in Microsoft Graph"). */
function groupProblem(group: GroupKind): PropertyProblem | undefined {
  const invalid = (path: string, message: string): PropertyProblem => ({ path, kind: 'invalid', message })
  const isUnified = group.groupTypes.includes('Unified')
  if (group.groupTypes.includes('DynamicMembership')) {
    return invalid('groupTypes', noDynamicMembership)
  }
  if (isUnified && !group.mailEnabled) return invalid('mailEnabled', 'A Unified group must be mail-enabled.')
  if (group.mailEnabled && !isUnified) {
    const rule = 'Service does not currently support writes of mail-enabled groups.'
    const remedy =
      'Please ensure that the mail-enablement property is unset and the security-enablement property is set.'
    return invalid('mailEnabled', `${rule} ${remedy}`)
  }
  if (!isUnified && !group.securityEnabled) {
    return invalid('securityEnabled', "Expected true, or groupTypes ['Unified'] and mailEnabled true.")
  }
  if (group.isAssignableToRole && !group.securityEnabled) {
    return invalid('isAssignableToRole', 'Such a group must be security-enabled.')
  }
  if (group.isAssignableToRole && group.visibility && group.visibility !== 'Private') {
    return invalid('visibility', 'A group that roles can be assigned to is Private.')
  }
  if (group.visibility === 'HiddenMembership' && !isUnified) {
    return invalid('visibility', 'HiddenMembership is for Unified groups.')
  }
  return undefined
}
