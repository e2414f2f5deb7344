import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CompiledQuery } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PrivatePostgres, skipWithoutPostgres, startPostgres } from '../../test/support/start-postgres.ts'
import type { DirectoryQuery, Filter, SortKey } from '../directory/query.ts'
import { applicationStore } from './applications.ts'
import { statementsFor } from './commit.ts'
import { aGroup, anApplication, aServicePrincipal, aUser, tenantId } from './contract/records.ts'
import type { Database } from './database/database.ts'
import { openPostgres } from './database/postgres.ts'
import { openSqlite } from './database/sqlite.ts'
import { groupStore } from './groups.ts'
import { servicePrincipalStore } from './service-principals.ts'
import type { Change } from './stores.ts'
import { userStore } from './users.ts'

/** So many that no planner prefers to read them all. */
const users = 8_000
const others = 2_000

const startsWith = (property: string, value: string): Filter => ({ kind: 'startsWith', property, value })
const eq = (property: string, value: string): Filter => ({ kind: 'compare', property, operator: 'eq', value })
const any = (collection: string, value: string): Filter => ({ kind: 'any', collection, value })
const by = (property: string, direction: SortKey['direction'] = 'asc'): SortKey => ({ property, direction })

type Collection = 'users' | 'groups' | 'applications' | 'servicePrincipals'
type Asked = readonly [what: string, Collection, Omit<DirectoryQuery, 'tenantId' | 'top'>]

/** What must cost the same in a large tenant as in a small one. */
const lists: readonly Asked[] = [
  ['users in their own order', 'users', {}],
  ['a later page of users', 'users', { after: '7' }],
  ['users by name', 'users', { filter: eq('displayName', 'bulk 77') }],
  ['users by the beginning of their name', 'users', { filter: startsWith('displayName', 'bulk 7') }],
  ['nobody by the beginning of the name', 'users', { filter: startsWith('displayName', 'nobody') }],
  ['a user by principal name', 'users', { filter: eq('userPrincipalName', 'bulk77@contoso.example') }],
  ['users by the beginning of the principal name', 'users', { filter: startsWith('userPrincipalName', 'bulk7') }],
  ['users sorted by name', 'users', { orderBy: [by('displayName')] }],
  ['a later page of them', 'users', { orderBy: [by('displayName')], after: '["bulk 77","7"]' }],
  ['users sorted backwards', 'users', { orderBy: [by('displayName', 'desc')] }],
  ['the newest users', 'users', { orderBy: [by('createdDateTime', 'desc')] }],
  ['users by mail', 'users', { filter: eq('mail', 'bulk77@contoso.example') }],
  ['an application by client id', 'applications', { filter: eq('appId', 'bulk-77') }],
  ['applications by name', 'applications', { filter: eq('displayName', 'bulk 77') }],
  ['applications by the beginning of their name', 'applications', { filter: startsWith('displayName', 'bulk 7') }],
  ['an application by identifier URI', 'applications', { filter: any('identifierUris', 'api://one') }],
  ['a service principal by client id', 'servicePrincipals', { filter: eq('appId', 'bulk-77') }],
  ['a service principal by any name', 'servicePrincipals', { filter: any('servicePrincipalNames', 'api://one') }],
  [
    'service principals by the beginning of their name',
    'servicePrincipals',
    { filter: startsWith('displayName', 'bulk') },
  ],
  ['groups by name', 'groups', { filter: eq('displayName', 'bulk 77') }],
  ['groups by the beginning of their name', 'groups', { filter: startsWith('displayName', 'bulk 7') }],
]

function plansContract(
  open: () => Promise<Database>,
  readsWhole: (plan: string, query: Pick<DirectoryQuery, 'filter'>) => boolean,
  explain: string,
): void {
  let database: Database
  beforeAll(async () => {
    database = await open()
    await fill(database)
  })
  afterAll(() => database?.close())

  it.each(lists)('%s', async (_what, collection, query) => {
    const { sent, recording } = recorder(database)
    const store = {
      users: userStore,
      groups: groupStore,
      applications: applicationStore,
      servicePrincipals: servicePrincipalStore,
    }[collection](recording)
    await store.list({ tenantId, top: 100, ...query })
    expect(sent).toHaveLength(1)
    for (const compiled of sent) {
      const rows = await database.query({ ...compiled, sql: `${explain} ${compiled.sql}` })
      const plan = rows.map((row) => Object.values(row as object).join(' ')).join('\n')
      expect(readsWhole(plan, query), plan).toBe(false)
    }
  })
}

