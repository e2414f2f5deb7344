import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cloud, type Workplace, workplace } from './doorstep-command.ts'

const graphScope = 'https://graph.microsoft.com/.default'

interface Registration {
  readonly appId: string
  readonly displayName: string
  readonly password?: string
  readonly tenant: string
  readonly objectId: string
  readonly servicePrincipalId: string
}

let place: Workplace
let cloud: Cloud
beforeAll(async () => {
  place = await workplace()
  cloud = await place.up()
})
afterAll(() => place.close())

async function json<Document>(words: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Document> {
  const { exitCode, stdout, stderr } = await place.doorstep([...words, '--json'], environment)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout.trim().split('\n')).toHaveLength(1)
  return JSON.parse(stdout) as Document
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>

const environmentOf = ({ appId, tenant, password }: Registration) => ({
  AZURE_TENANT_ID: tenant,
  AZURE_CLIENT_ID: appId,
  AZURE_CLIENT_SECRET: password,
})

describe('doorstep app', () => {
  it('create makes application, service principal and a secret that works at once', async () => {
    const created = await json<Registration>(['app', 'create', 'extractor', '--secret', 'ci'])
    expect(Object.keys(created).sort()).toEqual([
      'appId',
      'displayName',
      'objectId',
      'password',
      'servicePrincipalId',
      'tenant',
    ])
    expect(created).toMatchObject({ displayName: 'extractor', tenant: cloud.ready.tenantId })
    const shown = await json<Record<string, unknown>>(['app', 'show', created.appId])
    expect(shown).toMatchObject({
      id: created.objectId,
      signInAudience: 'AzureADMyOrg',
      requiredResourceAccess: [
        {
          resourceAppId: '00000003-0000-0000-c000-000000000000',
          resourceAccess: [{ id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' }],
        },
      ],
      passwordCredentials: [{ displayName: 'ci', hint: created.password?.slice(0, 3) }],
    })
    expect(JSON.stringify(shown)).not.toContain(created.password)
    const { stdout } = await place.doorstep(['token', '--scope', graphScope], environmentOf(created))
    expect(claimsOf(stdout)).toMatchObject({ appid: created.appId, oid: created.servicePrincipalId })
  })

  it('create without --secret has no password, for people and in JSON', async () => {
    expect(await json<Registration>(['app', 'create', 'no-secret'])).not.toHaveProperty('password')
    const { stdout } = await place.doorstep(['app', 'create', 'no-secret-either'])
    expect(stdout).toMatch(/^ {2}appId +[\da-f-]{36}\n/)
    expect(stdout).not.toContain('password')
  })

  it('create registers redirect URIs of every kind, audience and public client flows', async () => {
    const words = ['app', 'create', 'everything', '--audience', 'AzureADMultipleOrgs', '--allow-public-client-flows']
    const uris = ['--web', 'https://a.example/1', '--web', 'https://a.example/2', '--spa', 'http://localhost:3000/']
    const { appId } = await json<Registration>([...words, ...uris, '--public-client', 'http://localhost'])
    expect(await json(['app', 'show', appId])).toMatchObject({
      signInAudience: 'AzureADMultipleOrgs',
      isFallbackPublicClient: true,
      web: { redirectUris: ['https://a.example/1', 'https://a.example/2'] },
      spa: { redirectUris: ['http://localhost:3000/'] },
      publicClient: { redirectUris: ['http://localhost'] },
    })
  })

  it('create is refused in Graph’s words, and nothing is left', async () => {
    const refused = await place.doorstep(['app', 'create', 'wrong-uri', '--web', 'not a uri'])
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toMatch(/^error: .+\(\w+\)\n$/)
    expect((await place.doorstep(['app', 'show', 'wrong-uri'])).exitCode).toBe(1)
  })

  it('show finds an application by name, appId and object id', async () => {
    const { appId, objectId } = await json<Registration>(['app', 'create', "Ann's app"])
    for (const name of ["Ann's app", appId, objectId]) {
      expect(await json(['app', 'show', name])).toMatchObject({ appId, id: objectId })
    }
    expect((await place.doorstep(['app', 'show', appId])).stdout).toContain(`displayName             Ann's app`)
  })

  it('a name that several have is refused with their appIds; one that nobody has too', async () => {
    const first = await json<Registration>(['app', 'create', 'twin'])
    const second = await place.doorstep(['app', 'create', 'twin', '--json'])
    expect(second.stderr).toContain(`Another application is called twin already (appId ${first.appId})`)
    const twins = [first, JSON.parse(second.stdout) as Registration]
    for (const words of [
      ['app', 'show', 'twin'],
      ['app', 'delete', 'twin', '--yes'],
    ]) {
      const { exitCode, stdout, stderr } = await place.doorstep(words)
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
      for (const { appId } of twins) expect(stderr).toContain(appId)
    }
    expect((await place.doorstep(['app', 'show', 'nobody'])).stderr).toBe('error: No application is called nobody.\n')
    const unknown = '00000000-0000-4000-8000-000000000000'
    expect((await place.doorstep(['app', 'show', unknown])).stderr).toContain(unknown)
  })

  it('list shows what there is', async () => {
    const { appId } = await json<Registration>(['app', 'create', 'listed'])
    expect(await json(['app', 'list'])).toContainEqual(expect.objectContaining({ appId, displayName: 'listed' }))
    const { stdout } = await place.doorstep(['app', 'list'])
    expect(stdout).toMatch(/^Name +appId +Created\n/)
    expect(stdout).toMatch(new RegExp(`^listed +${appId} `, 'm'))
  })

  it('delete needs --yes where nobody can be asked, and takes the application’s tokens with it', async () => {
    const created = await json<Registration>(['app', 'create', 'short-lived', '--secret'])
    const unasked = await place.doorstep(['app', 'delete', 'short-lived'])
    expect(unasked).toMatchObject({ exitCode: 2, stdout: '' })
    expect(unasked.stderr).toContain('--yes')
    expect(await json(['app', 'delete', 'short-lived', '--yes'])).toMatchObject({ appId: created.appId })
    expect((await place.doorstep(['app', 'show', created.appId])).exitCode).toBe(1)
    const refused = await place.doorstep(['token', '--scope', graphScope], environmentOf(created))
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toContain('AADSTS700016')
  })
})

describe('doorstep token', () => {
  let registration: Registration
  let environment: NodeJS.ProcessEnv
  const token = (...words: string[]) => place.doorstep(['token', ...words], environment)
  beforeAll(async () => {
    registration = await json<Registration>(['app', 'create', 'token-app', '--secret'])
    environment = environmentOf(registration)
  })

  it('speaks v2.0 with --scope and v1.0 with --resource', async () => {
    expect(claimsOf((await token('--scope', graphScope)).stdout).appid).toBe(registration.appId)
    const v1 = claimsOf((await token('--resource', 'https://management.azure.com/')).stdout)
    expect(v1).toMatchObject({ appid: registration.appId, aud: 'https://management.azure.com/' })
  })

  it.each<[string, RegExp]>([
    ['raw', /^eyJ\S+\n$/],
    ['header', /^Authorization: Bearer eyJ\S+\n$/],
    ['env', /^export ACCESS_TOKEN=eyJ\S+\n$/],
    ['json', /^\{"token":"eyJ.*"expiresOn":"\d{4}-.*Z","expiresOnTimestamp":\d{13}\}\n$/],
    [
      'az',
      /^\{"accessToken":"eyJ.*"expiresOn":"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.0{6}","expires_on":\d{10},"subscription":null,"tenant":"/,
    ],
  ])('--format %s', async (format, form) => {
    const { exitCode, stdout, stderr } = await token('--scope', graphScope, '--format', format)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(form)
    expect(stdout).not.toContain(registration.password)
  })

  it('shows code, correlation id and text of a refusal, never the secret', async () => {
    const secret = 'not-the-secret-at-all'
    const words = ['token', '--resource', 'https://management.azure.com/']
    const refused = await place.doorstep(words, { ...environment, AZURE_CLIENT_SECRET: secret })
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toMatch(/^error: AADSTS7000215: Invalid client secret provided/)
    expect(refused.stderr.match(/Correlation ID: [\da-f-]{36}/g)).toHaveLength(1)
    expect(refused.stderr).toContain('npx --no-install doorstep explain AADSTS7000215\n')
    expect(refused.stderr).not.toContain(secret)
  })

  it('an authority of the environment is asked, and trusted when it is the local cloud', async () => {
    const named = { ...environment, AZURE_AUTHORITY_HOST: cloud.ready.url }
    expect((await place.doorstep(['token', '--scope', graphScope], named)).exitCode).toBe(0)
    const elsewhere = { ...named, DOORSTEP_DATA: join(place.root, 'elsewhere') }
    const untrusted = await place.doorstep(['token', '--scope', graphScope], elsewhere)
    expect(untrusted).toMatchObject({ exitCode: 3, stdout: '' })
  })

  it('--cloud local wins over an authority of the environment', async () => {
    const named = { ...environment, AZURE_AUTHORITY_HOST: 'https://127.0.0.1:1' }
    expect((await place.doorstep(['token', '--scope', graphScope], named)).exitCode).toBe(3)
    expect((await place.doorstep(['token', '--cloud', 'local', '--scope', graphScope], named)).exitCode).toBe(0)
  })

  it('--cloud public inside doorstep run gets the same token under the real name', async () => {
    const launcher = fileURLToPath(new URL('../../bin/doorstep.cjs', import.meta.url))
    const words = ['token', '--cloud', 'public', '--scope', graphScope]
    const { exitCode, stdout } = await place.doorstep(['run', '--', process.execPath, launcher, ...words], environment)
    expect(exitCode).toBe(0)
    expect(claimsOf(stdout).iss).toBe(`https://sts.windows.net/${registration.tenant}/`)
  })

  it('a connection that is cut is no answer', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const cut = { ...environment, AZURE_AUTHORITY_HOST: `https://127.0.0.1:${port}` }
    expect((await place.doorstep(['token', '--scope', graphScope], cut)).exitCode).toBe(3)
    server.close()
  })
})

it('an unreadable bootstrap credential is named', async () => {
  const own = { DOORSTEP_DATA: join(place.root, 'broken') }
  const broken = await place.up([], own)
  await writeFile(join(broken.ready.dataDirectory, 'bootstrap.json'), '{')
  const { exitCode, stderr } = await place.doorstep(['app', 'list'], own)
  expect(exitCode).toBe(1)
  expect(stderr).toContain(join(own.DOORSTEP_DATA, 'bootstrap.json'))
})
