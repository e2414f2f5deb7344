import { sql } from 'kysely'
import type { Application, ApplicationStore } from '../directory/application.ts'
import { AlreadyExists } from '../directory/changes.ts'
import { redirectUriKey } from '../directory/registered-redirect-uri.ts'
import { foldedIdentifier } from '../directory/service-principal.ts'
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
import type { ObjectColumns } from './database/tables.ts'
import { removeExpiredItems, restoreObject } from './deleted-objects.ts'
import {
  columnsOfNewObject,
  columnsOfObject,
  countOf,
  folded,
  foldedOrNull,
  nextVersion,
  objectColumns,
  objectReader,
  pageOf,
  softDelete,
  unlessMovedOn,
} from './directory-object.ts'
import { beginsWith, type FilterableProperties, instant, optionalText, text, withoutValue } from './filter.ts'

export const uniqueApplicationValues: UniqueValues = {
  application__id: ['application', 'id'],
  application__app_id: ['application', 'appId'],
  application__tenant_id__unique_name: ['application', 'uniqueName'],
  application_identifier_uri__tenant_id__uri: ['application', 'identifierUris'],
}

export const filterableApplications: FilterableProperties = {
  properties: new Map([
    ['id', text('id')],
    ['appId', text('app_id')],
    ['displayName', text('display_name')],
    ['uniqueName', optionalText('unique_name')],
    ['description', optionalText('description')],
    ['signInAudience', text('sign_in_audience')],
    ['publisherDomain', text('publisher_domain')],
    ['createdDateTime', instant('created_at')],
    ...['applicationTemplateId', 'deletedDateTime', 'disabledByMicrosoftStatus'].map(
      (name) => [name, withoutValue] as const,
    ),
  ]),
  collections: new Map([
    [
      'identifierUris',
      (value) => sql`application.id in (select application_identifier_uri.application_id
        from application_identifier_uri where application_identifier_uri.uri = ${foldedIdentifier(value)})`,
    ],
    ['tags', holdsValue('application', 'tags')],
    ['owners', holdsValue('application', 'owners')],
  ]),
  emptiness: new Map([['owners', isEmpty('application', 'owners')]]),
  collectionPrefixes: new Map([
    [
      'identifierUris',
      (prefix) => sql`application.id in (select application_identifier_uri.application_id
        from application_identifier_uri where ${beginsWith(sql.ref('application_identifier_uri.uri'), folded(prefix))})`,
    ],
    ['tags', holdsPrefix('application', 'tags')],
  ]),
  words: searchable('application', ['displayName', 'description']),
  indexed: ['displayName'],
  sortable: ['displayName', 'createdDateTime'],
}

/** Equal ones are alike for nearly every URI; those that differ in case alone are never this many. */
const alikeAtMost = 50

const singleTenant: Application['signInAudience'] = 'AzureADMyOrg'

export const applicationOf = objectReader<Application>({ federatedIdentityCredentials: [], createdBy: null })

export function applicationStore(database: Database): ApplicationStore {
  const live = () => database.builder.selectFrom('application').select(objectColumns).where('deleted_at', 'is', null)
  return {
    byId: async (id) => {
      const rows = await database.query(live().where('id', '=', folded(id)).compile())
      return rows[0] && applicationOf(rows[0])
    },
    byAppId: async (appId) => {
      const rows = await database.query(live().where('app_id', '=', folded(appId)).compile())
      return rows[0] && applicationOf(rows[0])
    },
    byUniqueName: async (tenantId, uniqueName) => {
      const inTenant = live().where('tenant_id', '=', folded(tenantId))
      const rows = await database.query(inTenant.where('unique_name', '=', folded(uniqueName)).compile())
      return rows[0] && applicationOf(rows[0])
    },
    byIds: async (ids) => {
      if (ids.length === 0) return []
      const rows = await database.query(live().where('id', 'in', ids.map(folded)).compile())
      return rows.map((row) => applicationOf(row))
    },
    byAppIds: async (appIds) => {
      if (appIds.length === 0) return []
      const rows = await database.query(live().where('app_id', 'in', appIds.map(folded)).compile())
      return rows.map((row) => applicationOf(row))
    },
    byRedirectUri: async (uri, tenantId) => {
      const rows = await database.query(redirectUriQuery(database.builder, uri, tenantId))
      return rows.map((row) => applicationOf(row))
    },
    count: (query) => countOf(database, 'application', filterableApplications, query),
    list: (query) =>
      pageOf(
        database,
        { table: 'application', columns: objectColumns, objectOf: applicationOf },
        filterableApplications,
        query,
      ),
  }
}

function redirectUriQuery(builder: StatementBuilder, uri: string, tenantId: string | undefined) {
  const inTenant =
    tenantId === undefined
      ? sql``
      : sql`and (application.tenant_id = ${folded(tenantId)} or exists (select 1 from service_principal where
          service_principal.tenant_id = ${folded(tenantId)} and service_principal.app_id = application.app_id
          and service_principal.deleted_at is null))`
  return sql<Pick<ObjectColumns, 'record' | 'version' | 'deleted_at'>>`
    select record, version, deleted_at from collection_value
    join application on application.id = collection_value.object_id
    where collection_value.collection = 'redirectUris'
    and collection_value.value = ${redirectUriKey(uri)}
    and deleted_at is null ${inTenant} limit ${alikeAtMost}`.compile(builder)
}

