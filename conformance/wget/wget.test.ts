import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programMissing } from '../../packages/doorstep/test/support/require-program.ts'
import { expectAppToken } from '../support/expect-app-token.ts'
import { type LocalCloud, startLocalCloud } from '../support/local-cloud.ts'

describe.skipIf(programMissing('wget'))('wget', () => {
  let cloud: LocalCloud

  beforeAll(async () => {
    cloud = await startLocalCloud()
  })
  afterAll(() => cloud?.stop())

  const post = (clientId: string, clientSecret: string) => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://management.azure.com/.default',
    })
    const url = `https://login.microsoftonline.com/${cloud.tenantId}/oauth2/v2.0/token`
    return cloud.run(['wget', '-O-', '--tries=1', '--content-on-error', `--post-data=${form}`, url])
  }

  it('gets a token', async () => {
    const { code, stdout, stderr } = await post(cloud.app.appId, cloud.app.password)
    expect(code, stderr).toBe(0)
    await expectAppToken(cloud, JSON.parse(stdout).access_token, { audience: 'https://management.azure.com' })
  })

  it('fails on an unknown client and shows the reason', async () => {
    const { code, stdout, stderr } = await post('b7f1c3de-2a4b-4c8d-9e21-0c5f6a7b8d90', cloud.app.password)
    expect(code).toBe(8) // what wget calls a server's error
    expect(stderr).toContain('400 Bad Request')
    expect(JSON.parse(stdout).error_description).toContain('AADSTS700016')
  })

  it('fails on a wrong secret as on any refused authentication', async () => {
    const { code, stdout, stderr } = await post(cloud.app.appId, 'not-the-secret')
    expect(code).toBe(6)
    expect(stderr).toContain('401 Unauthorized')
    expect(stdout).toBe('') // wget never shows the body of a 401
  })
})
