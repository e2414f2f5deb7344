import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alice } from '../../../../conformance/support/cloud-of-people.ts'
import { claimsOf, freePort, orders, startWorld, tool, type World, website } from '../support/people.ts'

const program = fileURLToPath(new URL('interactive.mjs', import.meta.url))

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world?.stop())

describe('a sign-in at the public cloud, intercepted', () => {
  it.each([
    ['a program without a secret', [tool.clientId, orders.scope]],
    ['a web app with a secret', [website.clientId, orders.scope, website.clientSecret]],
  ])('gives a person’s token to %s', async (_, words) => {
    const environment = { REDIRECT_URI: `http://localhost:${await freePort()}`, AZURE_AUTHORITY_HOST: '' }
    const options = ['--sign-in-as', alice.name, '--consent']
    const outcome = await world.cloud.run([process.execPath, program, ...words], environment, options)
    expect(outcome.code, outcome.stderr).toBe(0)
    const { account, token } = JSON.parse(outcome.stdout)
    expect(account).toMatchObject({ username: alice.name, tenantId: world.cloud.tenantId })
    expect(claimsOf(token)).toMatchObject({
      iss: `https://login.microsoftonline.com/${world.cloud.tenantId}/v2.0`,
      oid: alice.id,
      azp: words[0],
    })
  })
})
