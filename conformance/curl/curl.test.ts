import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programMissing } from '../../packages/doorstep/test/support/require-program.ts'
import { expectAppToken } from '../support/expect-app-token.ts'
import { type LocalCloud, startLocalCloud } from '../support/local-cloud.ts'

describe.skipIf(programMissing('curl'))('curl', () => {
  let cloud: LocalCloud
  let tokenUrl: string

  beforeAll(async () => {
    cloud = await startLocalCloud()
    tokenUrl = `https://login.microsoftonline.com/${cloud.tenantId}/oauth2`
  })
  afterAll(() => cloud?.stop())

  /** The JSON answer of an HTTP exchange that curl itself takes for a success. */
  const answerOf = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await cloud.run(['curl', '-sS', ...words])
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout)
  }
  const form = (separator = '&') =>
    ['grant_type=client_credentials', `client_id=${cloud.app.appId}`, `client_secret=${cloud.app.password}`].join(
      separator,
    )

  it('keeps the trailing slash of a v1.0 resource in the audience', async () => {
    const resource = 'https://management.azure.com/'
    const answer = await answerOf(`${tokenUrl}/token`, '-d', `${form()}&resource=${resource}`)
    expect(answer.resource).toBe(resource)
    await expectAppToken(cloud, answer.access_token, { audience: resource })
  })

  it('answers numbers as numbers on v2.0', async () => {
    const answer = await answerOf(
      `${tokenUrl}/v2.0/token`,
      '-d',
      `${form()}&scope=https://management.azure.com/.default`,
    )
    expect(Object.keys(answer)).toEqual(['token_type', 'expires_in', 'ext_expires_in', 'access_token'])
    expect(answer.expires_in).toBeTypeOf('number')
    await expectAppToken(cloud, answer.access_token, { audience: 'https://management.azure.com' })
  })

  it('may break the lines of a body around its ampersands, as guide 5 does', async () => {
    const body = `${form('\n  &')}\n  &scope=${cloud.app.appId}%2f.default`
    const answer = await answerOf('-X', 'POST', `${tokenUrl}/v2.0/token`, '-d', body)
    await expectAppToken(cloud, answer.access_token, { audience: cloud.app.appId })
  })

  it('may send the credentials as HTTP Basic', async () => {
    const { appId, password } = cloud.app
    const body = `grant_type=client_credentials&resource=${appId}`
    const answer = await answerOf('-u', `${appId}:${password}`, `${tokenUrl}/token`, '-d', body)
    await expectAppToken(cloud, answer.access_token, { audience: appId })
  })

  it('speaks either version of HTTP, and gets the status of a refusal', async () => {
    for (const [option, version] of [
      ['--http1.1', '1.1'],
      ['--http2', '2'],
    ] as const) {
      const written = ['-o', '/dev/null', '-w', '{"version":"%{http_version}","status":%{http_code}}']
      const right = ['-d', `${form()}&resource=${cloud.app.appId}`]
      expect(await answerOf(option, ...written, ...right, `${tokenUrl}/token`)).toEqual({ version, status: 200 })
      const wrong = ['-d', `${form()}x&resource=${cloud.app.appId}`]
      expect(await answerOf(option, ...written, ...wrong, `${tokenUrl}/token`)).toEqual({ version, status: 401 })
    }
  })

  it('reaches the login host under its older names', async () => {
    for (const host of ['login.windows.net', 'login.microsoft.com', 'sts.windows.net']) {
      const url = `https://${host}/${cloud.tenantId}/oauth2/token`
      const answer = await answerOf(url, '-d', `${form()}&resource=${cloud.app.appId}`)
      await expectAppToken(cloud, answer.access_token, { audience: cloud.app.appId })
    }
  })

  it.each([
    'api.loganalytics.io',
    'westeurope.monitoring.azure.com',
    'westeurope-1.cognitedata.com',
    'my-instance.energy.azure.com',
  ])('is told by name that the host %s is not built yet', async (host) => {
    const { code, stdout, stderr } = await cloud.run(['curl', '-sS', '-w', '\n%{http_code}', `https://${host}/v1/x`])
    expect(code, stderr).toBe(0)
    const [body = '', status] = stdout.split('\n')
    expect(status).toBe('501')
    expect(JSON.parse(body).error.message).toContain(host)
  })
})
