import { describe, expect, it } from 'vitest'
import { type GraphMethod, type GraphRequest, type GraphResponse, graphClient } from './graph-client.ts'

/** A client of a Graph that gives these answers, one after the other, at once. */
function clientOf(answers: readonly GraphResponse[]) {
  const sent: GraphMethod[] = []
  const client = graphClient({
    cloud: 'public',
    tenantId: 't',
    clientId: 'c',
    actor: undefined,
    root: 'https://graph.microsoft.com/v1.0',
    options: [],
    send: async ({ method }: GraphRequest) => {
      sent.push(method)
      return answers[sent.length - 1] ?? { status: 200, body: { id: 'made' } }
    },
    now: async () => 0,
    commandLine: (words) => words.join(' '),
  })
  return { client, sent }
}

const busy = (status: number): GraphResponse => ({ status, body: undefined, retryAfterSeconds: 0 })

describe('a Graph that is busy', () => {
  it.each([429, 503, 504])('is asked again for what is there after %i', async (status) => {
    const { client, sent } = clientOf([busy(status)])
    expect(await client.get('/me')).toEqual({ id: 'made' })
    expect(sent).toEqual(['GET', 'GET'])
  })

  it('is asked again to make something when it has surely not been made', async () => {
    const { client, sent } = clientOf([busy(429)])
    expect(await client.post('/applications', {})).toEqual({ id: 'made' })
    expect(sent).toEqual(['POST', 'POST'])
  })

  it.each([503, 504])('is not asked twice to make something whose outcome nobody knows (%i)', async (status) => {
    const { client, sent } = clientOf([busy(status)])
    await expect(client.post('/applications', {})).rejects.toThrow(/status 50[34]: it may have been made or not/)
    expect(sent).toEqual(['POST'])
  })
})
