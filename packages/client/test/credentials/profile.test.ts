import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  ChainedCredential,
  EnvironmentCredential,
  type Login,
  loginPath,
  nodeTransport,
  ProfileCredential,
  type ProfileCredentialOptions,
} from '../../src/index.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { startTokenServer, type TokenServer, tokenAnswer } from '../support/token-server.ts'

const GRAPH = 'https://graph.microsoft.com/.default'
const SECRET = 'not-a-real-secret'

let server: TokenServer
let root: string
let store: string

beforeAll(async () => {
  server = await startTokenServer()
})
beforeEach(async () => {
  server.requests.length = 0
  server.answerWith(() => tokenAnswer())
  root = await mkdtemp(join(tmpdir(), 'doorstep-'))
  store = join(root, 'store')
})
afterEach(() => rm(root, { recursive: true, force: true }))
afterAll(() => server.close())

/** The error of a call, whatever its members. */
const refusal = async (promise: Promise<unknown>) => Object(await refusalOf(promise))

/** Writes what `doorstep login` would leave. */
async function logIn(members: Partial<Login> = {}): Promise<Login> {
  const login: Login = {
    id: crypto.randomUUID(),
    profile: 'work',
    cloud: 'public',
    authorityHost: server.authorityHost,
    tenantId: 'contoso.example',
    clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
    as: 'application',
    proof: { kind: 'secretVariable', variable: 'WORK_SECRET' },
    scopes: [GRAPH],
    username: '',
    signedInAt: new Date().toISOString(),
    ...members,
  }
  await mkdir(join(store, 'profiles'), { recursive: true, mode: 0o700 })
  await writeFile(loginPath(store, login.profile), JSON.stringify(login))
  return login
}

/** A program of this user, whose home and settings are in the test's folder. */
function program(options: ProfileCredentialOptions = {}, variables: Record<string, string> = {}): ProfileCredential {
  const own = { DOORSTEP_CLIENT_STORE: store, HOME: root, XDG_CONFIG_HOME: join(root, 'config'), WORK_SECRET: SECRET }
  const transport = nodeTransport({ ca: server.certificate })
  return new ProfileCredential({ profile: 'work', transport, environment: { ...own, ...variables }, ...options })
}

describe('a program with the login of a profile', () => {
  it('gets its tokens, and shares them with others: one request', async () => {
    await logIn()
    const [one, other] = [program(), program()]
    const tokens = await Promise.all([one, other, one, other].map((credential) => credential.getToken(GRAPH)))
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1)
    expect((await program().getToken([GRAPH])).token).toBe(tokens[0]?.token)
    expect(server.requests).toHaveLength(1)
    const { form, path } = server.requests[0] ?? {}
    expect(path).toBe('/contoso.example/oauth2/v2.0/token')
    expect(form).toMatchObject({
      client_id: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
      client_secret: SECRET,
      scope: GRAPH,
    })
  })

  it('asks for what login asked for when nothing is named, by v2.0 and v1.0', async () => {
    await logIn()
    const token = await program().getToken([])
    expect((await program().getToken(GRAPH)).token).toBe(token.token)
    await logIn({ scopes: [], resource: 'https://management.azure.com/' })
    await program().getToken([])
    expect(server.requests.map(({ form }) => form.scope ?? form.resource)).toEqual([
      GRAPH,
      'https://management.azure.com/',
    ])
  })

  it('takes a later login from the next call on, and none after a logout', async () => {
    await logIn()
    const credential = program()
    await credential.getToken(GRAPH)
    await logIn({ clientId: '11111111-2222-4333-8444-555555555501' })
    await credential.getToken(GRAPH)
    expect(server.requests.map(({ form }) => form.client_id)).toEqual([
      '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
      '11111111-2222-4333-8444-555555555501',
    ])
    await rm(loginPath(store, 'work'))
    expect(await refusal(credential.getToken(GRAPH))).toMatchObject({ name: 'CredentialUnavailableError' })
  })

  it('passes on a secret that was not kept', async () => {
    await logIn({ proof: { kind: 'secretNotKept' } })
    await program({ clientSecret: 'given-by-the-program' }).getToken(GRAPH)
    expect(server.requests[0]?.form.client_secret).toBe('given-by-the-program')
  })
})

describe('the profile', () => {
  const default_ = { profile: undefined }

  it('is that of DOORSTEP_PROFILE, else `default`', async () => {
    await logIn({ profile: 'default', clientId: '11111111-2222-4333-8444-555555555501' })
    await logIn({ profile: 'ci', clientId: '11111111-2222-4333-8444-555555555502' })
    await program(default_).getToken(GRAPH)
    await program(default_, { DOORSTEP_PROFILE: 'ci' }).getToken(GRAPH)
    expect(server.requests.map(({ form }) => form.client_id)).toEqual([
      '11111111-2222-4333-8444-555555555501',
      '11111111-2222-4333-8444-555555555502',
    ])
  })

  const configure = async (text: string) => {
    await mkdir(join(root, 'config', 'doorstep'), { recursive: true })
    await writeFile(join(root, 'config', 'doorstep', 'doorstep.config.yaml'), text)
  }

  it.each(['work', '"work"', "'work'  # ours", 'work\r'])(
    'is the defaultProfile of doorstep.config.yaml: %j',
    async (name) => {
      await logIn()
      await configure(`# defaultProfile: other\ndefaultProfile: ${name}\nprofiles: {}\n`)
      expect(await program(default_).getToken(GRAPH)).toMatchObject({ token: expect.any(String) })
    },
  )

  it.each([
    '{ defaultProfile: work }',
    'defaultProfile: &name work',
    'defaultProfile:\n  work',
    '"defaultProfile": work',
  ])('is never guessed from a doorstep.config.yaml that takes a reader of YAML: %j', async (text) => {
    await logIn()
    await logIn({ profile: 'default' })
    await configure(text)
    const refused = await refusal(program(default_).getToken(GRAPH))
    expect(refused).toMatchObject({ name: 'CredentialOptionError', option: 'profile' })
    expect(refused.message).toMatch(/on a line of its own, or pass profile, or set DOORSTEP_PROFILE/)
    expect(server.requests).toEqual([])
    await program().getToken(GRAPH)
  })

  it.each(['', '../default', 'Work', 'a b', '.hidden'])('must be a name: %j', async (name) => {
    expect(() => program({ profile: name })).toThrow(
      expect.objectContaining({ name: 'CredentialOptionError', option: 'profile' }),
    )
    if (name === '') return
    const refused = await refusal(program(default_, { DOORSTEP_PROFILE: name }).getToken(GRAPH))
    expect(refused).toMatchObject({ name: 'CredentialOptionError', option: 'DOORSTEP_PROFILE' })
  })
})

