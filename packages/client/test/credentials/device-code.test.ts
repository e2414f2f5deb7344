import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  alice,
  type CloudOfPeople,
  orders,
  startCloudOfPeople,
} from '../../../../conformance/support/cloud-of-people.ts'
import { type Intent, Person } from '../../../../conformance/support/person.ts'
import {
  AbortError,
  AuthenticationRequiredError,
  ChainedCredential,
  CredentialUnavailableError,
  cached,
  DeviceCodeCredential,
  type DeviceCodeCredentialOptions,
  type DeviceCodeInfo,
  EnvironmentCredential,
  nodeTransport,
  SignInError,
  TokenRequestError,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from '../../src/index.ts'
import { claimsOf } from '../support/decoded-jwt.ts'
import { refusalOf } from '../support/refusal-of.ts'

const tool = '6c90485f-ae31-4dc8-b04f-915c2d7eaf43'
const website = '7da1596f-bf42-4ed9-915f-a26d3e8fb054'
const profile = 'https://graph.microsoft.com/User.Read'

type Spoil = (request: TransportRequest, response: TransportResponse) => TransportResponse

let cloud: CloudOfPeople
let sent: TransportRequest[]
/** Lets a test change what comes back. */
let spoil: Spoil

beforeAll(async () => {
  const permissions = ['Orders API/Orders.Read', 'Microsoft Graph/User.Read']
  cloud = await startCloudOfPeople([
    { displayName: 'tool', appId: tool, isFallbackPublicClient: true, permissions },
    { displayName: 'website', appId: website, web: { redirectUris: ['http://localhost:8080'] }, permissions },
  ])
})
beforeEach(() => {
  sent = []
  spoil = impatient
})
afterEach(() => cloud.doorstep.control.request('POST', '/clock', { reset: true }))
afterAll(() => cloud?.stop())

/** A code that is polled for each second, or the tests would take their time. */
const impatient: Spoil = (request, response) =>
  request.url.endsWith('devicecode')
    ? { ...response, body: response.body.replace(/"interval":("?)5/, '"interval":$11') }
    : response

const own = () => {
  const direct = nodeTransport({ ca: cloud.doorstep.ca })
  const transport: Transport = async (request) => {
    sent.push(request)
    return spoil(request, await direct(request))
  }
  return { clientId: tool, transport, userPromptCallback: answering() }
}
const make = (options: Partial<DeviceCodeCredentialOptions> = {}) =>
  new DeviceCodeCredential({
    ...{ tenantId: cloud.tenantId, authorityHost: cloud.doorstep.url, ...own() },
    ...options,
  })
/** The local cloud as a provider that is known by its metadata alone. */
const makeByDiscovery = () => {
  const discoveryUrl = `${cloud.doorstep.url}/${cloud.tenantId}/v2.0/.well-known/openid-configuration`
  return new DeviceCodeCredential({ ...own(), discoveryUrl })
}

/** A person who reads the code and types it in a browser of her own. */
const answering = (intent?: Intent) => async (info: DeviceCodeInfo) => {
  await new Person(cloud.doorstep, alice).answerDevice(info.verificationUri, info.userCode, intent)
}
const nobody = () => {}

/** A person who types the code when the first poll has been answered, with what is given here. */
function afterFirstPoll(answerOfPoll: (response: TransportResponse) => TransportResponse) {
  const polls: TransportResponse[] = []
  let type = async () => {}
  let typed: Promise<void> | undefined
  spoil = (request, response) => {
    if (!request.url.endsWith('/token')) return impatient(request, response)
    polls.push(response)
    if (polls.length > 1) return response
    typed = type()
    return answerOfPoll(response)
  }
  const credential = make({
    userPromptCallback: (info) => {
      type = () => answering()(info)
    },
  })
  return { credential, polls, done: () => typed }
}
const pathsSent = () => sent.map(({ url }) => new URL(url).pathname.replace(`/${cloud.tenantId}/`, ''))
const prompts = () => pathsSent().filter((path) => path.endsWith('devicecode')).length
const fieldsOf = (request: TransportRequest | undefined) => Object.fromEntries(new URLSearchParams(request?.body))

describe('a sign-in by device code', () => {
  it('tells the person what to type where until when, and gives the token that she allows', async () => {
    const told: DeviceCodeInfo[] = []
    const before = Date.now()
    const credential = make({
      userPromptCallback: async (info) => {
        told.push(info)
        await answering()(info)
      },
    })
    const { token } = await credential.getToken(orders.scope)
    expect(claimsOf(token)).toMatchObject({ aud: orders.appId, oid: alice.id, scp: 'Orders.Read' })
    const [info] = told
    expect(info).toMatchObject({ verificationUri: 'https://microsoft.com/devicelogin' })
    expect(info?.message).toContain(info?.userCode)
    expect(info?.expiresOn.getTime()).toBeGreaterThanOrEqual(before + 900_000)
    expect(fieldsOf(sent[0])).toEqual({ client_id: tool, scope: `${orders.scope} openid profile offline_access` })
    expect(fieldsOf(sent[1])).toMatchObject({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code' })
  })

  it('speaks v1.0 for a resource', async () => {
    const { token } = await make().getToken([], { resource: orders.uri })
    expect(claimsOf(token)).toMatchObject({ oid: alice.id, scp: 'Orders.Read' })
    expect(new Set(pathsSent())).toEqual(new Set(['oauth2/devicecode', 'oauth2/token']))
    expect(fieldsOf(sent[0])).toEqual({ client_id: tool, resource: orders.uri })
  })

  it('finds its addresses in the metadata of another provider', async () => {
    expect(claimsOf((await makeByDiscovery().getToken(orders.scope)).token).oid).toBe(alice.id)
    expect(sent[0]?.url).toMatch(/openid-configuration$/)
  })

  it.each<[string, (response: TransportResponse) => TransportResponse]>([
    ['while nobody has answered', (response) => response],
    ['more slowly when told to', (response) => ({ ...response, status: 400, body: '{"error":"slow_down"}' })],
    [
      'though the authority is out of reach for a while',
      () => {
        throw Object.assign(new Error('No route.'), { code: 'EHOSTUNREACH' })
      },
    ],
  ])('goes on %s', async (_, answerOfPoll) => {
    const { credential, polls, done } = afterFirstPoll(answerOfPoll)
    expect(claimsOf((await credential.getToken(orders.scope)).token).oid).toBe(alice.id)
    await done()
    expect(polls.map(({ status }) => status)).toEqual([400, 200])
    expect(polls[0]?.body).toContain('authorization_pending')
  })

  it('asks once, however many callers there are, and not again for another API', async () => {
    const credential = make()
    const tokens = await Promise.all(Array.from({ length: 20 }, () => credential.getToken(orders.scope)))
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1)
    const { token } = await credential.getToken(profile)
    expect(claimsOf(token).scp.split(' ')).toContain('User.Read')
    expect(prompts()).toBe(1)
    expect(fieldsOf(sent.at(-1)).grant_type).toBe('refresh_token')
  })

  it('is made by authenticate, which says who it was, though getToken may not ask', async () => {
    const credential = make({ disableAutomaticAuthentication: true })
    expect(await refusalOf(credential.getToken(orders.scope))).toBeInstanceOf(AuthenticationRequiredError)
    expect(prompts()).toBe(0)
    const account = await credential.authenticate(orders.scope)
    expect(account).toMatchObject({ username: alice.name, tenantId: cloud.tenantId })
    expect((await credential.getToken(orders.scope)).token).toBeTruthy()
    expect(prompts()).toBe(1)
  })

  it('is told on standard error when nothing else is said', async () => {
    const abort = new AbortController()
    const write = vi.spyOn(process.stderr, 'write').mockImplementation(() => {
      abort.abort()
      return true
    })
    try {
      const credential = new DeviceCodeCredential({
        tenantId: cloud.tenantId,
        clientId: tool,
        authorityHost: cloud.doorstep.url,
        transport: nodeTransport({ ca: cloud.doorstep.ca }),
      })
      const error = await refusalOf(credential.getToken(orders.scope, { abortSignal: abort.signal }))
      expect(error).toBeInstanceOf(AbortError)
      expect(write).toHaveBeenCalledWith(
        expect.stringMatching(/^To sign in, .*devicelogin.* enter the code \w{9} .*\n$/),
      )
    } finally {
      write.mockRestore()
    }
  })

  it('is the last link of a chain, and remembered by cached', async () => {
    const person = cached(make())
    const chain = new ChainedCredential(new EnvironmentCredential({ environment: {} }), person)
    const { token } = await chain.getToken(orders.scope)
    expect((await chain.getToken(orders.scope)).token).toBe(token)
    expect(prompts()).toBe(1)
    const silent = make({ disableAutomaticAuthentication: true })
    const error = await refusalOf(new ChainedCredential(silent).getToken(orders.scope))
    expect(error).toBeInstanceOf(CredentialUnavailableError)
    expect(error).toMatchObject({ skipped: [{ credential: 'DeviceCodeCredential' }] })
  })
})

describe('a sign-in by device code ends without a token', () => {
  it('when the person says no', async () => {
    const error = await refusalOf(
      make({ userPromptCallback: answering({ consent: 'decline' }) }).getToken(orders.scope),
    )
    expect(error).toBeInstanceOf(SignInError)
    expect(error).toMatchObject({ reason: 'refused', error: 'authorization_declined' })
  })

  it('when nobody enters the code in time, by the clock of the authority', async () => {
    const advance = () => cloud.doorstep.control.request('POST', '/clock', { advanceSeconds: 960 })
    const credential = make({ userPromptCallback: async () => void (await advance()) })
    const error = await refusalOf(credential.getToken(orders.scope))
    expect(error).toMatchObject({ name: 'SignInError', reason: 'timedOut', code: 70020 })
  })

  it('when nobody enters the code in time, by its own clock', async () => {
    spoil = (request, response) => {
      const { body, ...rest } = impatient(request, response)
      return { ...rest, body: body.replace('"expires_in":900', '"expires_in":1') }
    }
    const error = await refusalOf(make({ userPromptCallback: nobody }).getToken(orders.scope))
    expect(error).toMatchObject({ name: 'SignInError', reason: 'timedOut', error: 'authorization_pending' })
    expect(sent).toHaveLength(2)
  })

  it('when its caller gives up: the polling stops', async () => {
    const abort = new AbortController()
    spoil = (request, response) => {
      if (request.url.endsWith('/token')) abort.abort()
      return impatient(request, response)
    }
    const credential = make({ userPromptCallback: nobody })
    const error = await refusalOf(credential.getToken(orders.scope, { abortSignal: abort.signal }))
    expect(error).toBeInstanceOf(AbortError)
    const polls = sent.length
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect(sent).toHaveLength(polls)
  })

  it('when the person cannot be told', async () => {
    const userPromptCallback = () => Promise.reject(new Error('no screen'))
    expect(await refusalOf(make({ userPromptCallback }).getToken(orders.scope))).toMatchObject({ message: 'no screen' })
    expect(sent).toHaveLength(1)
  })

  it.each([
    ['an application that nobody registered', { clientId: '00000000-0000-4000-8000-000000000000' }, 700016],
    ['an application that allows no public clients', { clientId: website }, 7000218],
  ])('for %s', async (_, options, code) => {
    const error = await refusalOf(make(options).getToken(orders.scope))
    expect(error).toBeInstanceOf(TokenRequestError)
    expect(error).toMatchObject({ code })
  })

  it('when the answer holds no code', async () => {
    spoil = (_request, response) => ({ ...response, body: '{"user_code":"ABC"}' })
    const error = await refusalOf(make().getToken(orders.scope))
    expect(error).toMatchObject({ name: 'TokenRequestError', error: 'invalid_response' })
    expect(String(error)).toContain('without a device code')
  })

  it('for a provider that has no device codes', async () => {
    spoil = (_request, response) => ({
      ...response,
      body: response.body.replace('"device_authorization_endpoint"', '"another_endpoint"'),
    })
    const error = await refusalOf(makeByDiscovery().getToken(orders.scope))
    expect(error).toMatchObject({ name: 'CredentialOptionError', option: 'discoveryUrl' })
  })

  it('before it begins, for options that cannot work', async () => {
    expect(() => make({ clientId: '' })).toThrow(expect.objectContaining({ option: 'clientId' }))
    expect(() => make({ tenantId: 'a/b' })).toThrow(expect.objectContaining({ option: 'tenantId' }))
    expect(await refusalOf(make().getToken([]))).toMatchObject({ option: 'scopes' })
    expect(sent).toEqual([])
  })
})
