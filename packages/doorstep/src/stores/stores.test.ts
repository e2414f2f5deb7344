import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { DatabaseSync } from '@photostructure/sqlite'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PrivatePostgres, skipWithoutPostgres, startPostgres } from '../../test/support/start-postgres.ts'
import type { Application } from '../directory/application.ts'
import type { Filter } from '../directory/query.ts'
import type { User } from '../directory/user.ts'
import type { SignInRecord } from '../protocol/sign-in-records.ts'
import { answersContract } from './contract/answers.ts'
import { commitsContract } from './contract/commits.ts'
import { deletionContract } from './contract/deletion.ts'
import { directoryRolesContract } from './contract/directory-roles.ts'
import { membershipsContract } from './contract/memberships.ts'
import { olderRowsContract } from './contract/older-rows.ts'
import { orderedPagesContract } from './contract/ordered-pages.ts'
import { purgeContract } from './contract/purge.ts'
import { queriesContract } from './contract/queries.ts'
import { readsContract } from './contract/reads.ts'
import {
  aGroup,
  anApplication,
  aSecret,
  aServicePrincipal,
  aUser,
  type StoresUnderTest,
  tenantId,
} from './contract/records.ts'
import { recyclingContract } from './contract/recycling.ts'
import { redirectUrisContract } from './contract/redirect-uris.ts'
import { aRefreshToken, aSignInRecord } from './contract/sign-in-records.ts'
import { signInsContract } from './contract/sign-ins.ts'
import { uniquenessContract } from './contract/uniqueness.ts'
import { openStores } from './open.ts'
import type { Stores } from './stores.ts'

/** Takes a database back to before guests were found by their homes. */
const undoGuestHomes = [
  'drop index directory_user__home_user_id',
  'alter table directory_user drop column home_user_id',
  "delete from schema_migration where name = '0004-guest-homes'",
]

/** All that `stores.ts` and the rooms' interfaces promise, on an opened database that each test finds empty. */
function storesContract(open: () => Promise<Stores>): void {
  let opened: Stores | undefined
  const stores: StoresUnderTest = () => {
    if (!opened) throw new Error('The stores are not open.')
    return opened
  }
  beforeAll(async () => {
    opened = await open()
  })
  beforeEach(() => stores().reset([]))
  afterAll(() => opened?.close())

  readsContract(stores)
  olderRowsContract(stores)
  uniquenessContract(stores)
  commitsContract(stores)
  deletionContract(stores)
  recyclingContract(stores)
  membershipsContract(stores)
  directoryRolesContract(stores)
  queriesContract(stores)
  orderedPagesContract(stores)
  redirectUrisContract(stores)
  answersContract(stores)
  signInsContract(stores)
  purgeContract(stores)
}

/** Makes a database as it was before words were kept, and before two groups could not have one address. */
const forgetWords = [
  "delete from collection_value where collection like '%Word' or collection = 'otherMails'",
  'drop index collection_value__collection__value__object_id',
  'create index collection_value__collection__value on collection_value (collection, value)',
  'drop index directory_group__tenant_id__mail',
  'drop index permission_grant__resource_id',
  ...['application', 'service_principal', 'directory_user', 'directory_group'].flatMap((table) => [
    `drop index ${table}__tenant_id__deleted_at__id`,
    `create index ${table}__tenant_id__deleted_at on ${table} (tenant_id, deleted_at)`,
    `drop index ${table}__deleted_at__id`,
    `create index ${table}__deleted_at on ${table} (deleted_at)`,
  ]),
  "update directory_group set mail = 'team@contoso.example'",
  "delete from schema_migration where name = '0011-words'",
].join(';')

/** Makes a database as it was before applications were found by their redirect URIs. */
const forgetRedirectUris = `${forgetWords}; drop index collection_value__collection__value; delete from collection_value;
  delete from schema_migration where name in ('0005-redirect-uris', '0006-redirect-uri-keys')`

