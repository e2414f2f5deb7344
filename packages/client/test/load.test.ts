import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { alice, type CloudOfPeople, orders, startCloudOfPeople } from '../../../conformance/support/cloud-of-people.ts'
import { startBrowserProgram } from '../../../conformance/support/opened-address.ts'
import { Person } from '../../../conformance/support/person.ts'
import { createFetch, type LoadOptions, load, nodeTransport } from '../src/index.ts'
import { startApiServer } from './support/api-server.ts'
import { type MadeCertificate, makeCertificate } from './support/client-certificate.ts'
import { claimsOf } from './support/decoded-jwt.ts'
import { refusalOf } from './support/refusal-of.ts'

const tool = '6c90485f-ae31-4dc8-b04f-915c2d7eaf43'
const daemon = 'd1a2b3c4-e5f6-4a7b-8c9d-0e1f2a3b4c5d'
const secret = 'Dae8Q~only-secret-of-the-daemon-0001'
const graph = 'https://graph.microsoft.com'

let cloud: CloudOfPeople
let certificate: MadeCertificate
let folder: string
let notices: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  certificate = await makeCertificate('daemon')
  cloud = await startCloudOfPeople([
    {
      displayName: 'tool',
      appId: tool,
      isFallbackPublicClient: true,
      publicClient: { redirectUris: ['http://localhost'] },
      permissions: ['Orders API/Orders.Read'],
    },
    {
      displayName: 'daemon',
      appId: daemon,
      passwordCredentials: [{ secretText: secret }],
      keyCredentials: [certificate.keyCredential],
    },
  ])
})
afterEach(() => {
  notices = []
})
afterAll(async () => {
  await cloud?.stop()
  await rm(folder, { recursive: true, force: true })
})

