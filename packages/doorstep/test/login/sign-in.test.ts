import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { Browser, locationOf } from './browser.ts'

const tenantId = '0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b'
const clientId = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'
const clientSecret = 'Gui8Q~secret-of-the-guides-app-0000001'
const consentedId = '2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e'
const redirectUri = 'http://localhost:8080'
const alice = { name: 'alice@contoso.example', password: 'Correct-horse-7-battery' }

const seed = `
tenants:
  - displayName: Contoso
    domain: contoso.example
    tenantId: ${tenantId}
    users:
      - { userPrincipalName: ${alice.name}, displayName: Alice, password: ${alice.password} }
      - { userPrincipalName: bob@contoso.example, displayName: Bob, password: ${alice.password} }
    guests: [frank@fabrikam.example]
    applications:
      - displayName: Energy <b>app</b>
        appId: ${clientId}
        web: { redirectUris: ["${redirectUri}"] }
        passwordCredentials: [{ displayName: ci, secretText: ${clientSecret} }]
      - displayName: consented
        appId: ${consentedId}
        publicClient: { redirectUris: ["http://localhost", "urn:ietf:wg:oauth:2.0:oob"] }
        adminConsent: true
  - displayName: Fabrikam
    domain: fabrikam.example
    users:
      - { userPrincipalName: frank@fabrikam.example, displayName: Frank, password: ${alice.password} }
      - { userPrincipalName: stranger@fabrikam.example, displayName: Stranger, password: ${alice.password} }
`

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed })
})
afterAll(() => doorstep?.stop())

function authorizePath(parameters: Record<string, string>): string {
  const query = { client_id: clientId, response_type: 'code', redirect_uri: redirectUri, ...parameters }
  return `/${tenantId}/oauth2/v2.0/authorize?${new URLSearchParams(query)}`
}

const query = (answer: Answer) => new URL(locationOf(answer)).searchParams

describe('the energy guide, by hand', () => {
  it('signs in and asks for consent in words, then answers code, state and session_state in this order', async () => {
    const browser = new Browser(doorstep)
    // As it is printed: a parameter a line.
    const pasted = `/${tenantId}/oauth2/v2.0/authorize?client_id=${clientId}%0A%20%20&response_type=code%0D%0A%20%20&redirect_uri=http%3A%2F%2Flocalhost%3a8080%0A+&response_mode=query%0A%20&scope=${clientId}%2f.default&state=12345&sso_reload=true`
    const consent = await browser.signIn(await browser.open(pasted), alice)
    expect(consent.status).toBe(200)
    expect(consent.text).not.toContain('<b>app</b>')
    const answered = await browser.send(consent, {})
    expect(answered.status).toBe(302)
    expect(locationOf(answered)).toMatch(
      /^http:\/\/localhost:8080\/\?code=[\w.-]+&state=12345&session_state=[\da-f-]{36}#?$/,
    )

    const code = query(answered).get('code') ?? ''
    const body = `client_id=${clientId}\n  &scope=${clientId}%2f.default openid profile offline_access\n  &code=${code}\n  &redirect_uri=http%3A%2F%2Flocalhost%3a8080\n  &grant_type=authorization_code\n  &client_secret=${clientSecret}`
    const redeem = () => doorstep.request('POST', `/${tenantId}/oauth2/v2.0/token`, body)
    const { status, body: tokens } = await redeem()
    expect(status).toBe(200)
    expect(Object.keys(tokens)).toEqual(
      expect.arrayContaining(['token_type', 'scope', 'expires_in', 'access_token', 'refresh_token', 'id_token']),
    )
    const claims = JSON.parse(Buffer.from(tokens.access_token.split('.')[1], 'base64url').toString())
    expect(claims.aud).toBe(clientId)
    expect((await redeem()).body.error_codes).toEqual([54005])
  })

  it('asks nothing the second time, in the same browser', async () => {
    const browser = new Browser(doorstep)
    const path = authorizePath({ scope: `${clientId}/.default`, state: 'a b' })
    const first = await browser.signIn(await browser.open(path), alice)
    expect(first.status).toBe(302)
    const again = await browser.open(path)
    expect(again.status).toBe(302)
    expect(query(again).get('state')).toBe('a b')
    expect(query(again).get('session_state')).toBe(query(first).get('session_state'))
  })
})

