import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAppToken } from '../support/expect-app-token.ts'
import { type LocalCloud, startLocalCloud } from '../support/local-cloud.ts'

describe('Node', () => {
  let cloud: LocalCloud

  beforeAll(async () => {
    cloud = await startLocalCloud()
  })
  afterAll(() => cloud?.stop())

  const run = (program: string, scope: string, environment?: NodeJS.ProcessEnv) =>
    cloud.run([process.execPath, fileURLToPath(new URL(program, import.meta.url)), scope], environment)

  describe.each(['fetch.mjs', 'https.cjs', 'undici.mjs', 'axios.mjs', 'http2.mjs'])('%s', (program) => {
    it.each([
      ['https://management.azure.com/.default', 'https://management.azure.com'],
      ['https://graph.microsoft.com/.default', 'https://graph.microsoft.com'],
    ])('gets a token for %s', async (scope, audience) => {
      const { code, stdout, stderr } = await run(program, scope)
      expect(code, stderr).toBe(0)
      await expectAppToken(cloud, stdout.trim(), { audience })
    })

    it('fails on a wrong secret and shows the reason', async () => {
      const scope = 'https://management.azure.com/.default'
      const { code, stdout, stderr } = await run(program, scope, { AZURE_CLIENT_SECRET: 'not-the-secret' })
      expect(code, stdout).toBe(1)
      expect(stderr).toContain('AADSTS7000215')
    })
  })
})
