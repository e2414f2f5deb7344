import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { Browser, redirected } from './browser.ts'

const tenantId = '0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b'
const clientId = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'
const guardedId = '2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e'
const managerId = '3c4d5e6f-7a8b-4c9d-8e1f-2a3b4c5d6e7f'
const managerSecret = 'Man8Q~secret-of-the-manager-0000000001'
const password = 'Correct-horse-7-battery'
const redirectUri = 'http://localhost:8080'
const admin = { name: 'admin@contoso.example', password }
const alice = { name: 'alice@contoso.example', password }
const carol = { name: 'carol@contoso.example', password }
const frank = { name: 'frank@fabrikam.example', password }

const seed = `
tenants:
  - displayName: Contoso
    domain: contoso.example
    tenantId: ${tenantId}
    users:
      - { userPrincipalName: ${admin.name}, displayName: Admin, password: ${password}, directoryRoles: [Global Administrator] }
      - { userPrincipalName: ${alice.name}, displayName: Alice, password: ${password} }
      - { userPrincipalName: ${carol.name}, displayName: Carol, passwordProfile: { password: ${password}, forceChangePasswordNextSignIn: true } }
    guests: [${frank.name}]
    applications:
      - displayName: app
        appId: ${clientId}
        web: { redirectUris: ["${redirectUri}"] }
      - displayName: guarded
        appId: ${guardedId}
        web: { redirectUris: ["${redirectUri}"] }
        adminConsent: true
      - displayName: manager
        appId: ${managerId}
        passwordCredentials: [{ secretText: ${managerSecret} }]
        applicationPermissions:
          - Microsoft Graph/Application.ReadWrite.All
          - Microsoft Graph/User.ReadWrite.All
          - Microsoft Graph/AuditLog.Read.All
        adminConsent: true
  - displayName: Fabrikam
    domain: fabrikam.example
    users:
      - { userPrincipalName: ${frank.name}, displayName: Frank, password: ${password} }
`

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed })
  const [principal] = await found(`/servicePrincipals?$filter=appId eq '${guardedId}'`)
  await graph('PATCH', `/servicePrincipals/${principal?.id}`, { appRoleAssignmentRequired: true })
})
afterAll(() => doorstep?.stop())

async function graph(method: string, path: string, body?: unknown): Promise<Answer> {
  const form = {
    grant_type: 'client_credentials',
    client_id: managerId,
    client_secret: managerSecret,
    scope: 'https://graph.microsoft.com/.default',
  }
  const token = await doorstep.request('POST', `/${tenantId}/oauth2/v2.0/token`, new URLSearchParams(form).toString())
  return doorstep.request(method, `/graph/v1.0${path}`, body, { authorization: `Bearer ${token.body.access_token}` })
}

async function found(path: string): Promise<readonly Record<string, string>[]> {
  return (await graph('GET', path)).body.value
}

function authorize(parameters: Record<string, string> = {}): string {
  const common = { client_id: clientId, response_type: 'code', redirect_uri: redirectUri, scope: 'openid' }
  return `/${tenantId}/oauth2/v2.0/authorize?${new URLSearchParams({ ...common, ...parameters })}`
}

/** Error codes of somebody's sign-ins, the newest first. */
async function logOf(name: string): Promise<readonly unknown[]> {
  const { body } = await graph('GET', `/auditLogs/signIns?$filter=userPrincipalName eq '${name}'`)
  return body.value.map(({ status }: { status: { errorCode: number } }) => status.errorCode)
}

