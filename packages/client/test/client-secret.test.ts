import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  AbortError,
  authorizationHeader,
  ClientSecretCredential,
  type ClientSecretCredentialOptions,
  CredentialOptionError,
  nodeTransport,
  TokenRequestError,
  type TransportRequest,
} from '../src/index.ts'
import { startTokenServer, type TokenServer, tokenAnswer } from './support/token-server.ts'

const GRAPH = 'https://graph.microsoft.com/.default'
const SECRET = 'kj~8Q~not-a-real-secret+/=&%'
const own = { tenantId: 'contoso.example', clientId: '0a123b56-c987-1234-abcd-1a2b3c4d5e6f', clientSecret: SECRET }

let server: TokenServer
let options: ClientSecretCredentialOptions

beforeAll(async () => {
  server = await startTokenServer()
  options = { ...own, authorityHost: server.authorityHost, transport: nodeTransport({ ca: server.certificate }) }
})
beforeEach(() => {
  server.requests.length = 0
  server.answerWith(() => tokenAnswer())
})
afterAll(() => server.close())

const refused = async (promise: Promise<unknown>): Promise<unknown> => {
  const settled = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(settled).toBeInstanceOf(Error)
  return settled
}

describe('a token by client secret', () => {
  it('comes from the v2.0 endpoint for a scope', async () => {
    server.answerWith(tokenAnswer({ access_token: 'abc', expires_in: 3599 }))
    const before = Date.now()
    const token = await new ClientSecretCredential(options).getToken(GRAPH)
    const after = Date.now()
    expect(token).toEqual({ token: 'abc', expiresOnTimestamp: expect.any(Number), tokenType: 'Bearer' })
    expect(token.expiresOnTimestamp).toBeGreaterThanOrEqual(before + 3_599_000)
    expect(token.expiresOnTimestamp).toBeLessThanOrEqual(after + 3_599_000)
    const [request] = server.requests
    expect(request?.method).toBe('POST')
    expect(request?.path).toBe('/contoso.example/oauth2/v2.0/token')
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(request?.form).toEqual({
      grant_type: 'client_credentials',
      client_id: own.clientId,
      client_secret: SECRET,
      scope: GRAPH,
    })
  })

  it('comes from the v1.0 endpoint for a resource, whose numbers are strings', async () => {
    server.answerWith(tokenAnswer({ access_token: 'v1', expires_in: '3599', refresh_in: '1800', expires_on: '1' }))
    const before = Date.now()
    const token = await new ClientSecretCredential(options).getToken([], { resource: 'https://management.azure.com/' })
    expect(token.token).toBe('v1')
    expect(token.expiresOnTimestamp).toBeGreaterThanOrEqual(before + 3_599_000)
    expect(token.refreshAfterTimestamp).toBe(token.expiresOnTimestamp - 1_799_000)
    expect(server.requests[0]?.path).toBe('/contoso.example/oauth2/token')
    expect(server.requests[0]?.form).toMatchObject({ resource: 'https://management.azure.com/' })
    expect(server.requests[0]?.form).not.toHaveProperty('scope')
  })

  it('fits into an Authorization header', async () => {
    server.answerWith(tokenAnswer({ access_token: 'abc' }))
    expect(await authorizationHeader(new ClientSecretCredential(options), [GRAPH])).toBe('Bearer abc')
  })

  it('goes over one connection, kept open', async () => {
    const credential = new ClientSecretCredential({ ...options, transport: nodeTransport({ ca: server.certificate }) })
    await credential.getToken(GRAPH)
    const before = server.connections()
    await credential.getToken(GRAPH)
    await credential.getToken(GRAPH)
    expect(server.connections()).toBe(before)
  })

  it('sends the claims of a challenge, and declares that it handles challenges when asked to', async () => {
    const credential = new ClientSecretCredential(options)
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}'
    await credential.getToken(GRAPH, { claims })
    await credential.getToken(GRAPH, { claims, enableCae: true })
    await credential.getToken(GRAPH, { enableCae: true })
    expect(server.requests[0]?.form.claims).toBe(claims)
    expect(JSON.parse(server.requests[1]?.form.claims ?? '')).toEqual({
      access_token: { nbf: { essential: true, value: '1700000000' }, xms_cc: { values: ['cp1'] } },
    })
    expect(JSON.parse(server.requests[2]?.form.claims ?? '')).toEqual({ access_token: { xms_cc: { values: ['cp1'] } } })
  })

  it('is asked of another tenant only when the owner allowed it', async () => {
    const strict = new ClientSecretCredential(options)
    expect(await refused(strict.getToken(GRAPH, { tenantId: 'fabrikam.example' }))).toMatchObject({
      option: 'tenantId',
      message: expect.stringContaining('additionallyAllowedTenants'),
    })
    await strict.getToken(GRAPH, { tenantId: 'CONTOSO.example' })
    const open = new ClientSecretCredential({ ...options, additionallyAllowedTenants: ['fabrikam.example'] })
    await open.getToken(GRAPH, { tenantId: 'fabrikam.example' })
    const any = new ClientSecretCredential({ ...options, additionallyAllowedTenants: ['*'] })
    await any.getToken(GRAPH, { tenantId: 'adatum.example' })
    expect(server.requests.map(({ path }) => path.split('/')[1])).toEqual([
      'CONTOSO.example',
      'fabrikam.example',
      'adatum.example',
    ])
    expect(await refused(any.getToken(GRAPH, { tenantId: '../evil' }))).toMatchObject({ option: 'tenantId' })
  })
})

