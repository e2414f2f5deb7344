import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { Browser, claimsOf, locationOf, redirected } from './browser.ts'

const tenantId = '0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b'
const clientId = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'
const clientSecret = 'Adm8Q~secret-of-the-admin-consent-00001'
const password = 'Correct-horse-7-battery'
const admin = { name: 'admin@contoso.example', password }
const member = { name: 'alice@contoso.example', password }
const redirectUri = 'https://app.contoso.example/granted'

const seed = `
tenants:
  - displayName: Contoso
    domain: contoso.example
    tenantId: ${tenantId}
    users:
      - { userPrincipalName: ${admin.name}, displayName: Admin, password: ${password}, directoryRoles: [Global Administrator] }
      - { userPrincipalName: ${member.name}, displayName: Alice, password: ${password} }
    applications:
      - displayName: reporter
        appId: ${clientId}
        web: { redirectUris: ["${redirectUri}", "http://localhost:8080"] }
        passwordCredentials: [{ displayName: ci, secretText: ${clientSecret} }]
        permissions: ["Microsoft Graph/User.Read", "Microsoft Graph/User.Read.All"]
        applicationPermissions: ["Microsoft Graph/User.Read.All"]
`

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed })
})
afterAll(() => doorstep?.stop())

const address = (path: string, parameters: Record<string, string>) =>
  `/${tenantId}${path}?${new URLSearchParams(parameters)}`

const asked = { client_id: clientId, redirect_uri: redirectUri, state: 'a b' }

async function signedIn(path: string, person = admin): Promise<{ browser: Browser; page: Answer }> {
  const browser = new Browser(doorstep)
  return { browser, page: await browser.signIn(await browser.open(path), person) }
}

async function rolesOfApp(): Promise<unknown> {
  const { body } = await doorstep.request(
    'POST',
    `/${tenantId}/oauth2/v2.0/token`,
    new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    }).toString(),
  )
  return claimsOf(body.access_token).roles
}

describe('the consent of an administrator', () => {
  it('is declined without effect', async () => {
    const { browser, page } = await signedIn(address('/adminconsent', asked))
    const declined = await browser.send(page, {}, 'cancel')
    expect(redirected(declined).get('error')).toBe('access_denied')
    expect(redirected(declined).get('error_description')).toMatch(/^AADSTS65004: /)
    expect(redirected(declined).get('admin_consent')).toBe('True')
    expect(redirected(declined).get('state')).toBe('a b')
    expect(await rolesOfApp()).toBeUndefined()
  })

  it('on v2.0 counts for the scopes that are named', async () => {
    const { browser, page } = await signedIn(address('/v2.0/adminconsent', { ...asked, scope: 'User.Read' }))
    expect(page.text).toContain('Review for your organization')
    const granted = await browser.send(page)
    expect([...redirected(granted).keys()]).toEqual(['admin_consent', 'tenant', 'scope', 'state'])
    expect(redirected(granted).get('scope')).toBe('User.Read')
    expect(await rolesOfApp()).toBeUndefined()
  })

  it('on v1.0 counts for all that the registration lists, and for everybody', async () => {
    const { browser, page } = await signedIn(address('/adminconsent', asked))
    const granted = await browser.send(page)
    expect(locationOf(granted)).toMatch(
      new RegExp(`^${redirectUri}\\?admin_consent=True&tenant=${tenantId}&state=a\\+b`),
    )
    expect(await rolesOfApp()).toEqual(['User.Read.All'])
    const authorize = address('/oauth2/v2.0/authorize', { ...asked, response_type: 'code', scope: 'User.Read.All' })
    const { page: answered } = await signedIn(authorize, member)
    expect(redirected(answered).has('code')).toBe(true)
  })

  it('is for administrators alone', async () => {
    const { page } = await signedIn(address('/adminconsent', asked), member)
    expect(redirected(page).get('error')).toBe('access_denied')
    expect(redirected(page).get('error_description')).toMatch(/^AADSTS90093: /)
  })

  it('to an API that is named by its identifier URI and has no address ends on a page', async () => {
    const cdf = { client_id: 'https://westeurope-1.cognitedata.com' }
    const { browser, page } = await signedIn(address('/adminconsent', cdf))
    expect((await browser.send(page)).text).toContain('id="adminConsentDoneHeader"')
  })
})

describe('a request for it', () => {
  it.each([
    ['an unregistered address', { ...asked, redirect_uri: 'https://evil.example/' }, 50011],
    ['an unknown application', { ...asked, client_id: 'https://nobody.example' }, 700016],
    ['no application', { redirect_uri: redirectUri }, 900144],
  ])('with %s is answered on a page, never redirected', async (_name, parameters, code) => {
    const page = await new Browser(doorstep).open(address('/adminconsent', parameters))
    expect(page.status).toBe(400)
    expect(page.headers).not.toHaveProperty('location')
    expect(page.text).toContain(`AADSTS${code}`)
  })

  it('on v2.0 without scope, or with one that there is not, is refused at the application', async () => {
    const without = await new Browser(doorstep).open(address('/v2.0/adminconsent', asked))
    expect(redirected(without).get('error_description')).toMatch(/^AADSTS900144: /)
    const { page } = await signedIn(address('/v2.0/adminconsent', { ...asked, scope: 'Invented.Scope' }))
    expect(redirected(page).get('error_description')).toMatch(/^AADSTS650053: /)
  })
})