describe('consent', () => {
  it('counts for what the page has shown, not for what the application lists by now', async () => {
    const browser = new Browser(doorstep)
    const page = await browser.signIn(await browser.open(authorize({ scope: `${clientId}/.default` })), admin)
    expect(page.text).toContain('id="consentHeader"')
    const [application] = await found(`/applications?$filter=appId eq '${clientId}'`)
    const [api] = await found("/servicePrincipals?$filter=appId eq '00000003-0000-0000-c000-000000000000'")
    const scopes = api?.oauth2PermissionScopes as unknown as { readonly id: string; readonly value: string }[]
    const id = scopes.find(({ value }) => value === 'Directory.ReadWrite.All')?.id
    const requiredResourceAccess = [
      { resourceAppId: '00000003-0000-0000-c000-000000000000', resourceAccess: [{ id, type: 'Scope' }] },
    ]
    expect((await graph('PATCH', `/applications/${application?.id}`, { requiredResourceAccess })).status).toBe(204)
    const again = await browser.send(page, { adminConsent: 'true' })
    expect(again.text).toContain('id="consentHeader"')
    expect(again.text).toContain('Directory.ReadWrite.All')
    expect(redirected(await browser.send(again, { adminConsent: 'true' })).has('code')).toBe(true)
  })

  it('is not given by a form that never came with its page', async () => {
    const browser = new Browser(doorstep)
    const page = await browser.signIn(await browser.open(authorize({ scope: 'Mail.Read' })), alice)
    expect(page.text).toContain('id="consentHeader"')
    const first = await browser.open(authorize({ scope: 'Mail.Send', prompt: 'login' }))
    const forged = await browser.send({ ...first, text: first.text.replace('value="password"', 'value="consent"') })
    expect(forged.status).toBe(200)
    expect(forged.text).not.toContain('http-equiv="refresh"')
  })
})

describe('the sign-in log', () => {
  it('tells of refusals, with a password and by a session, on the page and in the password grant', async () => {
    const browser = new Browser(doorstep)
    const guarded = authorize({ client_id: guardedId })
    expect((await browser.signIn(await browser.open(guarded), alice)).text).toContain('AADSTS50105')
    expect((await browser.open(guarded)).text).toContain('AADSTS50105')
    expect((await logOf(alice.name)).slice(0, 2)).toEqual([50105, 50105])
    const wrong = {
      grant_type: 'password',
      client_id: clientId,
      username: alice.name,
      password: 'wrong',
      scope: 'openid',
    }
    await doorstep.request('POST', `/${tenantId}/oauth2/v2.0/token`, new URLSearchParams(wrong).toString())
    const page = await browser.open(authorize({ prompt: 'login', login_hint: alice.name }))
    await browser.send(page, { passwd: 'wrong as well' })
    expect((await logOf(alice.name))[0]).toBe(50126)
  })
})

describe('a password that somebody else has chosen', () => {
  it('is good for choosing another, and for nothing else', async () => {
    const browser = new Browser(doorstep)
    const page = await browser.signIn(await browser.open(authorize()), carol)
    expect(page.text).toContain('id="newPassword"')
    expect((await browser.open(authorize({ prompt: 'none' }))).headers.location).toContain('login_required')
    const chosen = 'Another-donkey-9-charger'
    const given = { oldpasswd: password, newpasswd: chosen, confirmnewpasswd: chosen }
    for (const [wrong, said] of [
      [{ ...given, oldpasswd: 'not it' }, 'The password is not right.'],
      [{ ...given, confirmnewpasswd: 'another' }, 'not the same twice'],
      [{ ...given, newpasswd: password, confirmnewpasswd: password }, 'that you have not had'],
      [{ ...given, newpasswd: 'short', confirmnewpasswd: 'short' }, 'complexity'],
    ] as const) {
      const refused = await browser.send(page, wrong)
      expect(refused.text).toContain(said)
      expect(refused.text).not.toContain(chosen)
    }
    expect(redirected(await browser.send(page, given)).has('code')).toBe(true)
    const later = new Browser(doorstep)
    const old = await later.signIn(await later.open(authorize()), carol)
    expect(old.text).toContain('The password is not right.')
    expect(redirected(await later.send(old, { passwd: chosen })).has('code')).toBe(true)
  })
})

describe('a guest', () => {
  it('who is disabled in the tenant does not sign in there', async () => {
    const browser = new Browser(doorstep)
    expect(redirected(await browser.signIn(await browser.open(authorize()), frank)).has('code')).toBe(true)
    const [guest] = await found(`/users?$filter=mail eq '${frank.name}'`)
    expect((await graph('PATCH', `/users/${guest?.id}`, { accountEnabled: false })).status).toBe(204)
    const refused = await browser.open(authorize())
    expect(redirected(refused).get('error_description')).toMatch(/^AADSTS50057: /)
  })
})