describe('options that cannot work are refused before anything is sent', () => {
  const make = (wrong: Record<string, unknown>) => () => new ClientSecretCredential({ ...options, ...wrong })

  it.each([
    ['tenantId', undefined, 'AZURE_TENANT_ID'],
    ['tenantId', '', 'AZURE_TENANT_ID'],
    ['tenantId', 'a/b', 'neither a tenant id nor a domain name'],
    ['tenantId', '..', 'neither a tenant id nor a domain name'],
    ['tenantId', 'contoso.example?x=', 'neither a tenant id nor a domain name'],
    ['tenantId', 'common', 'stands for many tenants'],
    ['clientId', undefined, 'AZURE_CLIENT_ID'],
    ['clientId', '', 'AZURE_CLIENT_ID'],
    ['clientId', 'x', 'no GUID'],
    ['clientSecret', undefined, 'AZURE_CLIENT_SECRET'],
    ['clientSecret', `${SECRET}\n`, 'begins or ends with white space'],
    ['authorityHost', 'http://localhost:8443', 'must begin with https://'],
    ['authorityHost', 'login.microsoftonline.com', 'write it as https://host'],
    ['authorityHost', 'https://login.microsoftonline.com/contoso.example', 'The tenant goes into tenantId'],
    ['authorityHost', 'https://someone:hunter2@localhost', 'without path, query or user name'],
    ['timeoutMilliseconds', 0, 'above 0'],
  ])('%s %j', (option, value, sentence) => {
    expect(make({ [option]: value })).toThrow(CredentialOptionError)
    expect(make({ [option]: value })).toThrow(expect.objectContaining({ option }))
    expect(make({ [option]: value })).toThrow(sentence)
    expect(make({ [option]: value })).not.toThrow(/hunter2/)
    expect(make({ [option]: value })).not.toThrow(SECRET)
  })

  it.each<[string, string | string[], object, string, string]>([
    ['no scope', [], {}, 'scopes', 'exactly one scope that ends in /.default'],
    ['a named permission', 'User.Read', {}, 'scopes', 'https://graph.microsoft.com/.default'],
    ["another API's permission", 'https://a.example/x', {}, 'scopes', 'e.g. https://a.example/.default'],
    ['.default without its slash', 'api://x.default', {}, 'scopes', '/.default'],
    ['two APIs', [GRAPH, 'https://a.example/.default'], {}, 'scopes', '2 entries'],
    ['two scopes in one text', `${GRAPH} openid`, {}, 'scopes', '2 entries'],
    ['scope and resource', GRAPH, { resource: 'https://a.example' }, 'resource', 'pass [] as scopes'],
    ['an empty resource', [], { resource: '' }, 'resource', 'resource is empty'],
    ['claims that are no JSON', GRAPH, { claims: 'eyJ' }, 'claims', 'base64'],
  ])('getToken with %s', async (_, scopes, callOptions, option, sentence) => {
    const error = await refused(new ClientSecretCredential(options).getToken(scopes, callOptions))
    expect(error).toBeInstanceOf(CredentialOptionError)
    expect(error).toMatchObject({ option, message: expect.stringContaining(sentence) })
    expect(server.requests).toEqual([])
  })

  it('takes scopes whose identifier URI ends with a slash, and those of an application id', async () => {
    const credential = new ClientSecretCredential(options)
    await credential.getToken('https://management.core.windows.net//.default')
    await credential.getToken(`${own.clientId}/.default`)
    expect(server.requests).toHaveLength(2)
  })
})

describe('the authority', () => {
  const before = process.env.AZURE_AUTHORITY_HOST
  const restore = () => {
    if (before === undefined) delete process.env.AZURE_AUTHORITY_HOST
    else process.env.AZURE_AUTHORITY_HOST = before
  }
  beforeEach(() => {
    delete process.env.AZURE_AUTHORITY_HOST
  })
  afterEach(restore)

  it('is the public cloud unless something else is said', () => {
    expect(new ClientSecretCredential(own).authorityHost).toBe('https://login.microsoftonline.com')
  })

  it('is taken from AZURE_AUTHORITY_HOST, and the option goes before it', () => {
    process.env.AZURE_AUTHORITY_HOST = 'https://localhost:8443/'
    expect(new ClientSecretCredential(own).authorityHost).toBe('https://localhost:8443')
    const authorityHost = 'https://login.microsoftonline.us'
    expect(new ClientSecretCredential({ ...own, authorityHost }).authorityHost).toBe(authorityHost)
  })

  it('is refused by the name of the variable it came from', () => {
    process.env.AZURE_AUTHORITY_HOST = 'http://localhost:8443'
    expect(() => new ClientSecretCredential(own)).toThrow(expect.objectContaining({ option: 'AZURE_AUTHORITY_HOST' }))
  })
})

