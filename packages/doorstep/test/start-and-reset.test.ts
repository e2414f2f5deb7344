import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStores } from '../src/stores/open.ts'
import { startDoorstep } from './support/start-doorstep.ts'

const launcher = fileURLToPath(new URL('../bin/doorstep.cjs', import.meta.url))
let dataDirectory: string

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'doorstep-start-'))
})
afterEach(() => rm(dataDirectory, { recursive: true, force: true }))

describe('a first start that fails', () => {
  it('by a seed file with a mistake is none: the next one shows the password', async () => {
    await expect(startDoorstep({ dataDirectory, seed: 'tenants: [{ displayNam: x }]' })).rejects.toThrow(/displayName/)
    const doorstep = await startDoorstep({ dataDirectory })
    await doorstep.stop()
    expect(doorstep.administrator.password).toBeTypeOf('string')
  })

  it('by a seed that does not fit the store is none either', async () => {
    const seed =
      'tenants: [{ displayName: Again, domain: doorstep.example, tenantId: 11111111-1111-4111-8111-111111111111 }]'
    await expect(startDoorstep({ dataDirectory, seed })).rejects.toThrow()
    const doorstep = await startDoorstep({ dataDirectory })
    await doorstep.stop()
    expect(doorstep.administrator.password).toBeTypeOf('string')
  })

  it('by a taken port is none', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as { port: number }
    await expect(startDoorstep({ dataDirectory, arguments: ['--port', String(port)] })).rejects.toThrow(String(port))
    holder.close()
    const doorstep = await startDoorstep({ dataDirectory })
    await doorstep.stop()
    expect(doorstep.administrator.password).toBeTypeOf('string')
  })
})

describe('a start', () => {
  it('is left at once by SIGTERM, however much there is to hash', async () => {
    const secrets = Array.from(
      { length: 300 },
      (_, index) => `{ displayName: s${index}, secretText: chosen-${index}-secret }`,
    )
    const application = `{ displayName: many, passwordCredentials: [${secrets.join(', ')}] }`
    const seedFile = join(dataDirectory, 'seed.yaml')
    await writeFile(seedFile, `tenants: [{ displayName: T, domain: t.example, applications: [${application}] }]`)
    const data = join(dataDirectory, 'data')
    const words = ['up', '--json', '--port', '0', '--proxy-port', '0', '--data', data, '--seed', seedFile]
    const child = spawn(process.execPath, [launcher, ...words], { stdio: ['ignore', 'pipe', 'ignore'] })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number]
    expect(said).toBe('')
    expect(code).toBe(143)
  })

  it('mends a root certificate that is missing or another one', async () => {
    const first = await startDoorstep({ dataDirectory })
    await first.stop()
    await rm(join(dataDirectory, 'ca.pem'))
    await writeFile(join(dataDirectory, 'intercept-ca.pem'), first.ca)
    const second = await startDoorstep({ dataDirectory })
    await second.stop()
    expect(second.ca).toBe(first.ca)
    expect(await readFile(join(dataDirectory, 'intercept-ca.pem'), 'utf8')).not.toBe(first.ca)
  })
})

describe('the bootstrap application', () => {
  it('is not deleted by the command line that lives by it, and made anew where its database has lost it', async () => {
    const doorstep = await startDoorstep({ dataDirectory })
    const { clientId } = doorstep.bootstrap
    const words = ['app', 'delete', clientId, '--yes', '--data', dataDirectory]
    const child = spawn(process.execPath, [launcher, ...words], { stdio: 'ignore' })
    expect((await once(child, 'exit'))[0]).toBe(1)
    const { id } = (await doorstep.graph.request('GET', `/v1.0/applications(appId='${clientId}')`)).body
    await doorstep.stop()
    const stores = await openStores({ directory: dataDirectory })
    await stores.commit([{ change: 'deleteApplication', id, deletedDateTime: new Date().toISOString() }])
    await stores.close()
    const again = await startDoorstep({ dataDirectory })
    try {
      expect(again.tenantId).toBe(doorstep.tenantId)
      expect((await again.graph.request('GET', '/v1.0/organization')).status).toBe(200)
    } finally {
      await again.stop()
    }
  })
})

describe('control', () => {
  it('adds up moves of the clock that come at once', async () => {
    const doorstep = await startDoorstep({ dataDirectory })
    try {
      const moves = Array.from({ length: 10 }, () =>
        doorstep.control.request('POST', '/clock', { advanceSeconds: 1000 }),
      )
      const answers = await Promise.all(moves)
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
      expect((await doorstep.control.request('GET', '/clock')).body.offsetSeconds).toBe(10_000)
    } finally {
      await doorstep.stop()
    }
  })

  it('resets as often as it is asked to, at once too, and keeps the published keys', async () => {
    const doorstep = await startDoorstep({ dataDirectory })
    try {
      const keys = () => doorstep.request('GET', '/common/discovery/v2.0/keys')
      const before = await keys()
      const answers = await Promise.all([1, 2, 3].map(() => doorstep.control.request('POST', '/reset', {})))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      // Requests at once come over several connections, so any of them may be the last.
      const bootstrap = JSON.parse(await readFile(join(dataDirectory, 'bootstrap.json'), 'utf8'))
      expect(answers.map(({ body }) => body.tenantId)).toContain(bootstrap.tenantId)
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: bootstrap.clientId,
        client_secret: bootstrap.clientSecret,
        scope: 'https://graph.microsoft.com/.default',
      })
      const token = await doorstep.request('POST', `/${bootstrap.tenantId}/oauth2/v2.0/token`, form.toString())
      expect(token.status).toBe(200)
      expect((await keys()).body).toEqual(before.body)
    } finally {
      await doorstep.stop()
    }
  })
})