describe('a program without a token', () => {
  it('is told the command when nobody is signed in, and leaves nothing behind', async () => {
    const refused = await refusal(program().getToken(GRAPH))
    expect(refused).toMatchObject({
      name: 'CredentialUnavailableError',
      message: expect.stringMatching(/profile work\. Sign in first: .*doorstep login --profile work$/),
    })
    expect(await readdir(root)).toEqual([])
  })

  it.each(['{', '[]', '{"id":"1"}', ''])('is told that the login is damaged: %j', async (text) => {
    await logIn()
    await writeFile(loginPath(store, 'work'), text)
    const refused = await refusal(program().getToken(GRAPH))
    expect(refused).toMatchObject({ name: 'CredentialUnavailableError' })
    expect(refused.message).toMatch(/work\.json is damaged\. Sign in again: .*login --profile work/)
  })

  it('is told which variable lacks the secret, and goes on while a token is kept', async () => {
    await logIn()
    await program().getToken(GRAPH)
    const without = program({}, { WORK_SECRET: '' })
    expect(await without.getToken(GRAPH)).toMatchObject({ token: expect.any(String) })
    const refused = await refusal(without.getToken('https://management.azure.com/.default'))
    expect(refused).toMatchObject({ name: 'CredentialUnavailableError' })
    expect(refused.message).toContain('set the variable WORK_SECRET')
  })

  it('is told how the person signs in again, exactly as before', async () => {
    await logIn({ as: 'person', proof: undefined, username: 'alice@contoso.example' })
    const refused = await refusal(program().getToken('User.Read'))
    expect(refused).toMatchObject({ name: 'AuthenticationRequiredError', scopes: ['User.Read'] })
    expect(refused.message).toMatch(
      /^Nobody is signed in any more\.\nSign in again: .*doorstep login --profile work --cloud public --tenant contoso\.example --client-id 3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b --scope User\.Read$/,
    )
    expect(server.requests).toEqual([])
  })

  it('is told to start the local cloud of the login', async () => {
    const data = join(root, 'no cloud')
    await logIn({ cloud: 'local', dataDirectory: data })
    const refused = await refusal(program({ transport: undefined }).getToken(GRAPH))
    expect(refused).toMatchObject({ name: 'AuthorityUnreachableError' })
    expect(refused.message).toContain(`doorstep up --data '${data}'`)
  })

  it('hears the authority’s refusal, without the secret', async () => {
    await logIn()
    server.answerWith({ status: 401, json: { error: 'invalid_client', error_description: `AADSTS7000215: ${SECRET}` } })
    const refused = await refusal(program().getToken(GRAPH))
    expect(refused).toMatchObject({ name: 'TokenRequestError', code: 7000215 })
    expect(refused.message).not.toContain(SECRET)
  })

  it.each<[string, ProfileCredentialOptions]>([
    ['clientSecret', { clientSecret: '' }],
    ['directory', { directory: '' }],
    ['timeoutMilliseconds', { timeoutMilliseconds: 0 }],
  ])('is told which option is wrong: %s', (option, options) => {
    expect(() => program(options)).toThrow(expect.objectContaining({ name: 'CredentialOptionError', option }))
  })
})

describe('a chain of environment and profile', () => {
  const chain = (environment = {}) =>
    new ChainedCredential(
      new EnvironmentCredential({
        environment,
        authorityHost: server.authorityHost,
        transport: nodeTransport({ ca: server.certificate }),
      }),
      program(),
    )

  it('takes the application of the environment where there is one, else the login', async () => {
    await logIn()
    const set = {
      AZURE_TENANT_ID: 'contoso.example',
      AZURE_CLIENT_ID: '11111111-2222-4333-8444-555555555502',
      AZURE_CLIENT_SECRET: SECRET,
    }
    await chain(set).getToken(GRAPH)
    await chain().getToken(GRAPH)
    expect(server.requests.map(({ form }) => form.client_id)).toEqual([
      '11111111-2222-4333-8444-555555555502',
      '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
    ])
  })

  it('says of both why they gave nothing', async () => {
    const refused = await refusal(chain().getToken(GRAPH))
    expect(refused).toMatchObject({
      name: 'CredentialUnavailableError',
      skipped: [
        { credential: 'EnvironmentCredential', reason: expect.stringContaining('AZURE_TENANT_ID') },
        { credential: 'ProfileCredential', reason: expect.stringContaining('doorstep login --profile work') },
      ],
    })
  })

  it('passes over a person who has to sign in again', async () => {
    await logIn({ as: 'person', proof: undefined })
    const { skipped } = await refusal(chain().getToken(GRAPH))
    expect(skipped[1]?.reason).toContain('Sign in again: ')
  })
})