/** Remembers what a store asks. */
function recorder(database: Database) {
  const sent: CompiledQuery[] = []
  const recording: Database = {
    ...database,
    query: (query) => {
      sent.push(query)
      return database.query(query)
    },
  }
  return { sent, recording }
}

async function fill(database: Database): Promise<void> {
  const application = anApplication({ identifierUris: ['api://one'] })
  const created: readonly Change[] = [
    { change: 'createUser', user: aUser({ mail: 'a@contoso.example' }) },
    { change: 'createGroup', group: aGroup() },
    { change: 'createApplication', application },
    { change: 'createServicePrincipal', servicePrincipal: aServicePrincipal(application) },
  ]
  await database.transaction(created.flatMap(statementsFor(database.builder)))
  const named = { id: "'bulk-' || n", display_name: "'bulk ' || n" }
  await copyRow(database, 'directory_user', users, {
    ...named,
    user_principal_name: "'bulk' || n || '@contoso.example'",
    mail: "'bulk' || n || '@contoso.example'",
  })
  await copyRow(database, 'directory_group', others, named)
  await copyRow(database, 'application', others, { ...named, app_id: "'bulk-' || n", unique_name: 'null' })
  await copyRow(database, 'application_identifier_uri', others, {
    uri: "'api://bulk-' || n",
    application_id: "'bulk-' || n",
    app_id: "'bulk-' || n",
  })
  await copyRow(database, 'service_principal', others, { ...named, app_id: "'bulk-' || n" })
  await database.transaction([{ query: statement(database, 'analyze') }])
}

const columnsOf: Readonly<Record<string, string>> = {
  directory_user:
    'tenant_id created_at version record display_name user_principal_name mail mail_nickname user_type account_enabled id',
  directory_group: 'tenant_id created_at version record display_name mail_nickname mail_enabled security_enabled id',
  application:
    'tenant_id created_at version record display_name app_id unique_name sign_in_audience publisher_domain id',
  application_identifier_uri: 'tenant_id uri application_id app_id',
  service_principal:
    'tenant_id created_at version record display_name app_id app_owner_organization_id service_principal_type account_enabled id',
}

/** Copies a table's only row, with other values in some columns, which may name the copy's number `n`. */
async function copyRow(database: Database, table: string, copies: number, changed: Readonly<Record<string, string>>) {
  const columns = (columnsOf[table] ?? '').split(' ')
  const values = columns.map((column) => changed[column] ?? `template.${column}`)
  const query = statement(
    database,
    `insert into ${table} (${columns.join(', ')})
      with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${copies})
      select ${values.join(', ')} from numbers, ${table} as template`,
  )
  await database.transaction([{ query }])
}

function statement(database: Database, sql: string): CompiledQuery {
  return { ...database.builder.selectFrom('tenant').select('id').compile(), sql, parameters: [] }
}

describe('on SQLite an index answers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'doorstep-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const readsWhole = (plan: string, { filter }: Pick<DirectoryQuery, 'filter'>) =>
    /SCAN (?!CONSTANT)/.test(plan) ||
    // What a name of many is found by leaves few to be sorted.
    (filter?.kind !== 'any' && /USE TEMP B-TREE FOR ORDER BY/.test(plan)) ||
    (filter !== undefined && / USING (?:COVERING )?INDEX \w+__tenant_id__id \(tenant_id=\?\)/.test(plan))
  plansContract(async () => openSqlite(join(folder, 'doorstep.db')), readsWhole, 'explain query plan')
})

describe.skipIf(skipWithoutPostgres())('on PostgreSQL an index answers', () => {
  let postgres: PrivatePostgres
  afterAll(() => postgres?.stop())
  const open = async () => {
    postgres = await startPostgres()
    return openPostgres(postgres.url)
  }
  plansContract(open, readsManyRows, 'explain (analyze, timing off)')
})

/** Whether any step read more rows than two pages have; sorting a page is cheap. */
function readsManyRows(plan: string): boolean {
  const counts = [...plan.matchAll(/actual rows=(\d+)|Rows Removed by Filter: (\d+)/g)]
  return counts.some(([, read, removed]) => Number(read ?? removed) > 210)
}
