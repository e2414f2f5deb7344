import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { Browser } from './browser.ts'

const tenantId = '0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b'
const otherTenantId = '1f2a3b4c-5d6e-4f7a-9b8c-1d2e3f4a5b6c'
const site = {
  appId: '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d',
  secret: 'Sit8Q~secret-of-the-site-000000000001',
  callback: 'http://localhost:8080/callback',
  signedOut: 'https://site.contoso.example/signed-out',
}
const single = { appId: '2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e', home: 'https://spa.contoso.example/?from=here' }
const native = { appId: '3c4d5e6f-7a8b-4c9d-8e1f-2a3b4c5d6e7f', uri: 'msal3c4d5e6f://auth' }
const listener = {
  appId: '5e6f7a8b-9c0d-4e1f-8a3b-4c5d6e7f8091',
  callback: 'http://localhost:8081/callback',
  logoutUrl: 'https://listener.contoso.example/front',
}
const foreign = { appId: '4d5e6f7a-8b9c-4d0e-9f2a-3b4c5d6e7f80', uri: 'https://foreign.fabrikam.example/bye' }
const password = 'Correct-horse-7-battery'
const alice = { name: 'alice@contoso.example', password }
const bob = { name: 'bob@contoso.example', password }
const frank = { name: 'frank@fabrikam.example', password }

const seed = JSON.stringify({
  consent: 'auto',
  tenants: [
    {
      displayName: 'Contoso',
      domain: 'contoso.example',
      tenantId,
      users: [alice, bob].map(({ name }) => ({ userPrincipalName: name, displayName: name, password })),
      guests: [frank.name],
      applications: [
        {
          displayName: 'Site <b>one</b>',
          appId: site.appId,
          web: { redirectUris: [site.callback, site.signedOut, 'https://*.wild.contoso.example/bye'] },
          passwordCredentials: [{ secretText: site.secret }],
          optionalClaims: { idToken: [{ name: 'login_hint' }, { name: 'sid' }] },
        },
        { displayName: 'Single page', appId: single.appId, spa: { redirectUris: [single.home] } },
        {
          displayName: 'Listener',
          appId: listener.appId,
          web: { redirectUris: [listener.callback], logoutUrl: listener.logoutUrl },
        },
        { displayName: 'Native', appId: native.appId, publicClient: { redirectUris: [native.uri] } },
      ],
    },
    {
      displayName: 'Fabrikam',
      domain: 'fabrikam.example',
      tenantId: otherTenantId,
      users: [{ userPrincipalName: frank.name, displayName: 'Frank', password }],
      applications: [{ displayName: 'Foreign', appId: foreign.appId, web: { redirectUris: [foreign.uri] } }],
    },
  ],
})

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed })
})
afterAll(() => doorstep?.stop())

function authorizePath(parameters: Readonly<Record<string, string>> = {}, endpoint = '/v2.0'): string {
  const common = { client_id: site.appId, response_type: 'code', redirect_uri: site.callback, scope: 'openid profile' }
  return `/${tenantId}/oauth2${endpoint}/authorize?${new URLSearchParams({ ...common, ...parameters })}`
}

function logoutPath(parameters: Readonly<Record<string, string>> = {}, segment = tenantId, endpoint = '/v2.0'): string {
  return `/${segment}/oauth2${endpoint}/logout?${new URLSearchParams(parameters)}`
}

const location = ({ headers }: Answer) => headers.location

/** A browser in which these people have signed in, and the answer to the last sign-in. */
async function signedIn(...people: readonly { readonly name: string; readonly password: string }[]) {
  const browser = new Browser(doorstep)
  let answer: Answer | undefined
  for (const person of people)
    answer = await browser.signIn(await browser.open(authorizePath({ prompt: 'login' })), person)
  expect(answer?.status, answer?.text).toBe(302)
  return { browser, code: new URL(String(answer?.headers.location)).searchParams.get('code') ?? '' }
}

/** Whether the browser gets a code without a question. */
async function isSignedIn(browser: Browser, hint?: string): Promise<boolean> {
  const answer = await browser.open(authorizePath({ prompt: 'none', ...(hint && { login_hint: hint }) }))
  return new URL(String(answer.headers.location)).searchParams.has('code')
}

