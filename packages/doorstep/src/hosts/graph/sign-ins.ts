import { catalogue, type Refusal } from '../../protocol/errors.ts'
import type { SignInRecord } from '../../protocol/sign-in-records.ts'
import type { Entity, GraphAnswer, GraphCall } from './call.ts'
import { filterOf } from './directory-list.ts'
import type { EntityType } from './odata/known-properties.ts'
import { ownedList } from './owned-list.ts'
import { graphTimestamp } from './representation.ts'

const newestAtMost = 1000

/** `GET /auditLogs/signIns`: the newest first. */
export async function listSignIns(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, signInType)
  const records = await call.parts.signInRecords.newest(call.caller.tenantId, newestAtMost)
  const entities = await Promise.all(records.map((record) => signInEntity(record, call)))
  return ownedList(call, signInType, 'auditLogs/signIns', entities, filter)
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

const signInType: EntityType = { name: 'signIn', collection: 'signIns', properties }

function failureReason(errorCode: number): string {
  if (errorCode === 0) return 'Other.'
  return Object.values<Refusal>(catalogue).find(({ code }) => code === errorCode)?.when ?? `AADSTS${errorCode}`
}

const interactiveKinds: readonly string[] = ['interactive', 'device code', 'control']

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
    ipAddress: null,
    clientAppUsed: record.kind,
    correlationId: record.correlationId,
    conditionalAccessStatus: 'notApplied',
    isInteractive: interactiveKinds.includes(record.kind),
    riskDetail: 'none',
    riskLevelAggregated: 'none',
    riskLevelDuringSignIn: 'none',
    riskState: 'none',
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
