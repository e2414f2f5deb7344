import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programMissing } from '../../packages/doorstep/test/support/require-program.ts'
import { expectAppToken } from '../support/expect-app-token.ts'
import { type LocalCloud, startLocalCloud } from '../support/local-cloud.ts'

const program = fileURLToPath(new URL('ClientCredentials.java', import.meta.url))
const scope = 'https://management.azure.com/.default'

// A source file is run by the compiler's launcher, which a bare runtime does not have.
describe.skipIf(programMissing('javac'))('java.net.http.HttpClient', () => {
  let cloud: LocalCloud

  beforeAll(async () => {
    cloud = await startLocalCloud()
  })
  afterAll(() => cloud?.stop())

  it('gets a token over HTTP/2', async () => {
    const { code, stdout, stderr } = await cloud.run(['java', program, scope])
    expect(code, stderr).toBe(0)
    const [version, token = ''] = stdout.split('\n')
    expect(version).toBe('HTTP_2')
    await expectAppToken(cloud, token, { audience: 'https://management.azure.com' })
  })

  it('fails on a wrong secret and shows the reason', async () => {
    const { code, stdout, stderr } = await cloud.run(['java', program, scope], {
      AZURE_CLIENT_SECRET: 'not-the-secret',
    })
    expect(code, stdout).toBe(1)
    expect(stderr).toMatch(/401: .*AADSTS7000215/s)
  })
})