function collectionsOf({ displayName, description, tags, web, spa, publicClient, owners, createdBy }: Application) {
  const redirectUris = [web, spa, publicClient].flatMap((platform) => platform.redirectUris.map(redirectUriKey))
  return {
    tags,
    redirectUris,
    owners,
    createdBy: createdBy === null ? [] : [createdBy],
    ...wordsOf({ displayName, description }),
  }
}

export function statementsForApplications(
  builder: StatementBuilder,
): StatementsFor<'createApplication' | 'updateApplication' | 'deleteApplication' | 'restoreApplication'> {
  return {
    createApplication: ({ application }) => [
      {
        query: builder
          .insertInto('application')
          .values({ ...columnsOf(application), ...columnsOfNewObject(application) })
          .compile(),
      },
      ...identifierUriStatements(builder, application),
      ...insertCollections(builder, application.id, collectionsOf(application)),
    ],
    updateApplication: ({ application }) => [
      updateStatement(builder, application),
      removeIdentifierUris(builder, application.id),
      ...identifierUriStatements(builder, application),
      ...replaceCollections(builder, application.id, collectionsOf(application)),
    ],
    deleteApplication: ({ id, deletedDateTime }) => [
      softDelete(builder, { table: 'application', kind: 'application', id, deletedDateTime }),
      deleteHomeServicePrincipal(builder, id, deletedDateTime),
      removeIdentifierUris(builder, id),
      ...removeExpiredItems(builder, 'application', deletedDateTime),
      ...removeExpiredItems(builder, 'servicePrincipal', deletedDateTime),
    ],
    restoreApplication: ({ application }) => [
      restoreHomeServicePrincipal(builder, application.id),
      restoreObject(builder, 'application', application.id),
      ...identifierUriStatements(builder, application),
    ],
  }
}

function columnsOf(application: Application) {
  return {
    ...columnsOfObject(application),
    app_id: folded(application.appId),
    display_name: folded(application.displayName),
    unique_name: foldedOrNull(application.uniqueName),
    description: foldedOrNull(application.description),
    sign_in_audience: folded(application.signInAudience),
    publisher_domain: folded(application.publisherDomain),
  }
}

function updateStatement(builder: StatementBuilder, application: Application): Statement {
  return {
    query: builder
      .updateTable('application')
      .set({ ...columnsOf(application), version: nextVersion })
      .where('id', '=', folded(application.id))
      .where('deleted_at', 'is', null)
      .returning('version')
      .compile(),
    refusal: unlessMovedOn('application', application),
  }
}

function identifierUriStatements(builder: StatementBuilder, application: Application): readonly Statement[] {
  const uris = new Set(application.identifierUris.map(foldedIdentifier))
  const rows = [...uris].map((uri) => ({
    tenant_id: folded(application.tenantId),
    uri,
    application_id: folded(application.id),
    app_id: folded(application.appId),
  }))
  if (rows.length === 0) return []
  return [
    { query: builder.insertInto('application_identifier_uri').values(rows).compile() },
    refuseSharedIdentifierUris(builder, application),
  ]
}

/**
 * Within a tenant the table's key keeps an identifier URI unique. That of an application which other tenants may use
 * is unique in all of them, whichever of the two applications came first.
 */
function refuseSharedIdentifierUris(builder: StatementBuilder, { id, signInAudience }: Application): Statement {
  const shared = builder
    .selectFrom('application_identifier_uri as own')
    .innerJoin('application_identifier_uri as foreign', 'foreign.uri', 'own.uri')
    .innerJoin('application', 'application.id', 'foreign.application_id')
    .select('foreign.uri')
    .where('own.application_id', '=', folded(id))
    .where('foreign.application_id', '<>', folded(id))
    .limit(1)
  const query =
    signInAudience === singleTenant
      ? shared.where('application.sign_in_audience', '<>', folded(singleTenant)).compile()
      : shared.compile()
  return { query, refusal: (row) => (row ? new AlreadyExists('application', 'identifierUris') : undefined) }
}

function removeIdentifierUris(builder: StatementBuilder, applicationId: string): Statement {
  const query = builder.deleteFrom('application_identifier_uri').where('application_id', '=', folded(applicationId))
  return { query: query.compile() }
}

/** The home tenant's service principal goes with its application; those of other tenants stay, as on the platform. */
function deleteHomeServicePrincipal(
  builder: StatementBuilder,
  applicationId: string,
  deletedDateTime: string,
): Statement {
  const query = sql`
    update service_principal set deleted_at = ${deletedDateTime}, version = version + 1
    where deleted_at is null and (tenant_id, app_id) =
      (select application.tenant_id, application.app_id from application where application.id = ${folded(applicationId)})`
  return { query: query.compile(builder) }
}

/** The one that was deleted with its application, at the same moment; one that was deleted before stays so. */
function restoreHomeServicePrincipal(builder: StatementBuilder, applicationId: string): Statement {
  const query = sql`
    update service_principal set deleted_at = null, version = version + 1
    where (tenant_id, app_id, deleted_at) =
      (select tenant_id, app_id, deleted_at from application where id = ${folded(applicationId)})`
  return { query: query.compile(builder) }
}
