import { setTimeout as after } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PrivatePostgres, skipWithoutPostgres, startPostgres } from '../../test/support/start-postgres.ts'
import { defaultCloudSettings } from '../directory/cloud-settings.ts'
import { anApplication, aSecret } from './contract/records.ts'
import { openStores } from './open.ts'
import type { Stores } from './stores.ts'

const application = anApplication()
const secret = aSecret(application.id)
const another = aSecret(application.id)

/** Tries for ten seconds at most. */
async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (await holds()) return true
    await after(10)
  }
  return false
}

describe.skipIf(skipWithoutPostgres())('two replicas on one database', () => {
  let postgres: PrivatePostgres | undefined
  let administrator: pg.Client | undefined
  let replicas: readonly [Stores, Stores] | undefined

  const both = () => {
    if (!replicas) throw new Error('The replicas are not open.')
    return replicas
  }
  const secretsSeenBy = async (stores: Stores) =>
    (await stores.passwordCredentials.byOwner(application.id)).map(({ keyId }) => keyId).sort()
  const readsFromMemory = (stores: Stores) =>
    eventually(async () => {
      await secretsSeenBy(stores)
      const first = stores.passwordCredentials.byOwner(application.id)
      const second = stores.passwordCredentials.byOwner(application.id)
      return first === second
    })
  const terminate = async (name: string) => {
    const query = 'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1'
    return (await administrator?.query(query, [name]))?.rowCount ?? 0
  }

  beforeAll(async () => {
    postgres = await startPostgres()
    administrator = new pg.Client({ connectionString: postgres.url })
    await administrator.connect()
    const database = postgres.url
    replicas = [await openStores({ directory: '', database }), await openStores({ directory: '', database })]
  })
  afterAll(async () => {
    await Promise.all((replicas ?? []).map((stores) => stores.close()))
    await administrator?.end()
    await postgres?.stop()
  })
  beforeEach(async () => {
    const [one] = both()
    await one.reset([])
    await one.commit([
      { change: 'createApplication', application },
      { change: 'addPasswordCredential', credential: secret },
      { change: 'addPasswordCredential', credential: another },
    ])
  })

  const removeThroughOne = () =>
    both()[0].commit([{ change: 'removePasswordCredential', ownerId: application.id, keyId: secret.keyId }])

  it('see what the other removed, though they had read it from memory', async () => {
    const [, other] = both()
    expect(await readsFromMemory(other)).toBe(true)
    expect(await secretsSeenBy(other)).toEqual([secret.keyId, another.keyId].sort())
    await removeThroughOne()
    expect(await eventually(async () => (await secretsSeenBy(other)).length === 1)).toBe(true)
    expect(await readsFromMemory(other)).toBe(true)
    expect(await secretsSeenBy(other)).toEqual([another.keyId])
  })

  it('serve nothing stale when the connection they listen on is ended, and use their memory again later', async () => {
    const [, other] = both()
    expect(await readsFromMemory(other)).toBe(true)
    expect(await terminate('doorstep listener')).toBe(2)
    await removeThroughOne()
    expect(await eventually(async () => (await secretsSeenBy(other)).length === 1)).toBe(true)
    expect(await readsFromMemory(other)).toBe(true)
    expect(await secretsSeenBy(other)).toEqual([another.keyId])

    await both()[0].commit([{ change: 'addPasswordCredential', credential: secret }])
    expect(await eventually(async () => (await secretsSeenBy(other)).length === 2)).toBe(true)
  })

  it('keep reading and writing when all their connections are ended', async () => {
    const [one, other] = both()
    await Promise.all([1, 2, 3].map(() => other.tenants.list()))
    expect(await terminate('doorstep')).toBeGreaterThan(0)
    await removeThroughOne()
    expect(await other.tenants.list()).toEqual([])
    expect(await one.applications.list({ tenantId: application.tenantId, top: 5 })).toMatchObject({ next: undefined })
    expect(await eventually(async () => (await secretsSeenBy(other)).length === 1)).toBe(true)
  })

  it('tell each other of settings', async () => {
    const [one, other] = both()
    const heard: string[] = []
    other.onChange((changed) => heard.push(changed))
    await one.commit([{ change: 'setCloudSettings', settings: { ...defaultCloudSettings, consent: 'auto' } }])
    expect(await eventually(async () => heard.includes('settings'))).toBe(true)
    expect((await other.settings.read()).consent).toBe('auto')
  })
})
