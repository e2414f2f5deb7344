import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, redirected } from './login/browser.ts'
import { sendRaw } from './login/send-raw.ts'
import { type RunningDoorstep, startDoorstep } from './support/start-doorstep.ts'
import { type PrivatePostgres, skipWithoutPostgres, startPostgres } from './support/start-postgres.ts'

const masterKey = Buffer.alloc(32, 9).toString('base64')

describe.skipIf(skipWithoutPostgres())('two replicas on one PostgreSQL', () => {
  let postgres: PrivatePostgres
  let replicas: RunningDoorstep[] = []

  const start = (key = masterKey) =>
    startDoorstep({ arguments: ['--database', postgres.url], environment: { DOORSTEP_MASTER_KEY: key } })
  const replica = (index: number): RunningDoorstep => replicas[index] ?? expect.unreachable('no such replica')

  beforeAll(async () => {
    postgres = await startPostgres()
    replicas = await Promise.all([start(), start()])
  })
  afterAll(async () => {
    await Promise.all(replicas.map((running) => running.stop()))
    await postgres.stop()
  })

  it('make one first start between them, with a credential for each', () => {
    const [first, second] = [replica(0), replica(1)]
    expect(first.tenantId).toBe(second.tenantId)
    expect(first.bootstrap.clientId).toBe(second.bootstrap.clientId)
    expect(first.bootstrap.clientSecret).not.toBe(second.bootstrap.clientSecret)
    const passwords = replicas.flatMap(({ administrator }) => administrator.password ?? [])
    expect(passwords).toHaveLength(1)
  })

  it('see each other’s registrations, and forget a removed secret', async () => {
    const [first, second] = [replica(0), replica(1)]
    const { body: app } = await first.graph.request('POST', '/v1.0/applications', { displayName: 'shared' })
    await second.graph.request('POST', '/v1.0/servicePrincipals', { appId: app.appId })
    const { body: secret } = await first.graph.request('POST', `/v1.0/applications/${app.id}/addPassword`, {})
    const tokenFrom = (running: RunningDoorstep) =>
      running.login.post('/oauth2/v2.0/token', {
        grant_type: 'client_credentials',
        client_id: app.appId,
        client_secret: secret.secretText,
        scope: 'https://graph.microsoft.com/.default',
      })
    expect((await tokenFrom(first)).status).toBe(200)
    expect((await tokenFrom(second)).status).toBe(200)
    await first.graph.request('POST', `/v1.0/applications/${app.id}/removePassword`, { keyId: secret.keyId })
    expect((await tokenFrom(first)).body.error_codes).toEqual([7000215])
    await expect.poll(async () => (await tokenFrom(second)).body.error_codes).toEqual([7000215])
  })

  it('record consent once that is given in many tabs at once, and let every tab go on', async () => {
    const first = replica(0)
    const { administrator, tenantId } = first
    const password = replicas.flatMap((running) => running.administrator.password ?? [])[0] ?? ''
    const redirectUri = 'http://localhost:8080'
    const { body: app } = await first.graph.request('POST', '/v1.0/applications', {
      displayName: 'tabs',
      web: { redirectUris: [redirectUri] },
    })
    const asked = { client_id: app.appId, response_type: 'code', redirect_uri: redirectUri, scope: 'User.Read' }
    const browser = new Browser(first)
    const page = await browser.open(`/${tenantId}/oauth2/v2.0/authorize?${new URLSearchParams(asked)}`)
    const consent = await browser.signIn(page, { name: administrator.userPrincipalName, password })
    const answers = await Promise.all(Array.from({ length: 12 }, () => browser.send(consent)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 302))
    expect(answers.map((answer) => redirected(answer).has('code'))).not.toContain(false)
  })

  it('take each other’s tokens, and share one clock', async () => {
    const [first, second] = [replica(0), replica(1)]
    // Under the real names both have one issuer; on localhost the port of each is part of its own.
    const { clientId, clientSecret, tenantId } = first.bootstrap
    const issued = await sendRaw(first, {
      method: 'POST',
      host: 'login.microsoftonline.com',
      path: `/${tenantId}/oauth2/v2.0/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: 'https://graph.microsoft.com/.default',
      }).toString(),
    })
    const authorization = `Bearer ${issued.body.access_token}`
    const { status } = await second.request('GET', '/graph/v1.0/organization', undefined, { authorization })
    expect(status).toBe(200)
    await first.control.request('POST', '/clock', { advanceSeconds: 600 })
    await expect.poll(async () => (await second.control.request('GET', '/clock')).body.offsetSeconds).toBe(600)
  })

  it('follow a change that they could not read when they heard of it, and report that once', async () => {
    const faults = replicas.map(({ process }) => {
      const said: string[] = []
      process.stderr?.on('data', (chunk) => said.push(String(chunk)))
      return () => said.join('').match(/^.*relation \\"cloud_settings\\" does not exist.*$/gm)?.length ?? 0
    })
    const administrator = new pg.Client({ connectionString: postgres.url })
    await administrator.connect()
    try {
      await administrator.query('alter table cloud_settings rename to cloud_settings_away')
      await administrator.query("select pg_notify('doorstep_changes', 'settings')")
      // The clock follows the settings, and so does the credential of each replica.
      await expect.poll(() => faults.map((count) => count()), { timeout: 10_000 }).toEqual([2, 2])
      await administrator.query(`alter table cloud_settings_away rename to cloud_settings; update cloud_settings set
        record = jsonb_set(record::jsonb, '{clockOffsetMilliseconds}', '900000'), version = version + 1`)
      for (const running of replicas) {
        const offset = async () => (await running.control.request('GET', '/clock')).body.offsetSeconds
        await expect.poll(offset, { timeout: 20_000 }).toBe(900)
      }
      expect(faults.map((count) => count())).toEqual([2, 2])
    } finally {
      await administrator.query('alter table if exists cloud_settings_away rename to cloud_settings')
      await administrator.end()
    }
  })

  it('both follow a reset of one of them', async () => {
    const [first, second] = [replica(0), replica(1)]
    const { body } = await first.control.request('POST', '/reset', {})
    const bootstrapOf = async ({ dataDirectory }: RunningDoorstep) =>
      JSON.parse(await readFile(join(dataDirectory, 'bootstrap.json'), 'utf8'))
    await expect.poll(async () => (await bootstrapOf(second)).tenantId).toBe(body.tenantId)
    const { clientId, clientSecret, tenantId } = await bootstrapOf(second)
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
    const scope = 'https://graph.microsoft.com/.default'
    const text = new URLSearchParams({ ...form, scope }).toString()
    expect((await first.request('POST', `/${tenantId}/oauth2/v2.0/token`, text)).status).toBe(200)
    expect((await second.control.request('GET', '/instance')).body.tenantId).toBe(body.tenantId)
  })

  it('are not joined by one with another master key', async () => {
    await expect(start(Buffer.alloc(32, 8).toString('base64'))).rejects.toThrow(/another master key/)
  })
})