/** Makes a database as it was when the URIs of older applications were kept in place of their keys. */
const forgetRedirectUriKeys = `delete from collection_value;
  insert into collection_value select id, 'redirectUris', 'http://localhost:3000' from application;
  insert into collection_value select id, 'redirectUris', 'http://localhost:4000' from application;
  insert into collection_value select id, 'redirectUris', 'https://app.example:443' from application;
  insert into collection_value select id, 'redirectUris', 'msal1://auth' from application;
  delete from schema_migration where name = '0006-redirect-uri-keys'`

/** Makes a database as it was before the sign-in log was filtered. */
const forgetSignInColumns = [
  ...['user_id', 'user_principal_name', 'client_app_id', 'resource_app_id', 'kind', 'correlation_id', 'error_code'].map(
    (column) => `alter table sign_in_record drop column ${column}`,
  ),
  "delete from schema_migration where name = '0007-sign-in-log'",
].join(';')

/** Makes a database as it was before objects were found by their owners. */
const forgetOwners = `${forgetWords}; delete from collection_value where collection = 'owners';
  ${['application', 'service_principal', 'directory_user', 'directory_group']
    .map((table) => `drop index ${table}__tenant_id__deleted_at; drop index ${table}__deleted_at`)
    .join(';')};
  delete from schema_migration where name = '0009-owners-and-deletions'`

async function expectFoundByOwner(stores: Stores, ownerId: string, id: string): Promise<void> {
  const query = { tenantId, principalId: ownerId, relation: 'owners', top: 5 } as const
  expect((await stores.ownedObjects.list(query)).items).toMatchObject([{ kind: 'application', object: { id } }])
}

/** Makes a database as it was before lists were sorted. */
const forgetOrderedLists = [
  ...['application', 'service_principal', 'directory_user', 'directory_group'].map(
    (table) => `drop index ${table}__tenant_id__created_at__id`,
  ),
  ...[
    ['application', 'display_name'],
    ['service_principal', 'display_name'],
    ...['display_name', 'mail', 'mail_nickname', 'given_name', 'surname'].map((column) => ['directory_user', column]),
    ...['display_name', 'mail_nickname'].map((column) => ['directory_group', column]),
  ].flatMap(([table, column]) => [
    `drop index ${table}__tenant_id__${column}__id`,
    `create index ${table}__tenant_id__${column} on ${table} (tenant_id, ${column})`,
  ]),
  ...['department', 'job_title', 'office_location', 'mobile_phone', 'preferred_language', 'usage_location'].map(
    (column) => `alter table directory_user drop column ${column}`,
  ),
  'alter table directory_group drop column is_assignable_to_role',
  "delete from schema_migration where name = '0008-ordered-lists'",
].join(';')

const ofOlderLists = [
  { change: 'createUser', user: aUser({ displayName: 'a', department: 'Ärzte', jobTitle: 'Nurse' }) },
  { change: 'createUser', user: aUser({ displayName: 'b' }) },
  { change: 'createGroup', group: aGroup({ displayName: 'yes', isAssignableToRole: true }) },
  { change: 'createGroup', group: aGroup({ displayName: 'no', isAssignableToRole: false }) },
  { change: 'createGroup', group: aGroup({ displayName: 'unsaid' }) },
] as const

async function expectOlderLists({ users, groups }: Stores): Promise<void> {
  const eq = (property: string, value: string | boolean) => ({
    tenantId,
    top: 9,
    filter: { kind: 'compare', operator: 'eq', property, value } as const,
  })
  const names = ({ items }: { items: readonly { displayName: string }[] }) => items.map((item) => item.displayName)
  expect(names(await users.list(eq('department', 'ÄRZTE')))).toEqual(['a'])
  expect(names(await users.list(eq('jobTitle', 'nurse')))).toEqual(['a'])
  expect(names(await groups.list(eq('isAssignableToRole', true)))).toEqual(['yes'])
  expect(names(await groups.list(eq('isAssignableToRole', false)))).toEqual(['no'])
}

const createUser = (user: User) => ({ change: 'createUser', user }) as const

const ofOlderWords = () =>
  [
    ...[aGroup(), aGroup()].map((group) => ({ change: 'createGroup', group }) as const),
    ...Array.from({ length: 450 }, (_, number) => aUser({ displayName: `Ärzte nr-${number} of many words` })).map(
      createUser,
    ),
    createUser(aUser({ displayName: 'Bob', otherMails: ['Bob@outlook.example'] })),
  ] as const

