import { describe, expect, it } from 'vitest'
import { ClientSecretCredential, type Transport } from '../src/index.ts'
import { refusalOf } from './support/refusal-of.ts'

const GRAPH = 'https://graph.microsoft.com/.default'

const silent: Transport = () => new Promise(() => {})
const credential = (transport: Transport, timeoutMilliseconds?: number) =>
  new ClientSecretCredential({
    tenantId: 'contoso.example',
    clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
    clientSecret: 'not-a-real-secret',
    transport,
    ...(timeoutMilliseconds !== undefined && { timeoutMilliseconds }),
  })

describe('a transport of somebody else that never answers', () => {
  it('ends at the bound, though it knows none', async () => {
    expect(await refusalOf(credential(silent, 100).getToken(GRAPH))).toMatchObject({
      name: 'AuthorityUnreachableError',
      code: 'ETIMEDOUT',
    })
  })

  it('ends when the caller gives up, though it knows no signal', async () => {
    const controller = new AbortController()
    const asked = refusalOf(credential(silent).getToken(GRAPH, { abortSignal: controller.signal }))
    controller.abort()
    expect(await asked).toMatchObject({ name: 'AbortError' })
  })

  it('that throws at once counts as one that could not be reached', async () => {
    const throwing: Transport = () => {
      throw Object.assign(new Error('no'), { code: 'ECONNREFUSED' })
    }
    expect(await refusalOf(credential(throwing).getToken(GRAPH))).toMatchObject({ name: 'AuthorityUnreachableError' })
  })
})

describe('a wait between two tries', () => {
  it('does not begin for a caller who gave up during the first', async () => {
    const controller = new AbortController()
    const busy: Transport = async () => {
      controller.abort()
      return { status: 503, headers: { 'retry-after': '10' }, body: '' }
    }
    const asked = credential(busy).getToken(GRAPH, { abortSignal: controller.signal })
    expect(await refusalOf(asked)).toMatchObject({ name: 'AbortError' })
  })
})
