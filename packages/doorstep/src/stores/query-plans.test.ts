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
import { deletedItemStore } from './deleted-items.ts'
import { directoryRoleStore } from './directory-roles.ts'
import { groupStore } from './groups.ts'
import { ownedObjectStore } from './owned-objects.ts'
import { servicePrincipalStore } from './service-principals.ts'
import type { Change } from './stores.ts'
import { userStore } from './users.ts'

/** So many that no planner prefers to read them all. */
const users = 8_000
const others = 2_000

const startsWith = (property: string, value: string): Filter => ({ kind: 'startsWith', property, value })
const eq = (property: string, value: string): Filter => ({ kind: 'compare', property, operator: 'eq', value })
const search = (property: string, value: string): Filter => ({ kind: 'search', property, value })
const any = (collection: string, value: string): Filter => ({ kind: 'any', collection, value })
const by = (property: string, direction: SortKey['direction'] = 'asc'): SortKey => ({ property, direction })

/** Ids of groups: the first has very many members, the others one each. */
const groupId = (number: number) => (number === 1 ? 'large' : `bulk-${number}`)

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
  ['a later page of users sorted by name', 'users', { orderBy: [by('displayName')], after: '["bulk 77","7"]' }],
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
  ['users by a word', 'users', { filter: search('displayName', 'w77') }],
  ['users by two words', 'users', { filter: search('displayName', 'w77 bulk') }],
  ['users by a further address', 'users', { filter: any('otherMails', 'x@x.example') }],
]

const since = '2026-02-01T00:00:00.000Z'
const page = { tenantId, top: 100 }
const inGroup = { groupId: groupId(1), top: 100 }
const owned = { ...page, principalId: 'owner', relation: 'owners' } as const

type Read = readonly [what: string, read: (database: Database) => Promise<unknown>, size?: 'few']

/** The same of what is asked about single objects and about the deleted ones. */
const reads: readonly Read[] = [
  [
    'the directory roles that somebody holds',
    (database) => directoryRoleStore(database).heldBy(tenantId, 'bulk-7'),
    'few',
  ],
  [
    'the directory roles of many',
    (database) => directoryRoleStore(database).assignedToEach(tenantId, ['bulk-7', 'x']),
    'few',
  ],
  ['who holds a directory role', (database) => directoryRoleStore(database).byRole(tenantId, 'role-7'), 'few'],
  ['a page of members', (database) => groupStore(database).members({ ...inGroup, depth: 'direct' })],
  [
    'a later page of members',
    (database) => groupStore(database).members({ ...inGroup, depth: 'direct', after: 'bulk-7' }),
  ],
  ['some members of each group', (database) => groupStore(database).membersOfEach([groupId(2), groupId(3)], 20), 'few'],
  ['the groups of somebody', (database) => groupStore(database).directGroupsOf('bulk-7'), 'few'],
  ['all groups of somebody', (database) => groupStore(database).transitiveGroupsOf('bulk-7'), 'few'],
  ['the memberships of each', (database) => groupStore(database).membershipsOfEach(['bulk-7', 'bulk-8'], 20), 'few'],
  ['who reports to somebody', (database) => userStore(database).byManager('manager-7'), 'few'],
  ['owned objects', (database) => ownedObjectStore(database).list(owned)],
  ['owned applications', (database) => ownedObjectStore(database).list({ ...owned, kind: 'application' })],
  ['deleted users', (database) => deletedItemStore(database).list('user', page, since)],
  [
    'a later page of deleted users',
    async (database) => {
      const { next } = await deletedItemStore(database).list('user', page, since)
      await deletedItemStore(database).list('user', { ...page, after: next }, since)
    },
  ],
  ['a deleted object', (database) => deletedItemStore(database).byId('gone-7', since)],
]

/** What a plan belongs to: `few` are sorted at no cost. */
type AskedPlan = Pick<DirectoryQuery, 'filter'> & { readonly size?: 'few' | undefined }

