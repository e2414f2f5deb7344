import { sql } from 'kysely'
import { UnknownPage } from '../directory/query.ts'
import type { SignInRecord, SignInRecordStore } from '../protocol/sign-in-records.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { folded, foldedOrNull, instant } from './directory-object.ts'
import { dayInMilliseconds, purge } from './expired-rows.ts'
import {
  type FilterableProperties,
  instant as instantProperty,
  optionalNumber,
  optionalText,
  text,
  textElsewhere,
  whereFilter,
} from './filter.ts'

/** How long the platform keeps its sign-in log at most (Microsoft Learn, "Microsoft Entra data retention"). */
const keptMilliseconds = 30 * dayInMilliseconds

export const uniqueSignInRecordValues: UniqueValues = {
  sign_in_record__id: ['signInRecord', 'id'],
}

/** Names are those that things have now. */
const filterable: FilterableProperties = {
  properties: new Map([
    ['id', text('id')],
    ['createdDateTime', instantProperty('created_at')],
    ['userId', optionalText('user_id')],
    ['userPrincipalName', optionalText('user_principal_name')],
    ['appId', optionalText('client_app_id')],
    ['resourceId', optionalText('resource_app_id')],
    ['clientAppUsed', optionalText('kind')],
    ['correlationId', optionalText('correlation_id')],
    ['status/errorCode', optionalNumber('error_code')],
    [
      'userDisplayName',
      textElsewhere(sql`(select directory_user.display_name from directory_user
        where directory_user.id = sign_in_record.user_id and directory_user.deleted_at is null)`),
    ],
    [
      'appDisplayName',
      textElsewhere(sql`(select application.display_name from application
        where application.app_id = sign_in_record.client_app_id and application.deleted_at is null)`),
    ],
    [
      'resourceDisplayName',
      textElsewhere(sql`(select service_principal.display_name from service_principal
        where service_principal.tenant_id = sign_in_record.tenant_id
        and service_principal.app_id = sign_in_record.resource_app_id and service_principal.deleted_at is null)`),
    ],
  ]),
  collections: new Map(),
}

export function signInRecordStore(database: Database): SignInRecordStore {
  return {
    list: async ({ tenantId, filter, top, after }) => {
      const older = after === undefined ? sql`` : sql`and (created_at, id) < (${sql.join(placeOf(after))})`
      const matching = filter === undefined ? sql`` : sql`and ${whereFilter(filter, filterable)}`
      const rows = await database.query(
        sql<{ id: string; created_at: number; record: string }>`
          select id, created_at, record from sign_in_record
          where tenant_id = ${folded(tenantId)} ${older} ${matching}
          order by created_at desc, id desc limit ${top + 1}`.compile(database.builder),
      )
      const page = rows.slice(0, top)
      const last = page.at(-1)
      const next = last && rows.length > top ? `${last.created_at}.${last.id}` : undefined
      return { items: page.map(recordOf), next }
    },
    count: async ({ tenantId, filter }) => {
      const matching = filter === undefined ? sql`` : sql`and ${whereFilter(filter, filterable)}`
      const rows = await database.query(
        sql<{ found: number }>`
          select count(*) as found from sign_in_record where tenant_id = ${folded(tenantId)} ${matching}`.compile(
          database.builder,
        ),
      )
      return rows[0]?.found ?? 0
    },
  }
}

/** Instant and id of the last line of the page before. */
function placeOf(after: string): readonly [number, string] {
  const [, createdAt, id] = /^(\d{1,15})\.(.+)$/s.exec(after) ?? []
  if (createdAt === undefined || id === undefined) throw new UnknownPage(`'${after}' is the end of no page.`)
  return [Number(createdAt), id]
}

function recordOf(row: { record: string }): SignInRecord {
  return JSON.parse(row.record)
}

export function statementsForSignInRecords(builder: StatementBuilder): StatementsFor<'addSignInRecord'> {
  return {
    addSignInRecord: ({ record }) => {
      const createdAt = instant(record.createdDateTime)
      return [
        purge(builder, 'sign_in_record', 'created_at', createdAt - keptMilliseconds),
        {
          query: builder
            .insertInto('sign_in_record')
            .values({
              id: record.id,
              tenant_id: folded(record.tenantId),
              created_at: createdAt,
              user_id: foldedOrNull(record.userId),
              user_principal_name: foldedOrNull(record.userPrincipalName),
              client_app_id: foldedOrNull(record.clientAppId),
              resource_app_id: foldedOrNull(record.resourceAppId),
              kind: folded(record.kind),
              error_code: record.errorCode,
              correlation_id: folded(record.correlationId),
              record: JSON.stringify(record),
            })
            .compile(),
        },
      ]
    },
  }
}
