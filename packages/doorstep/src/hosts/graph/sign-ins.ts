import type { CountQuery, DirectoryQuery, Filter } from '../../directory/query.ts'
import { catalogue, type Refusal } from '../../protocol/errors.ts'
import type { SignInRecord } from '../../protocol/sign-in-records.ts'
import type { Entity, GraphAnswer, GraphCall } from './call.ts'
import { directoryList } from './directory-list.ts'
import type { EntityType } from './odata/known-properties.ts'
import { graphTimestamp } from './representation.ts'

/** `GET /auditLogs/signIns`: the newest first. The store filters and pages; names are looked up for one page. */
export function listSignIns(call: GraphCall): Promise<GraphAnswer> {
  const { signInRecords } = call.parts
  const store = {
    list: (query: DirectoryQuery) =>
      signInRecords.list({ ...query, filter: query.filter && filterOnWhatIsKept(query.filter) }),
    count: ({ tenantId, filter }: CountQuery) =>
      signInRecords.count({ tenantId, filter: filter && filterOnWhatIsKept(filter) }),
  }
  return directoryList(call, signInType, store, (record) => signInEntity(record, call))
}

const properties = [
  'id',
  'createdDateTime',
  'userDisplayName',
  'userPrincipalName',
  'userId',
  'appId',
  'appDisplayName',
  'ipAddress',
  'clientAppUsed',
  'correlationId',
  'conditionalAccessStatus',
  'isInteractive',
  'riskDetail',
  'riskLevelAggregated',
  'riskLevelDuringSignIn',
  'riskState',
  'riskEventTypes',
  'riskEventTypes_v2',
  'resourceDisplayName',
  'resourceId',
  'status',
] as const

const signInType: EntityType = { name: 'signIn', collection: 'auditLogs/signIns', properties }

function failureReason(errorCode: number): string {
  if (errorCode === 0) return 'Other.'
  return Object.values<Refusal>(catalogue).find(({ code }) => code === errorCode)?.when ?? `AADSTS${errorCode}`
}

const interactiveKinds: readonly string[] = ['interactive', 'device code', 'control']

/** The same in every sign-in. */
const constants = {
  ipAddress: null,
  conditionalAccessStatus: 'notApplied',
  riskDetail: 'none',
  riskLevelAggregated: 'none',
  riskLevelDuringSignIn: 'none',
  riskState: 'none',
}
const constantOf: ReadonlyMap<string, string | null> = new Map(Object.entries(constants))

const nothing: Filter = { kind: 'in', property: 'id', values: [] }
const everything: Filter = { kind: 'not', operand: nothing }

/** The filter without properties that no store keeps: those that follow from others, or are always the same. */
function filterOnWhatIsKept(filter: Filter): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { ...filter, left: filterOnWhatIsKept(filter.left), right: filterOnWhatIsKept(filter.right) }
    case 'not':
      return { ...filter, operand: filterOnWhatIsKept(filter.operand) }
    case 'compare':
      return equalityOnWhatIsKept(filter)
    default:
      return filter
  }
}

function equalityOnWhatIsKept(filter: Extract<Filter, { kind: 'compare' }>): Filter {
  const { property, operator, value } = filter
  if (operator !== 'eq' && operator !== 'ne') return filter
  const equal = equalToDerived(property, value)
  if (equal === undefined) return filter
  return operator === 'eq' ? equal : { kind: 'not', operand: equal }
}

/** Undefined for a property that a store keeps. */
function equalToDerived(property: string, value: string | number | boolean | null): Filter | undefined {
  if (property === 'isInteractive') {
    const kinds: Filter = { kind: 'in', property: 'clientAppUsed', values: interactiveKinds }
    if (typeof value !== 'boolean') return nothing
    return value ? kinds : { kind: 'not', operand: kinds }
  }
  const constant = constantOf.get(property)
  if (constant === undefined) return undefined
  const isSame = constant === value || (typeof value === 'string' && constant?.toLowerCase() === value.toLowerCase())
  return isSame ? everything : nothing
}

async function signInEntity(record: SignInRecord, { parts, caller }: GraphCall): Promise<Entity> {
  const { userId, clientAppId, resourceAppId, errorCode } = record
  const [user, client, resource] = await Promise.all([
    userId === null ? undefined : parts.users.byId(userId),
    clientAppId === null ? undefined : parts.applications.byAppId(clientAppId),
    resourceAppId === null ? undefined : parts.servicePrincipals.byAppId(caller.tenantId, resourceAppId),
  ])
  const entity: Readonly<Record<(typeof properties)[number], unknown>> = {
    id: record.id,
    createdDateTime: graphTimestamp(record.createdDateTime, 'read'),
    userDisplayName: user?.displayName ?? null,
    userPrincipalName: record.userPrincipalName,
    userId,
    appId: clientAppId,
    appDisplayName: client?.displayName ?? null,
    clientAppUsed: record.kind,
    correlationId: record.correlationId,
    isInteractive: interactiveKinds.includes(record.kind),
    ...constants,
    riskEventTypes: [],
    riskEventTypes_v2: [],
    resourceDisplayName: resource?.displayName ?? null,
    resourceId: resourceAppId,
    status: {
      errorCode,
      failureReason: failureReason(errorCode),
      additionalDetails: null,
    },
  }
  return entity
}