function plansContract(
  open: () => Promise<Database>,
  readsWhole: (plan: string, asked: AskedPlan) => boolean,
  explain: string,
): void {
  let database: Database
  beforeAll(async () => {
    database = await open()
    await fill(database)
  })
  afterAll(() => database?.close())

  const expectIndexes = async (sent: readonly CompiledQuery[], asked: AskedPlan) => {
    expect(sent).not.toEqual([])
    for (const compiled of sent) {
      const rows = await database.query({ ...compiled, sql: `${explain} ${compiled.sql}` })
      const plan = rows.map((row) => Object.values(row as object).join(' ')).join('\n')
      expect(readsWhole(plan, asked), `${compiled.sql}\n${plan}`).toBe(false)
    }
  }

  it.each(reads.map(([what, read, size]) => ({ what, read, size })))('$what', async ({ read, size }) => {
    const { sent, recording } = recorder(database)
    await read(recording)
    await expectIndexes(sent, { size })
  })

  it('what is removed with a deletion, because its time is over', async () => {
    const kinds = ['User', 'Group', 'Application', 'ServicePrincipal'] as const
    const deletions = kinds.map((kind): Change => ({ change: `delete${kind}`, id: 'nobody', deletedDateTime: since }))
    const removals = deletions.flatMap(statementsFor(database.builder)).filter(({ query }) => /^delete/.test(query.sql))
    await expectIndexes(
      removals.map(({ query }) => query),
      {},
    )
  })

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
    await expectIndexes(sent, query)
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
    { change: 'createGroup', group: { ...aGroup(), id: groupId(1) } },
    { change: 'createApplication', application },
    { change: 'createServicePrincipal', servicePrincipal: aServicePrincipal(application) },
  ]
  await database.transaction(created.flatMap(statementsFor(database.builder)))
  const named = { id: "'bulk-' || n", display_name: "'bulk ' || n" }
  await copyRow(database, 'directory_user', users, {
    ...named,
    user_principal_name: "'bulk' || n || '@contoso.example'",
    mail: "'bulk' || n || '@contoso.example'",
    manager_id: "'manager-' || (n % 500)",
  })
  await copyRow(database, 'directory_group', others, named)
  await copyRow(database, 'application', others, { ...named, app_id: "'bulk-' || n", unique_name: 'null' })
  await copyRow(database, 'application_identifier_uri', others, {
    uri: "'api://bulk-' || n",
    application_id: "'bulk-' || n",
    app_id: "'bulk-' || n",
  })
  await copyRow(database, 'service_principal', others, { ...named, app_id: "'bulk-' || n" })
  await copyRow(database, 'directory_user', users, {
    ...named,
    id: "'gone-' || n",
    user_principal_name: "'gone' || n || '@contoso.example'",
    deleted_at: "'2026-02-03T04:05:06.000Z'",
  })
  const many: readonly (readonly [table: string, columns: string, values: string, rows: number])[] = [
    ['group_member', 'group_id, member_id, record', `'${groupId(1)}', 'bulk-' || n, '{}'`, users],
    ['group_member', 'group_id, member_id, record', `'bulk-' || n, 'bulk-' || (n % 500), '{}'`, others],
    [
      'directory_role',
      'tenant_id, principal_id, role_template_id, record',
      `${inTenant}, 'bulk-' || n, 'role-' || (n % 100), '{}'`,
      others,
    ],
    ['collection_value', 'object_id, collection, value', "'bulk-' || n, 'owners', 'owner-' || (n % 100)", others],
    ['collection_value', 'object_id, collection, value', "'bulk-' || n, 'displayNameWord', 'w' || n", users],
    ['collection_value', 'object_id, collection, value', "'bulk-' || n, 'otherMails', n || '@x.example'", users],
  ]
  for (const [table, columns, values, rows] of many) {
    const query = `insert into ${table} (${columns}) ${numbers(rows)} select ${values} from numbers`
    await database.transaction([{ query: statement(database, query) }])
  }
  await database.transaction([{ query: statement(database, 'analyze') }])
}

const columnsOf: Readonly<Record<string, string>> = {
  directory_user:
    'tenant_id created_at version record display_name user_principal_name mail mail_nickname user_type account_enabled id manager_id deleted_at',
  directory_group: 'tenant_id created_at version record display_name mail_nickname mail_enabled security_enabled id',
  application:
    'tenant_id created_at version record display_name app_id unique_name sign_in_audience publisher_domain id',
  application_identifier_uri: 'tenant_id uri application_id app_id',
  service_principal:
    'tenant_id created_at version record display_name app_id app_owner_organization_id service_principal_type account_enabled id',
}

const numbers = (last: number) =>
  `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${last})`

const inTenant = `'${tenantId}'`

/** Copies a table's only row, with other values in some columns, which may name the copy's number `n`. */
async function copyRow(database: Database, table: string, copies: number, changed: Readonly<Record<string, string>>) {
  const columns = (columnsOf[table] ?? '').split(' ')
  const only = columns.includes('id') ? " where template.id not like 'bulk%'" : ''
  const values = columns.map((column) => changed[column] ?? `template.${column}`)
  const query = statement(
    database,
    `insert into ${table} (${columns.join(', ')})
      ${numbers(copies)}
      select ${values.join(', ')} from numbers, ${table} as template${only}`,
  )
  await database.transaction([{ query }])
}

function statement(database: Database, sql: string): CompiledQuery {
  return { ...database.builder.selectFrom('tenant').select('id').compile(), sql, parameters: [] }
}

describe('on SQLite an index answers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'doorstep-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const readsWhole = (plan: string, { filter, size }: AskedPlan) =>
    // Tables by their names; what a query has found itself has others.
    /SCAN (?!CONSTANT|\(subquery|ranked|member\b|membership\b)/.test(plan) ||
    // What a name of many is found by leaves few to be sorted.
    (size !== 'few' &&
      filter?.kind !== 'any' &&
      filter?.kind !== 'search' &&
      /USE TEMP B-TREE FOR ORDER BY/.test(plan)) ||
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
