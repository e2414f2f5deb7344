import { readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'

let doorstep: RunningDoorstep
let interceptRoot: string

beforeAll(async () => {
  doorstep = await startDoorstep()
  interceptRoot = await readFile(join(doorstep.dataDirectory, 'intercept-ca.pem'), 'utf8')
})
afterAll(() => doorstep.stop())

/** A request under one of the real names, straight to the listener. */
function requestAs(
  host: string,
  path: string,
  ca = interceptRoot,
  servername = host,
): Promise<{ status: number; text: string; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(doorstep.url)
    const sent = request({ host: '127.0.0.1', port, path, servername, headers: { host }, ca }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, text, headers: response.headers })
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('names', () => {
  it.each(['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'])(
    '%s is the login host',
    async (host) => {
      const { status, text } = await requestAs(host, '/common/v2.0/.well-known/openid-configuration')
      expect(status).toBe(200)
      expect(JSON.parse(text).token_endpoint).toBe(`https://${host}/common/oauth2/v2.0/token`)
    },
  )

  it.each(['management.azure.com', 'management.core.windows.net'])('%s is Azure Resource Manager', async (host) => {
    const { status, text } = await requestAs(host, '/metadata/endpoints?api-version=2022-09-01')
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject([
      {
        resourceManager: 'https://management.azure.com/',
        authentication: { loginEndpoint: 'https://login.microsoftonline.com/' },
      },
    ])
    const { headers } = await requestAs(host, '/subscriptions?api-version=2022-12-01')
    expect(headers['www-authenticate']).toContain('authorization_uri="https://login.windows.net/"')
  })

  it('main.iam.ad.ext.azure.com is the portal’s backend', async () => {
    const { status, text } = await requestAs('main.iam.ad.ext.azure.com', '/')
    expect([status, JSON.parse(text).ClientData.errorCode]).toEqual([404, 'Request_ResourceNotFound'])
  })

  it.each([
    'api.loganalytics.io',
    'westeurope.monitoring.azure.com',
    'westeurope-1.cognitedata.com',
    'my-instance.energy.azure.com',
    'portal.azure.com',
  ])('%s, whose room is not built, answers 501 and says so', async (host) => {
    const { status, text } = await requestAs(host, '/')
    expect(status).toBe(501)
    expect(JSON.parse(text).error.message).toContain(host)
  })

  it.each(['/monitor', '/cdf/api', '/energy', '/portal'])('localhost%s answers 501 as well', async (path) => {
    expect((await doorstep.request('GET', path)).status).toBe(501)
  })

  it.each(['evil.example', 'localhost.evil.example', '192.168.0.1', 'login.microsoftonline.com.evil.example'])(
    '%j is refused with 421',
    async (host) => {
      const { status, text } = await requestAs(host, '/_doorstep/health', doorstep.ca, 'localhost')
      expect(status).toBe(421)
      expect(JSON.parse(text).error.message).toContain(host)
    },
  )

  it('127.0.0.1 and [::1] are served as localhost, whose origin the issuer carries', async () => {
    const { port } = new URL(doorstep.url)
    for (const host of [`127.0.0.1:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`, 'localhost:1']) {
      const { body } = await doorstep.request('GET', '/common/v2.0/.well-known/openid-configuration', undefined, {
        host,
      })
      expect(body.issuer).toBe(`${doorstep.url}/{tenantid}/v2.0`)
    }
  })

  it('sends pages of microsoft.com other than /devicelogin to the real www.microsoft.com', async () => {
    const { status, headers } = await requestAs('microsoft.com', '/en-us/windows?form=M123&next=%2Fa')
    expect(status).toBe(302)
    expect(headers.location).toBe('https://www.microsoft.com/en-us/windows?form=M123&next=%2Fa')
  })

  it.each([
    ['/devicelogin', ''],
    ['/DeviceLogin/?otc=ABC123', '?otc=ABC123'],
  ])('leads from microsoft.com%s to the login host, where its forms are taken', async (path, query) => {
    const { status, headers } = await requestAs('microsoft.com', path)
    expect(status).toBe(302)
    expect(headers.location).toBe(`https://login.microsoftonline.com/common/oauth2/deviceauth${query}`)
  })

  it('presents each name with its own root: neither vouches for the other', async () => {
    await expect(requestAs('login.microsoftonline.com', '/', doorstep.ca)).rejects.toThrow()
    await expect(requestAs('localhost', '/_doorstep/health', interceptRoot)).rejects.toThrow()
  })

  it('answers HTTP/2 and HTTP/1.1 on one port', async () => {
    const { connect } = await import('node:http2')
    const session = connect(doorstep.url, { ca: doorstep.ca })
    const stream = session.request({ ':path': '/_doorstep/health' })
    let text = ''
    for await (const chunk of stream) text += chunk
    session.close()
    expect(JSON.parse(text)).toEqual({ status: 'ok' })
  })
})

describe('a public name', () => {
  it('is answered beside localhost, with its own origin as issuer, and every other name still is not', async () => {
    const reachable = await startDoorstep({ arguments: ['--host', '127.0.0.2', '--public-name', 'doorstep.test'] })
    try {
      const { port } = new URL(reachable.url)
      const ask = (address: string, host: string) =>
        new Promise<{ status: number; text: string }>((resolve, reject) => {
          const path = '/common/v2.0/.well-known/openid-configuration'
          const options = {
            host: address,
            port,
            path,
            servername: 'doorstep.test',
            headers: { host },
            ca: reachable.ca,
          }
          const sent = request(options, async (response) => {
            let text = ''
            for await (const chunk of response) text += chunk
            resolve({ status: response.statusCode ?? 0, text })
          })
          sent.on('error', reject)
          sent.end()
        })
      const { text } = await ask('127.0.0.2', `doorstep.test:${port}`)
      expect(JSON.parse(text).issuer).toBe(`https://doorstep.test:${port}/{tenantid}/v2.0`)
      expect((await ask('127.0.0.2', 'elsewhere.test')).status).toBe(421)
      expect((await reachable.request('GET', '/_doorstep/health')).status).toBe(200)
    } finally {
      await reachable.stop()
    }
  })
})
