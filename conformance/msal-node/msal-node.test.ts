import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAppToken } from '../support/expect-app-token.ts'
import { type LocalCloud, startLocalCloud } from '../support/local-cloud.ts'

const program = fileURLToPath(new URL('client-credential.mjs', import.meta.url))

describe('ConfidentialClientApplication of @azure/msal-node', () => {
  let cloud: LocalCloud

  beforeAll(async () => {
    cloud = await startLocalCloud()
  })
  afterAll(() => cloud?.stop())

  const run = (scope: string, environment?: NodeJS.ProcessEnv) =>
    cloud.run([process.execPath, program, scope], environment)

  it.each([
    ['https://management.azure.com/.default', 'https://management.azure.com'],
    ['https://graph.microsoft.com/.default', 'https://graph.microsoft.com'],
  ])('gets a token for %s', async (scope, audience) => {
    const { code, stdout, stderr } = await run(scope)
    expect(code, stderr).toBe(0)
    const { accessToken, expiresOn } = JSON.parse(stdout)
    const { exp = 0 } = await expectAppToken(cloud, accessToken, { audience })
    expect(Math.abs(Date.parse(expiresOn) / 1000 - exp)).toBeLessThan(30)
  })

  it('gets a v2.0 token for an API that wants one', async () => {
    const api = await cloud.registerVersion2Api('Orders API')
    const { code, stdout, stderr } = await run(`${api}/.default`)
    expect(code, stderr).toBe(0)
    await expectAppToken(cloud, JSON.parse(stdout).accessToken, { audience: api, version: '2.0' })
  })

  it.each([
    ['a wrong secret', { AZURE_CLIENT_SECRET: 'not-the-secret' }, 'AADSTS7000215'],
    ['an unknown client', { AZURE_CLIENT_ID: 'b7f1c3de-2a4b-4c8d-9e21-0c5f6a7b8d90' }, 'AADSTS700016'],
    ['an unknown tenant', { AZURE_TENANT_ID: 'b7f1c3de-2a4b-4c8d-9e21-0c5f6a7b8d90' }, 'AADSTS90002'],
  ])('fails on %s and shows the reason', async (_, environment, reason) => {
    const { code, stdout, stderr } = await run('https://management.azure.com/.default', environment)
    expect(code, stdout).toBe(1)
    expect(stderr).toContain(reason)
  })

  it('fails on a scope that names a permission', async () => {
    const { code, stderr } = await run('https://graph.microsoft.com/User.Read')
    expect(code).toBe(1)
    expect(stderr).toContain('AADSTS1002012')
  })
})
