import { sql } from 'kysely'
import { NoHomeApplication } from '../directory/changes.ts'
import { isGuid } from '../directory/guid.ts'
import { foldedIdentifier, type ServicePrincipal, type ServicePrincipalStore } from '../directory/service-principal.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import {
  holdsPrefix,
  holdsValue,
  insertCollections,
  isEmpty,
  replaceCollections,
  searchable,
  wordsOf,
} from './collection-values.ts'
import type { Database, Statement, StatementBuilder } from './database/database.ts'
import { removeExpiredItems, restoreObject } from './deleted-objects.ts'
import {
  columnsOfNewObject,
  columnsOfObject,
  countOf,
  folded,
  nextVersion,
  objectColumns,
  objectReader,
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
  words: searchable('service_principal', ['displayName']),
  indexed: ['displayName'],
  sortable: ['displayName', 'createdDateTime'],
}

export const servicePrincipalOf = objectReader<ServicePrincipal>({ keyCredentials: [], createdBy: null })

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
      return rows.map((row) => servicePrincipalOf(row))
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
    restoreServicePrincipal: ({ id }) => [
      restoreObject(builder, 'servicePrincipal', id),
      unlessApplicationIsDeleted(builder, id),
    ],
  }
}

/** One whose application is gone for ever has gone with it; an application of another tenant does not matter. */
function unlessApplicationIsDeleted(builder: StatementBuilder, id: string): Statement {
  const query = sql`
    select application.id from service_principal
    join application on application.app_id = service_principal.app_id
    and application.tenant_id = service_principal.tenant_id and application.deleted_at is not null
    where service_principal.id = ${folded(id)}`
  return {
    query: query.compile(builder),
    refusal: (row) =>
      row &&
      new NoHomeApplication(`The application of the service principal ${id} is deleted: restore that one first.`),
  }
}

function collectionsOf({ displayName, tags, owners, createdBy }: ServicePrincipal) {
  return { tags, owners, createdBy: createdBy === null ? [] : [createdBy], ...wordsOf({ displayName }) }
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
