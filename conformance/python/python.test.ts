import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAppToken } from '../support/expect-app-token.ts'
import { type LocalCloud, startLocalCloud } from '../support/local-cloud.ts'
import { python, pythonMissing } from './interpreter.ts'

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

describe.skipIf(pythonMissing())('Python', () => {
  let cloud: LocalCloud
  let version2Api: string

  beforeAll(async () => {
    cloud = await startLocalCloud()
    version2Api = await cloud.registerVersion2Api('Orders API')
  })
  afterAll(() => cloud?.stop())

  const run = (program: string, words: readonly string[] = [], environment?: NodeJS.ProcessEnv) =>
    cloud.run([python, file(program), ...words], environment)

  describe.each([
    'token_requests.py',
    'token_httpx.py',
    'token_requests_oauthlib.py',
    'token_requests_oauthlib_basic.py',
    'token_msal.py',
    'token_azure_identity.py',
  ])('%s', (program) => {
    it.each([
      ['https://management.azure.com/.default', 'https://management.azure.com'],
      ['https://graph.microsoft.com/.default', 'https://graph.microsoft.com'],
    ])('gets a token for %s', async (scope, audience) => {
      const { code, stdout, stderr } = await run(program, [scope])
      expect(code, stderr).toBe(0)
      await expectAppToken(cloud, stdout.trim(), { audience })
    })

    it('fails on a wrong secret and shows the reason', async () => {
      const scope = 'https://management.azure.com/.default'
      const { code, stdout, stderr } = await run(program, [scope], { AZURE_CLIENT_SECRET: 'not-the-secret' })
      expect(code, stdout).toBe(1)
      expect(stderr).toContain('AADSTS7000215')
    })
  })

  it('gets a v2.0 token for an API that wants one', async () => {
    const { code, stdout, stderr } = await run('token_msal.py', [`${version2Api}/.default`])
    expect(code, stderr).toBe(0)
    await expectAppToken(cloud, stdout.trim(), { audience: version2Api, version: '2.0' })
  })

  it('verifies a token with PyJWT and the published keys', async () => {
    const { code, stdout, stderr } = await run('verify_pyjwt.py')
    expect(code, stderr).toBe(0)
    const { app, tenantId } = cloud
    expect(JSON.parse(stdout)).toMatchObject({
      aud: app.appId,
      iss: `https://sts.windows.net/${tenantId}/`,
      appid: app.appId,
      oid: app.servicePrincipalId,
    })
  })
})