describe('the pages', () => {
  it('say what is wrong, and let try again', async () => {
    const browser = new Browser(doorstep)
    const page = await browser.open(authorizePath({ scope: 'openid' }))
    expect(page.text).toContain('id="i0116"')
    const unknown = await browser.send(page, { loginfmt: 'nobody@contoso.example' })
    expect(unknown.text).toContain('role="alert"')
    const wrong = await browser.send(await browser.send(unknown, { loginfmt: alice.name }), { passwd: 'wrong' })
    expect(wrong.text).toContain('id="i0118"')
    expect(wrong.text).toContain('role="alert"')
    expect(wrong.text).not.toContain('value="wrong"')
    expect((await browser.send(wrong, { passwd: alice.password })).status).not.toBe(400)
  })

  it('are bound to the browser that began', async () => {
    const page = await new Browser(doorstep).open(authorizePath({ scope: 'openid' }))
    const elsewhere = await new Browser(doorstep).send(page, { loginfmt: alice.name })
    expect(elsewhere.status).toBe(400)
    expect(elsewhere.text).not.toContain('id="i0118"')
  })

  it('are never kept or framed, and load nothing', async () => {
    const { headers } = await new Browser(doorstep).open(authorizePath({ scope: 'openid' }))
    expect(headers['cache-control']).toContain('no-store')
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
  })

  it('tell the application when the person leaves or declines', async () => {
    const browser = new Browser(doorstep)
    const cancelled = await browser.send(
      await browser.open(authorizePath({ scope: 'openid', state: 's' })),
      {},
      'cancel',
    )
    expect(query(cancelled).get('error')).toBe('access_denied')
    expect(query(cancelled).get('error_subcode')).toBe('cancel')
    const bob = { name: 'bob@contoso.example', password: alice.password }
    const consent = await browser.signIn(await browser.open(authorizePath({ scope: 'User.Read' })), bob)
    const declined = await browser.send(consent, {}, 'cancel')
    expect(query(declined).get('error')).toBe('access_denied')
    expect(query(declined).get('error_description')).toMatch(/^AADSTS65004: /)
  })
})

it('a form cannot name a step that the pages do not have', async () => {
  const browser = new Browser(doorstep)
  const page = await browser.open(authorizePath({ scope: 'openid' }))
  for (const step of ['constructor', '__proto__', 'toString', '']) {
    const { status, text } = await browser.send(page, { step })
    expect([step, status]).toEqual([step, 400])
    expect(text).toContain('AADSTS9002313')
  }
})

it('who may not consent sees the address an administrator opens', async () => {
  const browser = new Browser(doorstep)
  const page = await browser.signIn(await browser.open(authorizePath({ scope: 'User.Read.All' })), alice)
  expect(page.text).toContain('id="adminNeededHeader"')
  expect(page.text.replaceAll('<wbr>', '')).toContain(
    `/${tenantId}/v2.0/adminconsent?client_id=${clientId}&amp;scope=https%3A%2F%2Fgraph.microsoft.com%2FUser.Read.All`,
  )
})

describe('people of another tenant', () => {
  const path = () => authorizePath({ scope: `${clientId}/.default` })

  it('sign in as the guests they are', async () => {
    const browser = new Browser(doorstep)
    const consent = await browser.signIn(await browser.open(path()), { ...alice, name: 'frank@fabrikam.example' })
    const answered = await browser.send(consent, {})
    const form = {
      grant_type: 'authorization_code',
      client_id: clientId,
      client_secret: clientSecret,
      code: query(answered).get('code') ?? '',
      redirect_uri: redirectUri,
      scope: `${clientId}/.default`,
    }
    const { body } = await doorstep.request(
      'POST',
      `/${tenantId}/oauth2/v2.0/token`,
      new URLSearchParams(form).toString(),
    )
    expect(JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString()).tid).toBe(tenantId)
  })

  it('are told so when they are none', async () => {
    const browser = new Browser(doorstep)
    const refused = await browser.signIn(await browser.open(path()), { ...alice, name: 'stranger@fabrikam.example' })
    expect(refused.headers).not.toHaveProperty('location')
    expect(refused.text).toContain('AADSTS50020')
    const [, another = ''] = /<a id="otherAccount" href="([^"]+)"/.exec(refused.text) ?? []
    expect((await browser.open(another.replaceAll('&amp;', '&'))).text).toContain('id="otherTile"')
  })
})