const options = (more: LoadOptions = {}): LoadOptions => ({
  transport: nodeTransport({ ca: cloud.doorstep.ca }),
  environment: {},
  onNotice: (text) => notices.push(text),
  ...more,
})
const authority = () => `${cloud.doorstep.url}/${cloud.tenantId}`
const tokenUrl = () => `${authority()}/oauth2/v2.0/token`
/** What a file of the Cognite SDK's form says. */
const clientCredentials = (more: Record<string, unknown> = {}) => ({
  client_credentials: {
    client_id: daemon,
    client_secret: secret,
    token_url: tokenUrl(),
    scopes: [`${graph}/.default`],
    ...more,
  },
})

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('a credential from settings', () => {
  it('is an application by secret, and keeps its token', async () => {
    const credential = load(clientCredentials(), options())
    const { token } = await credential.getToken()
    expect(claimsOf(token)).toMatchObject({ appid: daemon, aud: graph, tid: cloud.tenantId })
    expect(await credential.authorizationHeader()).toBe(`Bearer ${token}`)
    expect(credential.scopes).toEqual([`${graph}/.default`])
    const other = await credential.getToken(`${orders.uri}/.default`)
    expect(claimsOf(other.token).aud).toBe(orders.appId)
  })

  it('speaks v1.0 where the token_url does', async () => {
    const settings = { token_url: `${authority()}/oauth2/token`, resource: graph, scopes: undefined }
    const credential = load(clientCredentials(settings), options())
    expect(claimsOf((await credential.getToken()).token)).toMatchObject({ appid: daemon, aud: graph })
    expect([credential.scopes, credential.resource]).toEqual([[], graph])
  })

  it.each<[string, () => Record<string, unknown>]>([
    ['text', () => ({ certificate: certificate.key + certificate.certificate, cert_thumbprint: 'XYZ123' })],
    ['a file', () => ({ certificate_path: join(folder, 'daemon.pem') })],
    ['a file with a password', () => ({ certificate_path: join(folder, 'locked.pem'), certificate_password: 'opens' })],
  ])('is an application by certificate, from %s', async (_, source) => {
    const locked = certificate.privateKey.export({
      ...({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'opens' } as const),
    })
    await writeFile(join(folder, 'daemon.pem'), certificate.key + certificate.certificate)
    await writeFile(join(folder, 'locked.pem'), locked + certificate.certificate)
    const common = { client_id: daemon, authority_url: authority(), scopes: `${graph}/.default` }
    const credential = load({ client_certificate: { ...common, ...source() } }, options())
    expect(claimsOf((await credential.getToken()).token)).toMatchObject({ appid: daemon, appidacr: '2' })
  })

  it('is a person by device code', async () => {
    const person = new Person(cloud.doorstep, alice)
    const device_code = { client_id: tool, authority_url: authority(), scopes: [orders.scope] }
    const told: string[] = []
    const credential = load(
      { device_code },
      options({
        userPromptCallback: async ({ verificationUri, userCode }) => {
          told.push(userCode)
          await person.answerDevice(verificationUri, userCode)
        },
      }),
    )
    const { token } = await credential.getToken()
    expect(claimsOf(token)).toMatchObject({ oid: alice.id, scp: 'Orders.Read' })
    expect((await credential.getToken()).token).toBe(token)
    expect(told).toHaveLength(1)
  })

  it('is a person by browser, at the port that the settings name', async () => {
    const person = new Person(cloud.doorstep, alice)
    const port = await freePort()
    const interactive = {
      client_id: tool,
      authority_url: `${authority()}/`,
      scopes: [orders.scope],
      redirect_port: port,
    }
    const { BROWSER: before } = process.env
    const browser = await startBrowserProgram()
    process.env.BROWSER = browser.environment.DOORSTEP_BROWSER
    try {
      const token = load({ interactive }, options()).getToken()
      const address = await browser.openedAddress()
      expect(new URL(address).searchParams.get('redirect_uri')).toBe(`http://localhost:${port}`)
      await person.signInAndReturn(address)
      expect(claimsOf((await token).token)).toMatchObject({ oid: alice.id, scp: 'Orders.Read' })
    } finally {
      if (before === undefined) delete process.env.BROWSER
      else process.env.BROWSER = before
      await browser.close()
    }
  })

  it.each<[string, string | (() => string | Promise<string>)]>([
    ['text', 'aaa.bbb.ccc'],
    ['a function', () => 'aaa.bbb.ccc'],
    ['a function that takes its time', async () => 'aaa.bbb.ccc'],
  ])('is a token that is there already, as %s', async (_, token) => {
    expect(await load({ token }, options()).authorizationHeader()).toBe('Bearer aaa.bbb.ccc')
  })

  it('asks a function for the token each time, and reads until when it is good', async () => {
    let calls = 0
    const exp = Math.floor(Date.now() / 1000) + 1800
    const credential = load(
      {
        token: () => {
          calls += 1
          return `e30.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.${calls}`
        },
      },
      options(),
    )
    expect((await credential.getToken()).expiresOnTimestamp).toBe(exp * 1000)
    expect((await credential.getToken(`${graph}/.default`)).token).toMatch(/\.2$/)
    expect(await refusalOf(load({ token: () => '' }, options()).getToken())).toMatchObject({ option: 'token' })
  })

  it('goes with createFetch', async () => {
    const api = await startApiServer()
    try {
      const credential = load({ token: 'aaa.bbb.ccc' }, options())
      await createFetch(credential, { scopes: 'any' })(api.origin)
      expect(api.tokens()).toEqual(['aaa.bbb.ccc'])
    } finally {
      await api.close()
    }
  })

  it("takes the settings of the Cognite SDK's own cache, which change nothing, and its way to name a cluster", async () => {
    const sdk = { token_expiry_leeway_seconds: 15, token_cache_path: null, clear_cache: false, mem_cache_only: true }
    const cluster = { scopes: undefined, cdf_cluster: 'westeurope-1' }
    expect(load(clientCredentials({ ...sdk, ...cluster }), options()).scopes).toEqual([
      'https://westeurope-1.cognitedata.com/.default',
    ])
    const device_code = { client_id: tool, authority_url: authority(), cdf_cluster: 'api' }
    expect(load({ device_code }, options()).scopes).toEqual([
      'https://api.cognitedata.com/IDENTITY',
      'https://api.cognitedata.com/user_impersonation',
    ])
  })
})

