import { sql } from 'kysely'
import { isGuid } from '../directory/guid.ts'
import { foldedIdentifier, type ServicePrincipal, type ServicePrincipalStore } from '../directory/service-principal.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import { holdsPrefix, holdsValue, insertCollections, isEmpty, replaceCollections } from './collection-values.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { removeExpiredItems, restoreObject } from './deleted-objects.ts'
import {
  columnsOfNewObject,
  columnsOfObject,
  countOf,
  folded,
  nextVersion,
  objectColumns,
  objectOf,
  pageOf,
  softDelete,
  unlessMovedOn,
} from './directory-object.ts'
import { beginsWith, type FilterableProperties, flag, instant, text, withoutValue } from './filter.ts'

export const uniqueServicePrincipalValues: UniqueValues = {
  service_principal__id: ['servicePrincipal', 'id'],
  service_principal__tenant_id__app_id: ['servicePrincipal', 'appId'],
}

export const filterableServicePrincipals: FilterableProperties = {
  properties: new Map([
    ['id', text('id')],
    ['appId', text('app_id')],
    ['displayName', text('display_name')],
    ['servicePrincipalType', text('service_principal_type')],
    ['appOwnerOrganizationId', text('app_owner_organization_id')],
    ['accountEnabled', flag('account_enabled')],
    ['createdDateTime', instant('created_at')],
    ...['applicationTemplateId', 'deletedDateTime', 'disabledByMicrosoftStatus'].map(
      (name) => [name, withoutValue] as const,
    ),
  ]),
  collections: new Map([
    [
      'servicePrincipalNames',
      (value) => sql`service_principal.app_id in (select ${folded(value)} union all
        select application_identifier_uri.app_id from application_identifier_uri
        where application_identifier_uri.uri = ${foldedIdentifier(value)})`,
    ],
    ['tags', holdsValue('service_principal', 'tags')],
    ['owners', holdsValue('service_principal', 'owners')],
  ]),
  emptiness: new Map([['owners', isEmpty('service_principal', 'owners')]]),
  collectionPrefixes: new Map([
    [
      'servicePrincipalNames',
      (prefix) => sql`(${beginsWith(sql.ref('service_principal.app_id'), folded(prefix))} or
        service_principal.app_id in (select application_identifier_uri.app_id from application_identifier_uri
        where ${beginsWith(sql.ref('application_identifier_uri.uri'), folded(prefix))}))`,
    ],
    ['tags', holdsPrefix('service_principal', 'tags')],
  ]),
  indexed: ['displayName'],
  sortable: ['displayName', 'createdDateTime'],
}

/** What the rows of an older Doorstep do not have. */
const addedLater: Partial<ServicePrincipal> = { keyCredentials: [], createdBy: null }

export function servicePrincipalOf(row: Parameters<typeof objectOf>[0]): ServicePrincipal {
  return { ...addedLater, ...objectOf<ServicePrincipal>(row) }
}

export function servicePrincipalStore(database: Database): ServicePrincipalStore {
  const live = () =>
    database.builder.selectFrom('service_principal').select(objectColumns).where('deleted_at', 'is', null)
  const byAppId = async (tenantId: string, appId: string) => {
    const rows = await database.query(
      live().where('tenant_id', '=', folded(tenantId)).where('app_id', '=', folded(appId)).compile(),
    )
    return rows[0] && servicePrincipalOf(rows[0])
  }
  return {
    byId: async (id) => {
      const rows = await database.query(live().where('id', '=', folded(id)).compile())
      return rows[0] && servicePrincipalOf(rows[0])
    },
    byIds: async (ids) => {
      if (ids.length === 0) return []
      const rows = await database.query(live().where('id', 'in', ids.map(folded)).compile())
      return rows.map((row) => objectOf<ServicePrincipal>(row))
    },
    byAppId,
    byResourceIdentifier: async (tenantId, identifier) => {
      if (isGuid(identifier)) return byAppId(tenantId, identifier)
      const rows = await database.query(byIdentifierUri(database.builder, tenantId, identifier))
      return rows[0] && servicePrincipalOf(rows[0])
    },
    count: (query) => countOf(database, 'service_principal', filterableServicePrincipals, query),
    list: (query) =>
      pageOf(
        database,
        { table: 'service_principal', columns: objectColumns, objectOf: servicePrincipalOf },
        filterableServicePrincipals,
        query,
      ),
  }
}

/**
 * An application of a single tenant may share its identifier URI with one of another tenant, whose service principal
 * may have stayed here from before: the tenant's own comes first.
 */
function byIdentifierUri(builder: StatementBuilder, tenantId: string, identifier: string) {
  return builder
    .selectFrom('application_identifier_uri as uri')
    .innerJoin('service_principal', 'service_principal.app_id', 'uri.app_id')
    .select(['service_principal.record', 'service_principal.version', 'service_principal.deleted_at'])
    .where('uri.uri', '=', foldedIdentifier(identifier))
    .where('service_principal.tenant_id', '=', folded(tenantId))
    .where('service_principal.deleted_at', 'is', null)
    .orderBy(sql`case when uri.tenant_id = service_principal.tenant_id then 0 else 1 end`)
    .orderBy('service_principal.id')
    .limit(1)
    .compile()
}

export function statementsForServicePrincipals(
  builder: StatementBuilder,
): StatementsFor<
  'createServicePrincipal' | 'updateServicePrincipal' | 'deleteServicePrincipal' | 'restoreServicePrincipal'
> {
  return {
    createServicePrincipal: ({ servicePrincipal }) => [
      {
        query: builder
          .insertInto('service_principal')
          .values({ ...columnsOf(servicePrincipal), ...columnsOfNewObject(servicePrincipal) })
          .compile(),
      },
      ...insertCollections(builder, servicePrincipal.id, collectionsOf(servicePrincipal)),
    ],
    updateServicePrincipal: ({ servicePrincipal }) => [
      {
        query: builder
          .updateTable('service_principal')
          .set({ ...columnsOf(servicePrincipal), version: nextVersion })
          .where('id', '=', folded(servicePrincipal.id))
          .where('deleted_at', 'is', null)
          .returning('version')
          .compile(),
        refusal: unlessMovedOn('servicePrincipal', servicePrincipal),
      },
      ...replaceCollections(builder, servicePrincipal.id, collectionsOf(servicePrincipal)),
    ],
    deleteServicePrincipal: ({ id, deletedDateTime }) => [
      softDelete(builder, { table: 'service_principal', kind: 'servicePrincipal', id, deletedDateTime }),
      ...removeExpiredItems(builder, 'servicePrincipal', deletedDateTime),
    ],
    restoreServicePrincipal: ({ id }) => [restoreObject(builder, 'servicePrincipal', id)],
  }
}

function collectionsOf({ tags, owners, createdBy }: ServicePrincipal) {
  return { tags, owners, createdBy: createdBy === null ? [] : [createdBy] }
}

function columnsOf(servicePrincipal: ServicePrincipal) {
  return {
    ...columnsOfObject(servicePrincipal),
    app_id: folded(servicePrincipal.appId),
    app_owner_organization_id: folded(servicePrincipal.appOwnerOrganizationId),
    display_name: folded(servicePrincipal.displayName),
    service_principal_type: folded(servicePrincipal.servicePrincipalType),
    account_enabled: servicePrincipal.accountEnabled ? 1 : 0,
  }
}