describe('a refusal', () => {
  const invalidClient = {
    status: 401,
    json: {
      error: 'invalid_client',
      error_description: 'AADSTS7000215: Invalid client secret provided. Trace ID: t Correlation ID: c',
      error_codes: [7000215],
      trace_id: 't',
      correlation_id: 'c',
      suberror: 'bad_token',
      claims: '{"access_token":{}}',
    },
  }

  it('tells everything that the authority told, and is not repeated', async () => {
    server.answerWith(invalidClient)
    const error = await refused(new ClientSecretCredential(options).getToken(GRAPH))
    expect(error).toBeInstanceOf(TokenRequestError)
    expect(error).toMatchObject({
      message: invalidClient.json.error_description,
      error: 'invalid_client',
      code: 7000215,
      description: invalidClient.json.error_description,
      subError: 'bad_token',
      correlationId: 'c',
      traceId: 't',
      status: 401,
      claims: '{"access_token":{}}',
    })
    expect(server.requests).toHaveLength(1)
  })

  it('without details still has a message, and the correlation id that was sent', async () => {
    server.answerWith({ status: 400, json: { error: 'invalid_request' } })
    const error = await refused(new ClientSecretCredential(options).getToken(GRAPH))
    expect(error).toMatchObject({ message: 'invalid_request (HTTP 400)', code: undefined })
    expect(error).toMatchObject({ correlationId: server.requests[0]?.headers['client-request-id'] })
  })

  it('never shows the secret, even when the authority repeats it', async () => {
    server.answerWith({
      status: 401,
      json: { error: 'invalid_client', error_description: `AADSTS7000215: '${SECRET}' is wrong`, claims: SECRET },
    })
    const error = await refused(new ClientSecretCredential(options).getToken(GRAPH))
    expect(error).toMatchObject({ code: 7000215, message: "AADSTS7000215: '[redacted]' is wrong" })
    for (const text of [String(error), inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error)]) {
      expect(text).not.toContain(SECRET)
    }
  })

  it.each([
    ['no access_token', { access_token: undefined }, 'no access_token'],
    ['another token type', { token_type: 'mac' }, "no token_type 'Bearer'"],
    ['no lifetime', { expires_in: undefined }, 'no expires_in'],
    ['a lifetime that is no number', { expires_in: 'soon' }, 'no expires_in'],
  ])('is made of a success with %s', async (_, members, sentence) => {
    server.answerWith(tokenAnswer(members))
    const error = await refused(new ClientSecretCredential(options).getToken(GRAPH))
    expect(error).toBeInstanceOf(TokenRequestError)
    expect(error).toMatchObject({ error: 'invalid_response', message: expect.stringContaining(sentence) })
  })

  it.each([
    ['a web page', { status: 200, text: '<html>Welcome to the hotel</html>' }],
    ['a redirect', { status: 302, text: '', headers: { location: 'https://elsewhere.example/' } }],
    ['a list', { status: 200, text: '[]' }],
  ])('is made of %s, without its text', async (_, answer) => {
    server.answerWith(answer)
    const error = await refused(new ClientSecretCredential(options).getToken(GRAPH))
    expect(error).toMatchObject({ error: 'invalid_response', status: answer.status })
    expect(String(error)).toContain(`answered ${answer.status} with text/html`)
    expect(String(error)).not.toContain('hotel')
    expect(server.requests).toHaveLength(1)
  })
})

describe('the secret', () => {
  it('is in nothing that prints the credential', () => {
    const credential = new ClientSecretCredential(options)
    const printed = [inspect(credential, { depth: 9, showHidden: true }), JSON.stringify(credential), `${credential}`]
    for (const text of printed) expect(text).not.toContain(SECRET)
    expect(credential.cachePartition).not.toContain(SECRET)
  })
})

describe('an abort signal', () => {
  it('that has fired already sends nothing', async () => {
    const credential = new ClientSecretCredential(options)
    const error = await refused(credential.getToken(GRAPH, { abortSignal: AbortSignal.abort() }))
    expect(error).toBeInstanceOf(AbortError)
    expect(server.requests).toEqual([])
  })

  it('ends a wait for an answer', async () => {
    const controller = new AbortController()
    server.answerWith(() => {
      controller.abort()
      return 'silence'
    })
    const credential = new ClientSecretCredential(options)
    const error = await refused(credential.getToken(GRAPH, { abortSignal: controller.signal }))
    expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' })
  })

  it('ends a wait before a retry', async () => {
    const controller = new AbortController()
    server.answerWith({ status: 503, json: { error: 'temporarily_unavailable' }, headers: { 'retry-after': '10' } })
    const inner = nodeTransport({ ca: server.certificate })
    const transport = async (request: TransportRequest) => {
      const response = await inner(request)
      setImmediate(() => controller.abort())
      return response
    }
    const credential = new ClientSecretCredential({ ...options, transport })
    const error = await refused(credential.getToken(GRAPH, { abortSignal: controller.signal }))
    expect(error).toBeInstanceOf(AbortError)
    expect(server.requests).toHaveLength(1)
  })
})
