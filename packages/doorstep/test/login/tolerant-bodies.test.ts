import { once } from 'node:events'
import { connect } from 'node:http2'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { contoso, contosoSeed, extractor, inventory, ledger } from './contoso.ts'
import { claimsOf, clientCredentials, encodedForm, requestToken } from './request-token.ts'
import { realName, sendRaw } from './send-raw.ts'

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: contosoSeed() })
})
afterAll(() => doorstep?.stop())

const scope = `${inventory.uri}/.default`
const good = clientCredentials({ scope })
const formType = 'application/x-www-form-urlencoded'

function expectToken(answer: Answer): void {
  expect(claimsOf(answer)).toMatchObject({ aud: inventory.appId, azp: extractor.appId })
}

describe('the form of the guides on v1.0', () => {
  it('works with scope=<client-id>.default beside resource=<client-id>', async () => {
    const form = clientCredentials({ scope: `${extractor.appId}.default`, resource: extractor.appId })
    const answer = await requestToken(doorstep, form, { version: 'v1' })
    expect(claimsOf(answer)).toMatchObject({ aud: extractor.appId, appid: extractor.appId, tid: contoso.tenantId })
    expect(answer.body).toMatchObject({ resource: extractor.appId, token_type: 'Bearer' })
  })

  it('works written over several lines, as it is pasted', async () => {
    const body = [
      'grant_type=client_credentials',
      `client_id=${extractor.appId}`,
      `client_secret=${encodeURIComponent(extractor.secret)}`,
      `scope=${extractor.appId}.default`,
      `resource=${extractor.appId}`,
    ].join('\n&')
    const answer = await requestToken(doorstep, `${body}\n`, { version: 'v1', tenant: contoso.domain })
    expect(claimsOf(answer)).toMatchObject({ aud: extractor.appId, appid: extractor.appId })
  })

  it.each(['nonsense', '', `${inventory.uri}/.default`, 'openid'])('ignores scope=%s', async (ignored) => {
    const form = clientCredentials({ scope: ignored, resource: ledger.uri })
    expect(claimsOf(await requestToken(doorstep, form, { version: 'v1' }))).toMatchObject({ aud: ledger.uri })
  })
})