async function expectOlderWords({ users, groups }: Stores): Promise<void> {
  const found = async (filter: Filter) => (await users.list({ tenantId, top: 999, filter })).items
  const words = (value: string) => ({ kind: 'search', property: 'displayName', value }) as const
  expect(await found(words('ÄRZ'))).toHaveLength(450)
  expect(await found(words('nr 449 many'))).toMatchObject([{ displayName: 'Ärzte nr-449 of many words' }])
  expect(await found({ kind: 'any', collection: 'otherMails', value: 'bob@outlook.example' })).toHaveLength(1)
  const mail = { kind: 'compare', property: 'mail', operator: 'eq', value: 'team@contoso.example' } as const
  expect((await groups.list({ tenantId, top: 9, filter: mail })).items).toHaveLength(1)
  expect(await groups.count({ tenantId })).toBe(2)
}

async function expectFilteredSignIns(stores: Stores, record: SignInRecord): Promise<void> {
  const matching = async (property: string, value: string | number) => {
    const filter = { kind: 'compare', operator: 'eq', property, value } as const
    return (await stores.signInRecords.list({ tenantId, top: 10, filter })).items
  }
  expect(await matching('userId', record.userId ?? '')).toEqual([record])
  expect(await matching('userPrincipalName', record.userPrincipalName ?? '')).toEqual([record])
  expect(await matching('clientAppUsed', record.kind)).toEqual([record])
  expect(await matching('status/errorCode', record.errorCode)).toEqual([record])
  expect(await matching('status/errorCode', 1)).toEqual([])
}

const anOldApplication = () =>
  anApplication({
    web: { ...anApplication().web, redirectUris: ['https://App.example:443', 'http://localhost:3000'] },
    spa: { redirectUris: ['http://localhost:4000'] },
    publicClient: { redirectUris: ['msal1://auth'] },
  })

async function expectFoundByRedirectUris(stores: Stores, application: Application): Promise<void> {
  const asked = ['https://App.example/', 'http://localhost:3000', 'http://localhost:5000/', 'http://localhost']
  for (const uri of [...asked, 'msal1://auth']) {
    expect(await stores.applications.byRedirectUri(uri, undefined), uri).toEqual([application])
  }
}

