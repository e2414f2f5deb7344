import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  ChainedCredential,
  ClientSecretCredential,
  CredentialUnavailableError,
  cached,
  EnvironmentCredential,
  nodeTransport,
  TokenRequestError,
} from '../../src/index.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { startTokenServer, type TokenServer, tokenAnswer } from '../support/token-server.ts'

const GRAPH = 'https://graph.microsoft.com/.default'

let server: TokenServer

beforeAll(async () => {
  server = await startTokenServer()
})
beforeEach(() => {
  server.requests.length = 0
  server.answerWith(() => tokenAnswer())
})
afterAll(() => server.close())

const FIRST = '11111111-2222-4333-8444-555555555501'
const SECOND = '11111111-2222-4333-8444-555555555502'
const application = (clientId: string) =>
  new ClientSecretCredential({
    tenantId: 'contoso.example',
    clientId,
    clientSecret: 'not-a-real-secret',
    authorityHost: server.authorityHost,
    transport: nodeTransport({ ca: server.certificate }),
  })
const nothingSet = () => new EnvironmentCredential({ environment: {} })
const clients = () => server.requests.map(({ form }) => form.client_id)

/** Gives nothing until told otherwise, and counts how often it is asked. */
function switchable() {
  const link = {
    asked: 0,
    isAvailable: false,
    async getToken() {
      link.asked += 1
      if (!link.isAvailable) throw new CredentialUnavailableError('Nobody is at home.')
      return { token: 'of-the-switchable', expiresOnTimestamp: Date.now() + 3_600_000 }
    },
  }
  return link
}

describe('a chain', () => {
  it('passes over what finds nothing, and asks no further than the first that works', async () => {
    const chain = new ChainedCredential(nothingSet(), application(FIRST), application(SECOND))
    expect((await chain.getToken(GRAPH)).token).toBeTruthy()
    expect(clients()).toEqual([FIRST])
  })

  it('remembers which one worked', async () => {
    const before = switchable()
    const chain = new ChainedCredential(before, application(FIRST))
    await chain.getToken(GRAPH)
    before.isAvailable = true
    await chain.getToken(GRAPH)
    expect(clients()).toEqual([FIRST, FIRST])
    expect(before.asked).toBe(1)
  })

  it('looks through all again when the one that worked finds nothing any more', async () => {
    const before = switchable()
    before.isAvailable = true
    const chain = new ChainedCredential(nothingSet(), before, application(SECOND))
    expect((await chain.getToken(GRAPH)).token).toBe('of-the-switchable')
    before.isAvailable = false
    await chain.getToken(GRAPH)
    expect(clients()).toEqual([SECOND])
  })

  it('says of each credential why it was passed over', async () => {
    const chain = new ChainedCredential(nothingSet(), cached(nothingSet()), switchable())
    const error = await refusalOf(chain.getToken(GRAPH))
    expect(error).toBeInstanceOf(CredentialUnavailableError)
    expect(error).toMatchObject({
      skipped: [
        { credential: 'EnvironmentCredential', reason: expect.stringContaining('AZURE_TENANT_ID') },
        { credential: 'credential', reason: expect.stringContaining('AZURE_TENANT_ID') },
        { credential: 'credential', reason: 'Nobody is at home.' },
      ],
    })
    expect(String(error)).toMatch(
      /1\. EnvironmentCredential: AZURE_TENANT_ID[\s\S]*3\. credential: Nobody is at home\./,
    )
  })

  it('ends at a credential that was refused', async () => {
    server.answerWith({ status: 401, json: { error: 'invalid_client', error_description: 'AADSTS7000215: No.' } })
    const chain = new ChainedCredential(nothingSet(), application(FIRST), application(SECOND))
    const error = await refusalOf(chain.getToken(GRAPH))
    expect(error).toBeInstanceOf(TokenRequestError)
    expect(error).toMatchObject({ code: 7000215 })
    expect(clients()).toEqual([FIRST])
  })

  it('ends at a credential whose setting is wrong', async () => {
    const environment = { AZURE_TENANT_ID: 'a/b', AZURE_CLIENT_ID: 'c', AZURE_CLIENT_SECRET: 's' }
    const chain = new ChainedCredential(new EnvironmentCredential({ environment }), application(SECOND))
    expect(await refusalOf(chain.getToken(GRAPH))).toMatchObject({ option: 'AZURE_TENANT_ID' })
    expect(server.requests).toEqual([])
  })

  it('takes credentials of the Azure SDKs: those that give null, and those that say it by an error of that name', async () => {
    const givesNull = { getToken: async () => null }
    const throws = {
      getToken: () => Promise.reject(Object.assign(new Error('az not found'), { name: 'CredentialUnavailableError' })),
    }
    await new ChainedCredential(givesNull, throws, application(SECOND)).getToken(GRAPH)
    expect(clients()).toEqual([SECOND])
    const error = await refusalOf(new ChainedCredential(givesNull, throws).getToken(GRAPH))
    expect(error).toMatchObject({ skipped: [{ reason: 'it gave no token.' }, { reason: 'az not found' }] })
  })

  it('passes what is asked on, and may stand in a chain itself', async () => {
    const inner = new ChainedCredential(nothingSet())
    await new ChainedCredential(inner, application(SECOND)).getToken([], { resource: 'https://a.example' })
    expect(server.requests[0]?.form).toMatchObject({ resource: 'https://a.example' })
  })

  it('is not made of nothing', () => {
    expect(() => new ChainedCredential()).toThrow('at least one credential')
  })
})