describe('stray white space', () => {
  const pairs = Object.entries(good).map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`)

  it.each([
    ['a newline before every &', pairs.join('\n&')],
    ['a newline after every &', pairs.join('&\n')],
    ['Windows newlines around every &', pairs.join('\r\n&\r\n')],
    ['a newline at the start and the end', `\n${pairs.join('&')}\r\n`],
    ['blanks around every &', pairs.join(' & ')],
    ['tabs around every &', pairs.join('\t&\t')],
    ['escaped newlines around every value', pairs.map((pair) => `${pair.replace('=', '=%0A')}%0D%0A`).join('&')],
    ['escaped blanks around every name', pairs.map((pair) => `%20${pair.replace('=', '+=')}`).join('&')],
    ['blanks around every =', pairs.map((pair) => pair.replace('=', ' = ')).join('&')],
    ['a trailing &', `${pairs.join('&')}&`],
    ['doubled &', `&&${pairs.join('&&')}`],
  ])('does no harm: %s', async (_, body) => {
    expectToken(await requestToken(doorstep, body))
  })

  it('inside a secret still counts', async () => {
    const client_secret = `${extractor.secret.slice(0, 8)} ${extractor.secret.slice(8)}`
    const { status, body } = await requestToken(doorstep, { ...good, client_secret })
    expect([status, body.error_codes]).toEqual([401, [7000215]])
  })

  it('may separate scopes in any amount', async () => {
    expectToken(await requestToken(doorstep, { ...good, scope: `  openid\n ${scope}\t offline_access ` }))
  })
})

describe('parameters nobody knows', () => {
  it('are ignored in the body', async () => {
    const extra = {
      client_info: '1',
      'x-client-SKU': 'MSAL.Python',
      'x-client-Ver': '1.31.0',
      'x-ms-lib-capability': 'retry-after, h429',
      audience: 'https://westeurope-1.cognitedata.com',
      nonsense: '%&=+',
    }
    expectToken(await requestToken(doorstep, { ...good, ...extra }))
  })

  it('are ignored in the query, among them those of MSAL JS', async () => {
    const query =
      '?client-request-id=0f1e2d3c-4b5a-4697-8879-6a5b4c3d2e1f&x-client-SKU=msal.js.node&dc=ESTS-PUB&slice=x'
    const answer = await requestToken(doorstep, good, { query })
    expectToken(answer)
    expect(answer.headers['client-request-id']).toBe('0f1e2d3c-4b5a-4697-8879-6a5b4c3d2e1f')
  })

  it('do not count when they bear known names in the query', async () => {
    const query = `?client_id=${ledger.appId}&scope=nonsense&grant_type=magic`
    expectToken(await requestToken(doorstep, good, { query }))
  })
})

describe('the protocol', () => {
  it('may be HTTP/2', async () => {
    const connection = connect(doorstep.url, { ca: doorstep.ca })
    try {
      const stream = connection.request({
        ':method': 'POST',
        ':path': `/${contoso.tenantId}/oauth2/v2.0/token`,
        'content-type': formType,
      })
      stream.end(encodedForm(good))
      const [headers] = await once(stream, 'response')
      const body = await json(stream)
      expect(headers[':status']).toBe(200)
      expect(body).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) })
    } finally {
      connection.close()
    }
  })
})

describe('the content type of a form', () => {
  it.each([`${formType}; charset=utf-8`, formType.toUpperCase(), `${formType};charset=UTF-8`])(
    'may be %s',
    async (type) => {
      expectToken(await requestToken(doorstep, good, { headers: { 'content-type': type } }))
    },
  )
})

describe('paths', () => {
  const post = (path: string, host?: string) => {
    const sent = { method: 'POST', path, body: encodedForm(good), headers: { 'content-type': formType } }
    return sendRaw(doorstep, host === undefined ? sent : { ...sent, host })
  }

  it.each([
    ['capital letters', `/${contoso.tenantId.toUpperCase()}/OAUTH2/V2.0/TOKEN`],
    ['mixed letters', `/${contoso.domain}/OAuth2/v2.0/Token`],
    ['a doubled slash at the start', `//${contoso.tenantId}/oauth2/v2.0/token`],
    ['a doubled slash after the tenant', `/${contoso.tenantId}//oauth2/v2.0/token`],
  ])('lead to the token endpoint with %s', async (_, path) => {
    expectToken(await post(path))
    expectToken(await post(path, realName))
  })

  it.each([
    ['capital letters', `/${contoso.tenantId.toUpperCase()}/V2.0/.WELL-KNOWN/OPENID-CONFIGURATION`],
    ['a doubled slash at the start', `//${contoso.tenantId}/v2.0/.well-known/openid-configuration`],
    ['a doubled slash after the tenant', `/${contoso.tenantId}//v2.0/.well-known/openid-configuration`],
  ])('lead to the discovery document with %s', async (_, path) => {
    const { status, body } = await sendRaw(doorstep, { host: realName, path })
    expect(status).toBe(200)
    expect(body.issuer).toBe(`https://${realName}/${contoso.tenantId}/v2.0`)
  })

  it.each(['/', '/nothing', `/${contoso.tenantId}/oauth2/v3.0/token`, '/%', '/%00', '/..%2f..%2fetc/passwd', '/?'])(
    'that lead nowhere are answered without a failure: %s',
    async (path) => {
      const { status, text } = await sendRaw(doorstep, { host: realName, path })
      expect(status).toBeLessThan(500)
      expect(text).not.toMatch(/\bat .+\.ts:\d+/)
    },
  )
})