describe('the embedded database', () => {
  const directory = mkdtempSync(join(tmpdir(), 'doorstep-stores-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  storesContract(() => openStores({ directory }))

  it('is readable by its owner only', async () => {
    const folder = join(directory, 'owner')
    const stores = await openStores({ directory: folder })
    await stores.commit([{ change: 'createApplication', application: anApplication() }])
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o077, file).toBe(0)
    await stores.close()
  })

  it('keeps what was committed when it is closed and opened again', async () => {
    const folder = join(directory, 'again')
    const application = anApplication()
    const user = aUser()
    const first = await openStores({ directory: folder })
    await first.commit([
      { change: 'createApplication', application },
      { change: 'createUser', user },
    ])
    await first.close()
    const second = await openStores({ directory: folder })
    expect(await second.applications.byId(application.id)).toEqual(application)
    expect(await second.users.byId(user.id)).toEqual(user)
    await second.close()
  })

  it('finds the guests that an older Doorstep has written by their homes', async () => {
    const folder = join(directory, 'guests')
    const guest = aUser({ userType: 'Guest', home: { tenantId: randomUUID(), userId: randomUUID().toUpperCase() } })
    const first = await openStores({ directory: folder })
    await first.commit([guest, aUser()].map((user) => ({ change: 'createUser', user })))
    await first.close()
    const file = new DatabaseSync(join(folder, 'doorstep.db'))
    for (const statement of undoGuestHomes) file.exec(statement)
    file.close()
    const second = await openStores({ directory: folder })
    expect(await second.users.byHome(guest.home?.userId ?? '')).toEqual([guest])
    await second.close()
  })

  it('gains tables and columns when an older Doorstep has written it, and keeps what it holds', async () => {
    const folder = join(directory, 'older')
    const application = anApplication()
    const first = await openStores({ directory: folder })
    await first.commit([{ change: 'createApplication', application }])
    await first.close()
    const file = new DatabaseSync(join(folder, 'doorstep.db'))
    for (const table of ['authorization_code', 'refresh_token', 'device_code', 'browser_session', 'sign_in_record']) {
      file.exec(`drop table ${table}`)
    }
    file.exec('alter table directory_user drop column sign_ins_valid_from')
    file.exec('drop index permission_grant__principal_id')
    file.exec("delete from schema_migration where name in ('0002-sign-in', '0003-revocation', '0007-sign-in-log')")
    file.close()
    const token = aRefreshToken()
    const second = await openStores({ directory: folder })
    await second.commit([{ change: 'addRefreshToken', token }])
    expect(await second.refreshTokens.byId(token.id)).toEqual(token)
    expect(await second.applications.byId(application.id)).toEqual(application)
    await second.close()
  })

  it.each([
    ['no redirect URIs', forgetRedirectUris],
    ['redirect URIs without their keys', forgetRedirectUriKeys],
  ])('finds applications by their redirect URIs when an older Doorstep has kept %s', async (_, undo) => {
    const folder = mkdtempSync(join(directory, 'before-redirect-uris-'))
    const application = anOldApplication()
    const first = await openStores({ directory: folder })
    await first.commit([{ change: 'createApplication', application }])
    await first.close()
    const file = new DatabaseSync(join(folder, 'doorstep.db'))
    file.exec(undo)
    file.close()
    const second = await openStores({ directory: folder })
    await expectFoundByRedirectUris(second, application)
    await second.close()
  })

  it('filters a sign-in log that an older Doorstep has written', async () => {
    const folder = join(directory, 'before-sign-in-filters')
    const record = aSignInRecord({ userPrincipalName: 'Alice@contoso.example', errorCode: 50126 })
    const first = await openStores({ directory: folder })
    await first.commit([{ change: 'addSignInRecord', record }])
    await first.close()
    const file = new DatabaseSync(join(folder, 'doorstep.db'))
    file.exec(forgetSignInColumns)
    file.close()
    const second = await openStores({ directory: folder })
    await expectFilteredSignIns(second, record)
    await second.close()
  })

  it('finds objects by the owners that an older Doorstep has written', async () => {
    const folder = join(directory, 'before-owners')
    const owner = randomUUID()
    const application = anApplication({ owners: [owner.toUpperCase()] })
    const first = await openStores({ directory: folder })
    await first.commit([{ change: 'createApplication', application }])
    await first.close()
    const file = new DatabaseSync(join(folder, 'doorstep.db'))
    file.exec(forgetOwners)
    file.close()
    const second = await openStores({ directory: folder })
    await expectFoundByOwner(second, owner, application.id)
    await second.close()
  })

  it('finds groups by the owners that an older Doorstep has written', async () => {
    const folder = join(directory, 'before-group-owners')
    const owner = randomUUID()
    const group = aGroup({ isAssignableToRole: true, owners: [owner.toUpperCase()] })
    const first = await openStores({ directory: folder })
    await first.commit([{ change: 'createGroup', group }])
    await first.close()
    const file = new DatabaseSync(join(folder, 'doorstep.db'))
    file.exec("delete from collection_value where collection = 'owners'")
    file.exec("delete from schema_migration where name = '0012-group-owners'")
    file.close()
    const second = await openStores({ directory: folder })
    expect(await second.groups.roleAssignableGroupsOf(owner)).toEqual([group.id])
    await second.close()
  })

  it('sorts and filters what an older Doorstep has written', async () => {
    const folder = join(directory, 'lists')
    const first = await openStores({ directory: folder })
    await first.commit(ofOlderLists)
    await first.close()
    const file = new DatabaseSync(join(folder, 'doorstep.db'))
    file.exec(forgetOrderedLists)
    file.close()
    const second = await openStores({ directory: folder })
    await expectOlderLists(second)
    await second.close()
  })

  it('searches what an older Doorstep has written', async () => {
    const folder = join(directory, 'words')
    const first = await openStores({ directory: folder })
    await first.commit(ofOlderWords())
    await first.close()
    const file = new DatabaseSync(join(folder, 'doorstep.db'))
    file.exec(forgetWords)
    file.close()
    const second = await openStores({ directory: folder })
    await expectOlderWords(second)
    await second.close()
  })

  it('is refused when a newer Doorstep has written it', async () => {
    const folder = join(directory, 'newer')
    await (await openStores({ directory: folder })).close()
    const file = new DatabaseSync(join(folder, 'doorstep.db'))
    file.exec("insert into schema_migration values ('9999-tomorrow')")
    file.close()
    await expect(openStores({ directory: folder })).rejects.toThrow(/newer version of Doorstep.*9999-tomorrow/)
  })

  it('says so when its file is something else', async () => {
    const folder = mkdtempSync(join(directory, 'other-'))
    writeFileSync(join(folder, 'doorstep.db'), 'x'.repeat(8_192))
    await expect(openStores({ directory: folder })).rejects.toThrow(
      /doorstep\.db cannot be used: file is not a database/,
    )
  })
})

describe.skipIf(skipWithoutPostgres())('PostgreSQL', () => {
  let postgres: PrivatePostgres | undefined
  const address = (schema: string) => `${postgres?.url}?schema=${schema}`
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres?.stop())

  storesContract(() => openStores({ directory: '', database: address('contract') }))

  it('is brought to the newest form once, by however many replicas start at the same moment', async () => {
    const replicas = await Promise.all(
      Array.from({ length: 4 }, () => openStores({ directory: '', database: address('replicas') })),
    )
    const application = anApplication()
    await replicas[0]?.commit([{ change: 'createApplication', application }])
    expect(await replicas[3]?.applications.byId(application.id)).toEqual(application)
    await Promise.all(replicas.map((replica) => replica.close()))
  })

  it('finds the guests that an older Doorstep has written by their homes', async () => {
    const location = { directory: '', database: address('guests') }
    const guest = aUser({ userType: 'Guest', home: { tenantId: randomUUID(), userId: randomUUID().toUpperCase() } })
    const first = await openStores(location)
    await first.commit([guest, aUser()].map((user) => ({ change: 'createUser', user })))
    await first.close()
    const older = new pg.Client({ connectionString: postgres?.url, options: '-c search_path=guests' })
    await older.connect()
    for (const statement of undoGuestHomes) await older.query(statement)
    await older.end()
    const second = await openStores(location)
    expect(await second.users.byHome(guest.home?.userId ?? '')).toEqual([guest])
    await second.close()
  })

  it('finds objects by the owners that an older Doorstep has written', async () => {
    const location = { directory: '', database: address('owners') }
    const owner = randomUUID()
    const application = anApplication({ owners: [owner] })
    const first = await openStores(location)
    await first.commit([{ change: 'createApplication', application }])
    await first.close()
    const older = new pg.Client({ connectionString: postgres?.url, options: '-c search_path=owners' })
    await older.connect()
    await older.query(forgetOwners)
    await older.end()
    const second = await openStores(location)
    await expectFoundByOwner(second, owner, application.id)
    await second.close()
  })

  it('adds nothing to what another replica is deleting: it waits for the outcome', async () => {
    const stores = await openStores({ directory: '', database: address('deletion') })
    const servicePrincipal = aServicePrincipal(anApplication())
    await stores.commit([{ change: 'createServicePrincipal', servicePrincipal }])
    const replica = new pg.Client({ connectionString: postgres?.url, options: '-c search_path=deletion' })
    await replica.connect()
    try {
      await replica.query('begin')
      await replica.query("update service_principal set deleted_at = '2026-01-01T00:00:00Z'")
      const addition = stores.commit([{ change: 'addPasswordCredential', credential: aSecret(servicePrincipal.id) }])
      const refused = expect(addition).rejects.toMatchObject({ name: 'NoSuchRecord' })
      const isWaiting = async () => (await replica.query('select 1 from pg_locks where not granted')).rowCount === 1
      for (let tries = 0; tries < 1_000 && !(await isWaiting()); tries++) await after(10)
      expect(await isWaiting()).toBe(true)
      await replica.query('commit')
      await refused
      expect(await stores.passwordCredentials.byOwner(servicePrincipal.id)).toEqual([])
    } finally {
      await replica.end()
      await stores.close()
    }
  })

  it.each([
    ['no redirect URIs', 'older', forgetRedirectUris],
    ['redirect URIs without their keys', 'keyless', forgetRedirectUriKeys],
  ])('finds applications by their redirect URIs when an older Doorstep has kept %s', async (_, schema, undo) => {
    const database = address(schema)
    const application = anOldApplication()
    const first = await openStores({ directory: '', database })
    await first.commit([{ change: 'createApplication', application }])
    await first.close()
    const client = new pg.Client({ connectionString: postgres?.url, options: `-c search_path=${schema}` })
    await client.connect()
    await client.query(undo)
    await client.end()
    const second = await openStores({ directory: '', database })
    await expectFoundByRedirectUris(second, application)
    await second.close()
  })

  it('filters a sign-in log that an older Doorstep has written', async () => {
    const database = address('signins')
    const record = aSignInRecord({ userPrincipalName: 'Alice@contoso.example', errorCode: 50126 })
    const first = await openStores({ directory: '', database })
    await first.commit([{ change: 'addSignInRecord', record }])
    await first.close()
    const client = new pg.Client({ connectionString: postgres?.url, options: '-c search_path=signins' })
    await client.connect()
    await client.query(forgetSignInColumns)
    await client.end()
    const second = await openStores({ directory: '', database })
    await expectFilteredSignIns(second, record)
    await second.close()
  })

  it('finds groups by the owners that an older Doorstep has written', async () => {
    const database = address('groupowners')
    const owner = randomUUID()
    const group = aGroup({ isAssignableToRole: true, owners: [owner.toUpperCase()] })
    const first = await openStores({ directory: '', database })
    await first.commit([{ change: 'createGroup', group }])
    await first.close()
    const client = new pg.Client({ connectionString: postgres?.url, options: '-c search_path=groupowners' })
    await client.connect()
    await client.query("delete from collection_value where collection = 'owners'")
    await client.query("delete from schema_migration where name = '0012-group-owners'")
    await client.end()
    const second = await openStores({ directory: '', database })
    expect(await second.groups.roleAssignableGroupsOf(owner)).toEqual([group.id])
    await second.close()
  })

  it('sorts and filters what an older Doorstep has written', async () => {
    const database = address('lists')
    const first = await openStores({ directory: '', database })
    await first.commit(ofOlderLists)
    await first.close()
    const client = new pg.Client({ connectionString: postgres?.url, options: '-c search_path=lists' })
    await client.connect()
    await client.query(forgetOrderedLists)
    await client.end()
    const second = await openStores({ directory: '', database })
    await expectOlderLists(second)
    await second.close()
  })

  it('searches what an older Doorstep has written', async () => {
    const database = address('words')
    const first = await openStores({ directory: '', database })
    await first.commit(ofOlderWords())
    await first.close()
    const client = new pg.Client({ connectionString: postgres?.url, options: '-c search_path=words' })
    await client.connect()
    await client.query(forgetWords)
    await client.end()
    const second = await openStores({ directory: '', database })
    await expectOlderWords(second)
    await second.close()
  })

  it('uses the default search path where no schema is named', async () => {
    const stores = await openStores({ directory: '', database: postgres?.url })
    expect(await stores.tenants.list()).toEqual([])
    await stores.close()
  })

  it.each([
    ['mysql://localhost/x', /postgres:\/\/user:password@host/],
    ['postgres://u:secret@localhost:99999/x', /postgres:\/\/user:password@host/],
    ['postgres://u:secret@127.0.0.1:1/x?schema=a%22b', /schema is 'a"b'; expected/],
    ['postgres://u:secret@127.0.0.1:1/x', /cannot be used: connect ECONNREFUSED/],
  ])('refuses %s without repeating its password', async (database, sentence) => {
    const refusal = openStores({ directory: '', database })
    await expect(refusal).rejects.toThrow(sentence)
    await expect(refusal).rejects.not.toThrow(/secret/)
  })
})