describe('refusals', () => {
  it('are shown, never redirected, before client and redirect URI are right', async () => {
    const browser = new Browser(doorstep)
    const unregistered = await browser.open(
      authorizePath({ scope: 'openid', redirect_uri: 'https://evil.example/"><script>' }),
    )
    expect(unregistered.status).toBe(400)
    expect(unregistered.headers).not.toHaveProperty('location')
    expect(unregistered.text).toContain('AADSTS50011')
    expect(unregistered.text).toContain('What differs')
    expect(unregistered.text).not.toContain('"><script>')
    // Nobody pastes into a shell what somebody else wrote into an address.
    for (const uri of ['https://evil.example/"><script>', 'https://evil.example/?a=1&calc', "https://x/';id;'"]) {
      const { text } = await browser.open(authorizePath({ scope: 'openid', redirect_uri: uri }))
      expect(text).not.toContain('class="command"')
    }
    const missing = await browser.open(
      authorizePath({ scope: 'openid', redirect_uri: 'https://app.contoso.example/new' }),
    )
    expect(missing.text.replaceAll('<wbr>', '')).toMatch(
      /doorstep app add-redirect-uri [\da-f-]{36} --[a-z-]+ https:\/\/app\.contoso\.example\/new --tenant [\da-f-]{36}</,
    )
    const unknown = await browser.open(
      authorizePath({ scope: 'openid', client_id: '00000000-0000-4000-8000-000000000000' }),
    )
    expect(unknown.text).toContain('AADSTS700016')
  })

  it.each([
    ['prompt=none without a session', { scope: 'openid', prompt: 'none' }, 'login_required', 50058],
    ['a prompt that is none', { scope: 'openid', prompt: 'maybe' }, 'invalid_request', 90023],
    ['no scope', {}, 'invalid_request', 900144],
    ['a token', { scope: 'openid', response_type: 'token' }, 'unsupported_response_type', 700051],
  ])('of %s go to the application', async (_name, parameters, error, code) => {
    const answer = await new Browser(doorstep).open(authorizePath({ ...parameters, state: 'kept' }))
    expect(answer.status).toBe(302)
    const [, , fragment] = /^([^#]*)#?(.*)$/.exec(locationOf(answer)) ?? []
    const returned = query(answer).has('error') ? query(answer) : new URLSearchParams(fragment)
    expect(returned.get('error')).toBe(error)
    expect(returned.get('error_description')).toMatch(new RegExp(`^AADSTS${code}: .*\r\nTrace ID: `, 's'))
    expect(returned.get('state')).toBe('kept')
  })
})

it('an answer for a program that no redirect can reach stands on a page, and in its title', async () => {
  const browser = new Browser(doorstep)
  const parameters = {
    client_id: consentedId,
    scope: 'User.Read',
    redirect_uri: 'urn:ietf:wg:oauth:2.0:oob',
    state: 's',
  }
  const page = await browser.signIn(await browser.open(authorizePath(parameters)), alice)
  expect(page.headers).not.toHaveProperty('location')
  expect(page.text).toMatch(/<title>Success code=[\w.-]+&amp;state=s&amp;session_state=[\da-f-]{36}<\/title>/)
})

describe('PKCE and a loopback port', () => {
  it('of a public client whose permissions an administrator granted', async () => {
    const browser = new Browser(doorstep)
    const verifier = 'v'.repeat(64)
    const { createHash } = await import('node:crypto')
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    const parameters = {
      client_id: consentedId,
      redirect_uri: 'http://localhost:53000',
      scope: 'User.Read openid offline_access',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      nonce: 'n-1',
    }
    let page = await browser.signIn(await browser.open(authorizePath(parameters)), alice)
    if (page.status === 200) page = await browser.send(page, {})
    expect(page.status).toBe(302)
    const form = {
      grant_type: 'authorization_code',
      client_id: consentedId,
      code: query(page).get('code') ?? '',
      redirect_uri: 'http://localhost:53000',
      code_verifier: verifier,
    }
    const { body } = await doorstep.request(
      'POST',
      `/${tenantId}/oauth2/v2.0/token`,
      new URLSearchParams(form).toString(),
    )
    const idToken = JSON.parse(Buffer.from(body.id_token.split('.')[1], 'base64url').toString())
    expect(idToken.nonce).toBe('n-1')
    expect(idToken.aud).toBe(consentedId)
    expect(body.refresh_token).toBeTypeOf('string')
  })
})