describe('settings that cannot work are refused by their names', () => {
  const without = (name: string) => clientCredentials({ [name]: undefined })
  const person = (more: object) => ({ device_code: { client_id: tool, authority_url: authority(), ...more } })
  const url = (token_url: string) => clientCredentials({ token_url })

  it.each<[string, () => unknown, string, string]>([
    ['text', () => 'client_credentials:\n', 'config', 'parse the YAML or JSON first'],
    ['a list', () => [], 'config', 'token, client_credentials, interactive, device_code, client_certificate'],
    ['nothing', () => ({}), 'config', 'exactly one of'],
    ['two kinds', () => ({ ...clientCredentials(), token: 'a' }), 'config', 'client_credentials, token'],
    ['another kind', () => ({ password: {} }), 'password', 'no kind of credential'],
    ['a kind of every object', () => ({ constructor: {} }), 'constructor', 'no kind of credential'],
    ['a kind without settings', () => ({ interactive: null }), 'interactive', 'must hold settings'],
    ['a token with its scheme', () => ({ token: 'Bearer abc' }), 'token', "begins with 'Bearer'"],
    ['a token that is a number', () => ({ token: 7 }), 'token', 'as text, or a function'],
    ['no client', () => without('client_id'), 'client_credentials.client_id', 'Application (client) ID'],
    ['no secret', () => without('client_secret'), 'client_credentials.client_secret', 'is missing'],
    ['no address', () => without('token_url'), 'client_credentials.token_url', '{tenant}/oauth2/v2.0/token'],
    ['no scopes', () => without('scopes'), 'client_credentials.scopes', 'https://{cluster}.cognitedata.com/.default'],
    ['no scopes of a person', () => person({}), 'device_code.scopes', 'https://{cluster}.cognitedata.com/IDENTITY'],
    [
      'a placeholder',
      () => clientCredentials({ client_secret: '$OAUTH_CLIENT_SECRET' }),
      'client_credentials.client_secret',
      'still a placeholder',
    ],
    ['a number as scopes', () => clientCredentials({ scopes: 7 }), 'client_credentials.scopes', 'must be a text'],
    ['a list of numbers', () => clientCredentials({ scopes: [7] }), 'client_credentials.scopes', 'a list of texts'],
    [
      'something unknown',
      () => clientCredentials({ secret: 'x' }),
      'client_credentials.secret',
      'Known are client_id,',
    ],
    [
      'a thing twice',
      () => clientCredentials({ authority_url: authority() }),
      'client_credentials.authority_url',
      'keep one',
    ],
    [
      'scopes twice',
      () => clientCredentials({ cdf_cluster: 'api' }),
      'client_credentials.cdf_cluster',
      'says again what scopes says',
    ],
    [
      'resource over v2.0',
      () => clientCredentials({ resource: graph, scopes: undefined }),
      'client_credentials.resource',
      'v1.0',
    ],
    ['scopes over v1.0', () => url(`${authority()}/oauth2/token`), 'client_credentials.scopes', '/oauth2/v2.0/token'],
    ['another path', () => url(`${authority()}/token`), 'client_credentials.token_url', 'must follow the pattern'],
    ['no TLS', () => url('http://localhost/t/oauth2/v2.0/token'), 'client_credentials.token_url', 'https://'],
    [
      'a tenant left open',
      () => url('https://login.microsoftonline.com/$tenantId/oauth2/v2.0/token'),
      'client_credentials.token_url',
      "'$tenantId' is neither a tenant id nor a domain name",
    ],
    [
      'many tenants for an application',
      () => url('https://login.microsoftonline.com/common/oauth2/v2.0/token'),
      'client_credentials.token_url',
      'stands for many tenants',
    ],
    [
      'two providers',
      () => person({ scopes: 'a', oauth_discovery_url: 'https://id.example.com' }),
      'device_code.authority_url',
      'keep one of them',
    ],
    [
      'a port beyond the last',
      () => ({ interactive: { client_id: tool, authority_url: authority(), scopes: 'a', redirect_port: 70_000 } }),
      'interactive.redirect_port',
      '1 to 65535',
    ],
    [
      'two certificates',
      () => ({
        client_certificate: {
          ...{ client_id: daemon, authority_url: authority(), scopes: 'a' },
          ...{ certificate: 'x', certificate_path: 'y' },
        },
      }),
      'client_certificate.certificate',
      'not both',
    ],
  ])('%s', (_, config, option, sentence) => {
    const loading = () => load(config(), options())
    expect(loading).toThrow(expect.objectContaining({ name: 'CredentialOptionError', option }))
    expect(loading).toThrow(sentence)
    expect(loading).not.toThrow(secret)
  })

  it.each(['client_credentials', 'interactive'])('the names of older SDKs in the section %s too', (section) => {
    const older = { token_client_id: daemon, token_client_secret: secret, token_url: tokenUrl() }
    expect(() => load({ [section]: older }, options())).toThrow(
      expect.objectContaining({
        option: `${section}.token_client_id`,
        message: expect.stringContaining(
          'token_client_id is now client_credentials.client_id; token_client_secret is now',
        ),
      }),
    )
  })

  it("the names of older SDKs, with today's", () => {
    const older = {
      token_client_id: daemon,
      token_client_secret: secret,
      token_url: tokenUrl(),
      token_scopes: [`${graph}/.default`],
      token_custom_args: { audience: 'x' },
    }
    const loading = () => load(older, options())
    expect(loading).toThrow(expect.objectContaining({ option: 'token_client_id' }))
    expect(loading).toThrow('token_client_secret is now client_credentials.client_secret')
    expect(loading).toThrow('token_custom_args is now nothing')
    expect(loading).toThrow(/Write:\nclient_credentials:\n {2}client_id:/)
    expect(loading).not.toThrow(secret)
  })

  it('COGNITE_API_KEY in the environment is pointed out, without its value', () => {
    load({ token: 'abc' }, options({ environment: { COGNITE_API_KEY: 'not-a-real-key' } }))
    expect(notices).toEqual([expect.stringMatching(/^COGNITE_API_KEY is set.*unset it\.$/)])
    expect(notices.join()).not.toContain('not-a-real-key')
    notices = []
    load({ token: 'abc' }, options())
    expect(notices).toEqual([])
  })
})
