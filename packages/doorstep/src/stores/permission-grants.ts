import { sql } from 'kysely'
import { ConcurrentChange } from '../directory/changes.ts'
import type { PermissionGrant, PermissionGrantStore } from '../directory/permission.ts'
import { type CountQuery, UnknownPage } from '../directory/query.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { folded, mustBeLive, unlessMissing } from './directory-object.ts'
import { type FilterableProperties, optionalText, text, textElsewhere, whereFilter } from './filter.ts'

export const uniquePermissionGrantValues: UniqueValues = {
  permission_grant__id: ['permissionGrant', 'id'],
  permission_grant__client_id__resource_id__principal_id: ['permissionGrant', 'principalId'],
}

const filterable: FilterableProperties = {
  properties: new Map([
    ['clientId', text('permission_grant.client_id')],
    ['resourceId', text('permission_grant.resource_id')],
    ['principalId', { ...optionalText('principal_id'), column: sql`nullif(permission_grant.principal_id, '')` }],
    [
      'consentType',
      textElsewhere(sql`case when permission_grant.principal_id = '' then 'allprincipals' else 'principal' end`),
    ],
  ]),
  collections: new Map(),
}

/** Grants have no tenant of their own: they are those of the tenant's clients, in the order of the clients' index. */
function grantsOfTenant({ tenantId, filter }: CountQuery) {
  const matching = filter === undefined ? sql`` : sql`and ${whereFilter(filter, filterable)}`
  return sql`permission_grant join service_principal on service_principal.id = permission_grant.client_id
    where service_principal.tenant_id = ${folded(tenantId)} and service_principal.deleted_at is null ${matching}`
}

interface GrantRow {
  readonly record: string
  readonly client_id: string
  readonly resource_id: string
  readonly principal_id: string
}

const placeColumns = sql`permission_grant.client_id, permission_grant.resource_id, permission_grant.principal_id`

/** @throws {UnknownPage} */
function placeOf(after: string): readonly string[] {
  const place = after.split(' ')
  if (place.length !== 3) throw new UnknownPage(`'${after}' is the end of no page of grants.`)
  return place
}

export function permissionGrantStore(database: Database): PermissionGrantStore {
  const grants = () => database.builder.selectFrom('permission_grant').select('record')
  return {
    list: async (query) => {
      const behind =
        query.after === undefined ? sql`` : sql`and (${placeColumns}) > (${sql.join(placeOf(query.after))})`
      const rows = await database.query(
        sql<GrantRow>`select permission_grant.record as record, ${placeColumns} from ${grantsOfTenant(query)} ${behind}
          order by ${placeColumns} limit ${query.top + 1}`.compile(database.builder),
      )
      const page = rows.slice(0, query.top)
      const last = rows.length > query.top ? page.at(-1) : undefined
      const next = last && [last.client_id, last.resource_id, last.principal_id].join(' ')
      return { items: page.map(grantOf), next }
    },
    count: async (query) => {
      const counting = sql<{ found: number }>`select count(*) as found from ${grantsOfTenant(query)}`
      return (await database.query(counting.compile(database.builder)))[0]?.found ?? 0
    },
    byId: async (id) => {
      const rows = await database.query(grants().where('id', '=', id).compile())
      return rows[0] && grantOf(rows[0])
    },
    byClient: async (clientId) => {
      const ofClient = grants().where('client_id', '=', folded(clientId)).orderBy('id')
      return (await database.query(ofClient.compile())).map(grantOf)
    },
    byPrincipal: async (principalId) => {
      const ofPrincipal = grants().where('principal_id', '=', folded(principalId)).orderBy('id')
      return (await database.query(ofPrincipal.compile())).map(grantOf)
    },
  }
}

function grantOf(row: { record: string }): PermissionGrant {
  return JSON.parse(row.record)
}

export function statementsForPermissionGrants(
  builder: StatementBuilder,
): StatementsFor<'createPermissionGrant' | 'updatePermissionGrant' | 'deletePermissionGrant'> {
  return {
    createPermissionGrant: ({ grant }) => [
      ...mustBeLive(builder, ['service_principal'], 'client', grant.clientId),
      ...mustBeLive(builder, ['service_principal'], 'resource', grant.resourceId),
      ...(grant.principalId === null ? [] : mustBeLive(builder, ['directory_user'], 'user', grant.principalId)),
      { query: builder.insertInto('permission_grant').values(columnsOf(grant)).compile() },
    ],
    updatePermissionGrant: ({ grant, before }) => [
      {
        query: builder.selectFrom('permission_grant').select('id').where('id', '=', grant.id).compile(),
        refusal: unlessMissing('permissionGrant', grant.id),
      },
      {
        query: builder
          .updateTable('permission_grant')
          .set(columnsOf(grant))
          .where('id', '=', grant.id)
          .where('record', '=', JSON.stringify(before))
          .returning('id')
          .compile(),
        refusal: (row) =>
          row ? undefined : new ConcurrentChange(`The permissionGrant ${grant.id} has been changed since it was read.`),
      },
    ],
    deletePermissionGrant: ({ id }) => [
      {
        query: builder.deleteFrom('permission_grant').where('id', '=', id).returning('id').compile(),
        refusal: unlessMissing('permissionGrant', id),
      },
    ],
  }
}

/** Graph's ids of grants are no GUIDs but base64url, where the case counts. */
function columnsOf(grant: PermissionGrant) {
  return {
    id: grant.id,
    client_id: folded(grant.clientId),
    resource_id: folded(grant.resourceId),
    principal_id: folded(grant.principalId ?? ''),
    record: JSON.stringify(grant),
  }
}
