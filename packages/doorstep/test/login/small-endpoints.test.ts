import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { contoso } from './contoso.ts'
import { expectRefusalBody } from './expect-refusal.ts'
import { alice, peopleSeed } from './people.ts'

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: peopleSeed() })
})
afterAll(() => doorstep?.stop())

describe('the landing page of native clients', () => {
  it('is there, empty, and runs nothing', async () => {
    const { status, headers, text } = await doorstep.request(
      'GET',
      '/common/oauth2/nativeclient?code=%3Cscript%3E&state=1',
    )
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(text).toContain('<body></body>')
    expect(text).not.toContain('<script')
  })
})

describe('GetCredentialType', () => {
  const ask = (body: unknown, path = '/common/GetCredentialType?mkt=en-US') => doorstep.request('POST', path, body)

  it('knows who exists', async () => {
    const { status, body } = await ask({ Username: alice.name.toUpperCase(), isOtherIdpSupported: true })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      Username: alice.name.toUpperCase(),
      Display: alice.name.toUpperCase(),
      IfExistsResult: 0,
      IsUnmanaged: false,
      ThrottleStatus: 0,
      Credentials: { PrefCredential: 1, HasPassword: true },
      EstsProperties: { DomainType: 3 },
    })
  })

  it.each([
    ['a name that nobody has here', `nobody@${contoso.domain}`, 3],
    ['a domain of no tenant', 'alice@elsewhere.example', 1],
    ['no address', 'alice', 1],
  ])('says that nobody is there for %s', async (_name, Username, DomainType) => {
    const { body } = await ask({ Username }, `/${contoso.tenantId}/GetCredentialType`)
    expect(body).toMatchObject({ IfExistsResult: 1, EstsProperties: { DomainType } })
  })

  it.each([[{}], [{ Username: '' }], [{ Username: 1 }], [[]], [null], ['Username=alice'], ['{']])(
    'refuses the body %j',
    async (sent) => {
      expectRefusalBody(await ask(sent), { status: 400, error: 'invalid_request', code: 900144, text: /'Username'/ })
    },
  )
})

describe('the error look-up', () => {
  const look = (code: string, accept: string) =>
    doorstep.request('GET', `/error?code=${encodeURIComponent(code)}`, undefined, { accept })
  const browser = 'text/html,application/xhtml+xml,*/*;q=0.8'

  it('explains a code to people, as a page', async () => {
    const { status, headers, text } = await look('50126', browser)
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(text).toContain('AADSTS50126')
    expect(text).toContain('Error validating credentials due to invalid username or password.')
    expect(text).toContain('Correct the password')
  })

  it('shows details by their names, and every meaning of a code', async () => {
    const { text } = await look('AADSTS90002', browser)
    expect(text).toContain('Tenant &#39;{tenant}&#39; not found.')
    expect(text).toContain('invalid_request')
    expect(text).toContain('invalid_tenant')
  })

  it('explains it to programs, as text', async () => {
    for (const accept of ['*/*', 'application/json']) {
      const { headers, text } = await look('50126', accept)
      expect(headers['content-type']).toBe('text/plain; charset=utf-8')
      expect(text).toMatch(/^AADSTS50126 \(invalid_grant\)\n/)
    }
  })

  it.each(['1', '', 'x', '"><script>alert(1)</script>', '__proto__'])('has nothing to say of %j', async (code) => {
    const page = await look(code, browser)
    expect(page.status).toBe(404)
    expect(page.text).toContain('No such code')
    expect(page.text).not.toContain('<script')
    expect((await look(code, '*/*')).status).toBe(404)
  })
})

describe('addresses that only people open', () => {
  it('say what this is', async () => {
    const { status, headers, text } = await doorstep.request('GET', '/')
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(text).toContain('This is a local cloud')
  })

  it('say that a sign-in cannot go on from its address alone', async () => {
    const { status, text } = await doorstep.request('GET', '/common/login')
    expect(status).toBe(400)
    expect(text).toContain('Go back to the application')
  })
})
