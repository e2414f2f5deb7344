import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { InteractiveBrowserCredential } from '../../src/index.ts'
import { orders, rejection, startWorld, type World } from '../support/people.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterEach(() => {
  delete process.env.CODESPACES
})
afterAll(() => world?.stop())

describe('a device code in place of a browser', () => {
  it('is told by a notice, counted down, and waited for no longer than a browser is', async () => {
    delete process.env.BROWSER
    process.env.CODESPACES = 'true'
    world.spoil((request, response) =>
      request.url.endsWith('/devicecode')
        ? { ...response, body: JSON.stringify({ ...JSON.parse(response.body), interval: 1 }) }
        : response,
    )
    const notices: string[] = []
    const countdown: number[] = []
    const credential = new InteractiveBrowserCredential({
      ...world.own,
      onNotice: (text) => notices.push(text),
      onWaiting: ({ secondsLeft }) => countdown.push(secondsLeft),
      signInTimeoutMilliseconds: 500,
    })
    expect(await rejection(credential.getToken(orders.scope))).toMatchObject({ reason: 'timedOut' })
    expect(notices).toEqual([expect.stringContaining('with a code'), expect.stringContaining('devicelogin')])
    expect(countdown[0]).toBe(1)
    const sent = world.requests.length
    // Longer than the second after which a device that still waited would ask again.
    await new Promise((resolve) => setTimeout(resolve, 1_300))
    expect(world.requests).toHaveLength(sent)
  })
})