async function tokensFor(code: string, endpoint = '/v2.0'): Promise<Answer['body']> {
  const form = {
    grant_type: 'authorization_code',
    client_id: site.appId,
    client_secret: site.secret,
    redirect_uri: site.callback,
    code,
    scope: 'openid profile offline_access',
    resource: site.appId,
  }
  const { resource, ...ofV2 } = form
  const body = new URLSearchParams(endpoint === '' ? { ...ofV2, resource } : ofV2).toString()
  const answer = await doorstep.request('POST', `/${tenantId}/oauth2${endpoint}/token`, body)
  expect(answer.status, answer.text).toBe(200)
  return answer.body
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

describe('signing out', () => {
  it('tells the applications that the session was used for, and no others', async () => {
    const { browser } = await signedIn(alice)
    const used = await browser.open(authorizePath({ client_id: listener.appId, redirect_uri: listener.callback }))
    const sid = new URL(String(used.headers.location)).searchParams.get('session_state')
    const page = await browser.open(logoutPath())
    const frames = [...page.text.matchAll(/<iframe src="([^"]+)"/g)].map(([, src = '']) => src.replaceAll('&amp;', '&'))
    const issuer = encodeURIComponent(`${doorstep.url}/${tenantId}/v2.0`)
    expect(frames).toEqual([`${listener.logoutUrl}?iss=${issuer}&sid=${sid}`])
    expect(page.headers['content-security-policy']).toContain('frame-src https://listener.contoso.example')
  })

  it('ends the session and says so', async () => {
    const { browser } = await signedIn(alice)
    const secret = browser.cookies.get('ESTSAUTH')
    expect(secret).toBeDefined()
    const page = await browser.open(logoutPath())
    expect(page.status).toBe(200)
    expect(page.text).toContain('You signed out of your account')
    expect(page.text).toContain(alice.name)
    expect(page.headers['cache-control']).toContain('no-store')
    expect(browser.cookies.has('ESTSAUTH')).toBe(false)
    expect(await isSignedIn(browser)).toBe(false)
    browser.cookies.set('ESTSAUTH', secret ?? '')
    expect(await isSignedIn(browser)).toBe(false)
  })

  it.each([
    ['a GET of v1.0', 'GET', ''],
    ['a POST', 'POST', '/v2.0'],
    ['a POST of v1.0', 'POST', ''],
  ])('works by %s', async (_name, method, endpoint) => {
    const { browser } = await signedIn(alice)
    const parameters = { post_logout_redirect_uri: site.signedOut, state: 'x' }
    const answer =
      method === 'GET'
        ? await browser.open(logoutPath(parameters, tenantId, endpoint))
        : await browser.post(logoutPath({}, tenantId, endpoint), parameters)
    expect(answer.status).toBe(302)
    expect(location(answer)).toBe(`${site.signedOut}?state=x`)
    expect(await isSignedIn(browser)).toBe(false)
  })

  it('is no fault for those who are not signed in', async () => {
    const browser = new Browser(doorstep)
    expect((await browser.open(logoutPath())).text).toContain('You signed out')
    expect(location(await browser.open(logoutPath({ post_logout_redirect_uri: site.signedOut })))).toBe(site.signedOut)
  })

  it('leaves refresh tokens as they are', async () => {
    const { browser, code } = await signedIn(alice)
    const { refresh_token } = await tokensFor(code)
    await browser.open(logoutPath())
    const form = { grant_type: 'refresh_token', client_id: site.appId, client_secret: site.secret, refresh_token }
    const { status, text } = await doorstep.request(
      'POST',
      `/${tenantId}/oauth2/v2.0/token`,
      new URLSearchParams(form).toString(),
    )
    expect(status, text).toBe(200)
  })

  it('signs out of this browser alone', async () => {
    const [here, there] = [await signedIn(alice), await signedIn(alice)]
    await here.browser.open(logoutPath())
    expect(await isSignedIn(there.browser)).toBe(true)
  })
})

describe('the way back', () => {
  const goTo = async (uri: string, more: Readonly<Record<string, string>> = {}, segment = tenantId) =>
    new Browser(doorstep).open(logoutPath({ post_logout_redirect_uri: uri, ...more }, segment))

  it.each([
    ['a web application', site.signedOut, site.signedOut],
    ['a single-page application', single.home, single.home],
    ['a native application', native.uri, native.uri],
    ['an application at another port of localhost', 'http://localhost:9999/callback', 'http://localhost:9999/callback'],
  ])('leads to a redirect URI of %s, without a hint of which', async (_name, uri, expected) => {
    const answer = await goTo(uri)
    expect(answer.status).toBe(302)
    expect(location(answer)).toBe(expected)
  })

  it.each([tenantId, 'contoso.example', 'common', 'organizations'])('is found over %s', async (segment) => {
    expect(location(await goTo(site.signedOut, {}, segment))).toBe(site.signedOut)
  })

  it('returns state letter for letter, behind a query of the address too', async () => {
    const state = ' a&b=c#d"><é '
    const answer = await goTo(single.home, { state })
    expect(new URL(String(location(answer))).searchParams.get('state')).toBe(state)
    expect(String(location(answer))).toMatch(/^https:\/\/spa\.contoso\.example\/\?from=here&state=/)
  })

  it('is one of the application that client_id names', async () => {
    expect(location(await goTo(site.signedOut, { client_id: site.appId.toUpperCase() }))).toBe(site.signedOut)
    const wild = 'https://a.wild.contoso.example/bye'
    expect(location(await goTo(wild, { client_id: site.appId }))).toBe(wild)
  })

  it.each([
    ['an address nobody registered', 'https://evil.example/', {}],
    ['another path', `${site.signedOut}/more`, {}],
    ['another case of the path', 'https://site.contoso.example/Signed-Out', {}],
    ['another scheme', site.signedOut.replace('https:', 'http:'), {}],
    ['a fragment', `${site.signedOut}#x`, {}],
    ['a user name before the host', 'https://site.contoso.example@evil.example/signed-out', {}],
    ['an address that begins like it', 'https://site.contoso.example.evil.example/signed-out', {}],
    ['a script', 'javascript:alert(document.domain)', {}],
    ['a document', 'data:text/html,<script>alert(1)</script>', {}],
    ['a path', '/common/login', {}],
    ['a host without scheme', '//evil.example/', {}],
    ['markup', 'https://evil.example/"><script>alert(1)</script>', {}],
    ['a line break', 'https://site.contoso.example/signed-out\r\nset-cookie: a=b', {}],
    ['a redirect URI of another tenant', foreign.uri, {}],
    ['a redirect URI of another application', single.home, { client_id: site.appId }],
    ['an application that nobody has', site.signedOut, { client_id: '00000000-0000-4000-8000-000000000000' }],
    ['a client id that is none', site.signedOut, { client_id: '"><script>alert(1)</script>' }],
  ])('is not taken to %s, and the page that stays says why', async (_name, uri, more) => {
    const { browser } = await signedIn(alice)
    const answer = await browser.open(logoutPath({ post_logout_redirect_uri: uri, state: '"><script>', ...more }))
    expect(answer.status).toBe(200)
    expect(answer.headers).not.toHaveProperty('location')
    expect(answer.text).toContain('Why you were not sent back')
    expect(answer.text).not.toMatch(/http-equiv="refresh"|<script|<iframe|href="(?!data:image)/)
    expect(answer.headers['set-cookie']?.toString()).not.toContain('a=b')
    expect(await isSignedIn(browser)).toBe(false)
  })

  it('shows where the address parts from the nearest one that the application registered', async () => {
    const { text } = await goTo('https://site.contoso.example/signed-in', { client_id: site.appId })
    expect(text).toContain('What differs')
    expect(text).toContain('<mark>signed-in</mark>')
    expect(text).toContain('Site &lt;b&gt;one&lt;/b&gt;')
  })

  it('is not found through a tenant that does not exist, but the session ends', async () => {
    const { browser } = await signedIn(alice)
    const answer = await browser.open(logoutPath({ post_logout_redirect_uri: site.signedOut }, 'nowhere.example'))
    expect(answer.status).toBe(200)
    expect(answer.text).toContain('AADSTS90002')
    expect(await isSignedIn(browser)).toBe(false)
  })
})

describe('of several accounts', () => {
  it('the person picks one, the others stay, and the way back is kept', async () => {
    const { browser } = await signedIn(alice, bob)
    const secret = browser.cookies.get('ESTSAUTH')
    const picker = await browser.open(logoutPath({ post_logout_redirect_uri: site.signedOut, state: '"s>' }))
    expect(picker.status).toBe(200)
    expect(picker.text).toContain('Which account do you want to sign out of?')
    expect(picker.text).toContain(alice.name)
    expect(picker.text).toContain(bob.name)
    expect(await isSignedIn(browser, alice.name)).toBe(true)
    const key = new RegExp(`value="([^"]+)" data-test-id="${alice.name}"`).exec(picker.text)?.[1] ?? ''
    const page = await browser.send(picker, { account: key })
    expect(page.status).toBe(200)
    expect(page.text).toContain(`content="0;url=${site.signedOut}?state=%22s%3E"`)
    expect(page.headers['content-security-policy']).toContain("form-action 'self'")
    expect(await isSignedIn(browser, alice.name)).toBe(false)
    expect(await isSignedIn(browser, bob.name)).toBe(true)
    expect(browser.cookies.get('ESTSAUTH')).not.toBe(secret)
    browser.cookies.set('ESTSAUTH', secret ?? '')
    expect(await isSignedIn(browser, alice.name)).toBe(false)
  })

  it('the picker posts to this host, whatever the address looked like', async () => {
    const { browser } = await signedIn(alice, bob)
    const picker = await browser.open(`${doorstep.url}//evil.example/oauth2/v2.0/logout`)
    expect(picker.text).toContain('action="/evil.example/oauth2/v2.0/logout"')
  })

  it('the one that logout_hint names signs out', async () => {
    const { browser } = await signedIn(alice, bob)
    const answer = await browser.open(
      logoutPath({ logout_hint: bob.name.toUpperCase(), post_logout_redirect_uri: site.signedOut }),
    )
    expect(location(answer)).toBe(site.signedOut)
    expect(await isSignedIn(browser, bob.name)).toBe(false)
    expect(await isSignedIn(browser, alice.name)).toBe(true)
  })

  it.each([
    ['a member', alice],
    ['a guest', frank],
  ])('the claim login_hint of %s is such a hint', async (_name, person) => {
    const { browser, code } = await signedIn(bob, person)
    const { login_hint } = claimsOf((await tokensFor(code)).id_token)
    expect(login_hint).toMatch(/^O\./)
    await browser.open(logoutPath({ logout_hint: login_hint }))
    expect(await isSignedIn(browser, person.name)).toBe(false)
    expect(await isSignedIn(browser, bob.name)).toBe(true)
  })

  it.each([
    ['a member', alice],
    ['a guest', frank],
  ])('id_token_hint names %s and the application', async (_name, person) => {
    const { browser, code } = await signedIn(bob, person)
    const { id_token } = await tokensFor(code)
    const parameters = { id_token_hint: id_token, post_logout_redirect_uri: site.signedOut }
    expect(location(await browser.open(logoutPath(parameters)))).toBe(site.signedOut)
    expect(await isSignedIn(browser, person.name)).toBe(false)
    expect(await isSignedIn(browser, bob.name)).toBe(true)
  })

  it('a hint that names nobody who is signed in costs nobody the session', async () => {
    const { browser } = await signedIn(alice)
    const hints = [
      ['logout_hint', bob.name],
      ['sid', '00000000-0000-4000-8000-000000000000'],
    ] as const
    for (const [name, value] of hints) {
      const picker = await browser.open(logoutPath({ [name]: value }))
      expect(picker.text).toContain('Which account do you want to sign out of?')
      expect(await isSignedIn(browser)).toBe(true)
    }
  })

  it('sid is enough where one account is signed in', async () => {
    const { browser, code } = await signedIn(alice)
    const { sid } = claimsOf((await tokensFor(code)).id_token)
    expect((await browser.open(logoutPath({ sid }))).text).toContain('You signed out')
    expect(await isSignedIn(browser)).toBe(false)
  })
})

describe('id_token_hint', () => {
  const unsigned = (claims: object) =>
    `${[{ typ: 'JWT', alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`

  it('of v1.0 is unsigned: it names the application, and no account', async () => {
    const { browser } = await signedIn(alice, bob)
    const parameters = { response_type: 'code', resource: site.appId, login_hint: bob.name }
    const code = new URL(String(location(await browser.open(authorizePath(parameters, ''))))).searchParams.get('code')
    const { id_token } = await tokensFor(code ?? '', '')
    expect(id_token).toMatch(/\.$/)
    expect((await browser.open(logoutPath({ id_token_hint: id_token }))).text).toContain('Which account')
    const elsewhere = new Browser(doorstep)
    const toSingle = { id_token_hint: id_token, post_logout_redirect_uri: single.home }
    expect((await elsewhere.open(logoutPath(toSingle))).text).toContain('What differs')
    const toSite = { id_token_hint: id_token, post_logout_redirect_uri: site.signedOut }
    expect(location(await elsewhere.open(logoutPath(toSite)))).toBe(site.signedOut)
  })

  it('that we have not signed names nobody', async () => {
    const { browser, code } = await signedIn(bob, alice)
    const { id_token } = await tokensFor(code)
    const claims = claimsOf(id_token)
    const [header, , signature] = id_token.split('.')
    const changed = Buffer.from(JSON.stringify({ ...claims, name: 'Eve' })).toString('base64url')
    const forged = [unsigned(claims), `${header}.${changed}.${signature}`, `${id_token}x.y`, 'no.token', 'é']
    for (const hint of forged) {
      expect((await browser.open(logoutPath({ id_token_hint: hint }))).text, hint).toContain('Which account')
    }
    expect(await isSignedIn(browser, alice.name)).toBe(true)
  })

  it('and client_id must name one application', async () => {
    const hint = unsigned({ aud: single.appId })
    const parameters = { id_token_hint: hint, client_id: site.appId, post_logout_redirect_uri: site.signedOut }
    const answer = await new Browser(doorstep).open(logoutPath(parameters))
    expect(answer.status).toBe(200)
    expect(answer.text).toContain('two applications')
  })
})
