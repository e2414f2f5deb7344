import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { Browser, redirected } from './browser.ts'
import { contoso, fabrikam } from './contoso.ts'
import { claimsOf, encodedForm, type Form, requestToken } from './request-token.ts'

const password = 'Correct-horse-7-battery'
const strict = { tenantId: 'e4c8d0a3-9b52-4a7f-8c16-3fab8e715c33', domain: 'strict.example', name: 'Strict' }
const redirectUri = 'http://localhost:8080'
const graph = 'https://graph.microsoft.com'
const azurePowerShell = '1950a258-227b-4e31-a9cf-717495945fc2'
const appId = (number: number) => `0c000000-c987-4234-abcd-1a2b3c4d5e${String(number).padStart(2, '0')}`

/** An API for several tenants that calls Microsoft Graph for its users, and knows the portal as its client. */
const orders = {
  appId: appId(1),
  uri: 'https://orders.contoso.example',
  readId: '0d1c2b3a-4f5e-4d6c-8b7a-1f2e3d4c5b11',
}
const portal = { appId: appId(2) }
/** Another API for several tenants, which knows nobody. */
const lonely = { appId: appId(3), uri: 'https://lonely.contoso.example' }
/** Lists the lonely API. */
const hopeful = { appId: appId(4) }
/** Authorized beforehand by the orders API. */
const trusted = { appId: appId(5) }
/** Exposes an API of its own. */
const selfish = { appId: appId(6), uri: 'https://selfish.contoso.example' }
/** May be used by those alone who are assigned. */
const guarded = {
  appId: appId(7),
  id: '10f0a8a4-54a9-4c3e-8b0a-5c2f9ad41c77',
  roleId: '0d1c2b3a-4f5e-4d6c-8b7a-1f2e3d4c5b77',
}
/** For several tenants, with nothing but what every registration has. */
const plain = { appId: appId(8) }
/** As plain, for those who come at the same moment. */
const together = { appId: appId(9) }
/** One in each tenant that may see and change everything. */
const manager = { [contoso.tenantId]: appId(20), [fabrikam.tenantId]: appId(21) }
const managerSecret = 'Man8Q~only-secret-of-the-manager-000001'

const teamId = '22b1e7b3-6e1d-4a1f-9074-1c2e3d4f5a77'

const user = (userPrincipalName: string, more: object = {}) => ({
  userPrincipalName,
  displayName: userPrincipalName,
  password,
  ...more,
})
const administrator = { directoryRoles: ['Global Administrator'] }
const client = (displayName: string, { appId: id }: { readonly appId: string }, permissions: readonly string[]) => ({
  displayName,
  appId: id,
  signInAudience: 'AzureADMultipleOrgs',
  isFallbackPublicClient: true,
  publicClient: { redirectUris: ['http://localhost'] },
  permissions,
})
const scope = (value: string, type: 'User' | 'Admin', more: object = {}) => ({
  value,
  type,
  adminConsentDisplayName: value,
  adminConsentDescription: value,
  ...more,
})
const managerOf = (tenantId: string) => ({
  displayName: 'manager',
  appId: manager[tenantId],
  passwordCredentials: [{ secretText: managerSecret }],
  applicationPermissions: ['Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All', 'Directory.Read.All'].map(
    (value) => `Microsoft Graph/${value}`,
  ),
  adminConsent: true,
})

const seed = JSON.stringify({
  tenants: [
    {
      tenantId: contoso.tenantId,
      displayName: contoso.name,
      domain: contoso.domain,
      users: [user('alice@contoso.example'), user('bob@contoso.example'), user('carol@contoso.example')],
      groups: [
        { displayName: 'Inner', members: ['carol@contoso.example'] },
        { id: teamId, displayName: 'Team', members: ['bob@contoso.example', 'Inner'] },
      ],
      applications: [
        managerOf(contoso.tenantId),
        {
          displayName: 'Orders API',
          appId: orders.appId,
          identifierUris: [orders.uri],
          signInAudience: 'AzureADMultipleOrgs',
          permissions: ['Microsoft Graph/Mail.Read'],
          api: {
            knownClientApplications: [portal.appId],
            oauth2PermissionScopes: [scope('Orders.Read', 'User', { id: orders.readId }), scope('Orders.All', 'Admin')],
            preAuthorizedApplications: [{ appId: trusted.appId, delegatedPermissionIds: [orders.readId] }],
          },
        },
        {
          displayName: 'Lonely API',
          appId: lonely.appId,
          identifierUris: [lonely.uri],
          signInAudience: 'AzureADMultipleOrgs',
          api: { oauth2PermissionScopes: [scope('Things.Read', 'User')] },
        },
        client('Portal', portal, ['Microsoft Graph/User.Read', 'Orders API/Orders.Read']),
        client('Hopeful', hopeful, ['Microsoft Graph/User.Read', 'Lonely API/Things.Read']),
        client('Trusted', trusted, []),
        client('Plain', plain, ['Microsoft Graph/User.Read']),
        client('Together', together, ['Microsoft Graph/User.Read']),
        {
          ...client('Selfish', selfish, ['Microsoft Graph/User.Read']),
          identifierUris: [selfish.uri],
          adminConsent: true,
        },
        {
          ...client('Guarded', guarded, ['Microsoft Graph/User.Read']),
          id: guarded.id,
          adminConsent: true,
          appRoles: [
            {
              id: guarded.roleId,
              value: 'Keeper',
              displayName: 'Keeper',
              description: 'Keeps.',
              allowedMemberTypes: ['User'],
            },
          ],
        },
      ],
    },
    {
      tenantId: fabrikam.tenantId,
      displayName: fabrikam.name,
      domain: fabrikam.domain,
      users: [
        user('frank@fabrikam.example'),
        user('greta@fabrikam.example'),
        user('fiona@fabrikam.example', administrator),
      ],
      applications: [managerOf(fabrikam.tenantId)],
    },
    {
      tenantId: strict.tenantId,
      displayName: strict.name,
      domain: strict.domain,
      usersCanConsent: false,
      users: [user('sue@strict.example'), user('boss@strict.example', administrator)],
    },
  ],
})

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed })
})
afterAll(() => doorstep?.stop())

interface Asked extends Form {
  readonly client_id: string
}

function authorizePath(asked: Asked, tenant: string = 'organizations'): string {
  const version = asked.resource === undefined ? 'v2.0/' : ''
  return `/${tenant}/oauth2/${version}authorize?${encodedForm({ response_type: 'code', redirect_uri: redirectUri, ...asked })}`
}

/** Signs in by the pages, as far as the password goes. */
async function signIn(name: string, asked: Asked, tenant?: string) {
  const browser = new Browser(doorstep)
  const answer = await browser.signIn(await browser.open(authorizePath(asked, tenant)), { name, password })
  return { browser, answer }
}

/** What a page says first, for a readable difference. */
function headingOf({ text }: Answer): string {
  return `${/<h1[^>]*>([^<]*)/.exec(text)?.[1] ?? ''} ${/AADSTS[^<]*/.exec(text)?.[0] ?? ''}`
}

function expectConsentPage(answer: Answer): void {
  expect(answer.text.includes('id="consentHeader"'), headingOf(answer)).toBe(true)
  expect(answer.headers).not.toHaveProperty('location')
}

function expectCode(answer: Answer): string {
  expect(answer.status, headingOf(answer)).toBe(302)
  const parameters = redirected(answer)
  expect(parameters.get('error_description')).toBeNull()
  return parameters.get('code') ?? ''
}

function expectRedirectedRefusal(answer: Answer, error: string, code: number): string {
  expect(answer.status, headingOf(answer)).toBe(302)
  const parameters = redirected(answer)
  expect(parameters.get('error')).toBe(error)
  expect(parameters.get('error_description')).toMatch(new RegExp(`^AADSTS${code}: `))
  return parameters.get('error_description') ?? ''
}

const redeem = (code: string, { client_id }: Asked, tenant: string = 'organizations') =>
  requestToken(doorstep, { grant_type: 'authorization_code', client_id, code, redirect_uri: redirectUri }, { tenant })

/** Microsoft Graph with the rights of a tenant's manager. */
async function graphOf(tenantId: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const form = {
    grant_type: 'client_credentials',
    client_id: manager[tenantId],
    client_secret: managerSecret,
    scope: `${graph}/.default`,
  }
  const token = (await requestToken(doorstep, form, { tenant: tenantId })).body.access_token
  return doorstep.request(method, `/graph/v1.0${path}`, body, { authorization: `Bearer ${token}` })
}

async function servicePrincipalsOf(tenantId: string, application: { readonly appId: string }) {
  const { body } = await graphOf(tenantId, 'GET', `/servicePrincipals?$filter=appId eq '${application.appId}'`)
  return body.value as readonly { readonly id: string }[]
}

/** What is granted to an application in Fabrikam: for whom, at which API, which scopes. */
async function grantsOf(application: { readonly appId: string }): Promise<readonly string[]> {
  const [principal] = await servicePrincipalsOf(fabrikam.tenantId, application)
  const { body } = await graphOf(fabrikam.tenantId, 'GET', `/servicePrincipals/${principal?.id}/oauth2PermissionGrants`)
  const named = body.value.map(async (grant: Record<string, string>) => {
    const api = await graphOf(fabrikam.tenantId, 'GET', `/servicePrincipals/${grant.resourceId}`)
    return `${grant.consentType} ${api.body.displayName}: ${grant.scope}`
  })
  return (await Promise.all(named)).sort()
}

describe('an application of another tenant', () => {
  const asked = { client_id: portal.appId, scope: `${orders.uri}/.default offline_access` }

  it('comes with its API, which knows it, when somebody consents to both at once', async () => {
    expect(await servicePrincipalsOf(fabrikam.tenantId, portal)).toEqual([])
    const { browser, answer } = await signIn('frank@fabrikam.example', asked)
    expectConsentPage(answer)
    expect(answer.text).toContain('Orders.Read')
    expect(answer.text).toContain('Mail.Read')
    expect(await servicePrincipalsOf(fabrikam.tenantId, portal)).toEqual([])
    const code = expectCode(await browser.send(answer))
    expect(claimsOf(await redeem(code, asked))).toMatchObject({ tid: fabrikam.tenantId, scp: 'Orders.Read' })
    expect(await grantsOf(portal)).toEqual([
      'Principal Microsoft Graph: openid profile offline_access User.Read',
      'Principal Orders API: Orders.Read',
    ])
    expect(await grantsOf(orders)).toEqual(['Principal Microsoft Graph: Mail.Read'])
  })

  it('is there once, however many consent', async () => {
    const { browser, answer } = await signIn('greta@fabrikam.example', asked)
    expectConsentPage(answer)
    expectCode(await browser.send(answer))
    for (const application of [portal, orders]) {
      expect(await servicePrincipalsOf(fabrikam.tenantId, application)).toHaveLength(1)
    }
    expect(await grantsOf(portal)).toHaveLength(4)
    expect(await grantsOf(orders)).toHaveLength(2)
  })

  it('is there once, when two consent first at the same moment', async () => {
    const first = { client_id: together.appId, scope: `${graph}/User.Read offline_access` }
    const pages = await Promise.all(
      ['frank@fabrikam.example', 'greta@fabrikam.example'].map((name) => signIn(name, first)),
    )
    const answers = await Promise.all(pages.map(({ browser, answer }) => browser.send(answer)))
    for (const answer of answers) expectCode(answer)
    expect(await servicePrincipalsOf(fabrikam.tenantId, together)).toHaveLength(1)
    expect(await grantsOf(together)).toHaveLength(2)
  })

  it('adds to what was granted when it is consented to again', async () => {
    const { browser, answer } = await signIn('frank@fabrikam.example', { ...asked, prompt: 'consent' })
    expectConsentPage(answer)
    expectCode(await browser.send(answer))
    expect(await grantsOf(orders)).toHaveLength(2)
    expectCode((await signIn('frank@fabrikam.example', asked)).answer)
  })

  it('gets what is for administrators from an administrator there', async () => {
    const all = { client_id: plain.appId, scope: `${orders.uri}/Orders.All` }
    const { answer: stopped } = await signIn('frank@fabrikam.example', all)
    expect(stopped.text).toContain('id="adminNeededHeader"')
    expect(await servicePrincipalsOf(fabrikam.tenantId, plain)).toEqual([])
    const { browser, answer } = await signIn('fiona@fabrikam.example', all)
    expectConsentPage(answer)
    expectCode(await browser.send(answer, { adminConsent: 'true' }))
    const granted = await grantsOf(plain)
    expect(granted).toContain('AllPrincipals Orders API: Orders.All')
    const { answer: admitted } = await signIn('frank@fabrikam.example', all)
    expect(claimsOf(await redeem(expectCode(admitted), all)).scp).toBe('Orders.All')
  })

  it('is refused when it lists an API that the tenant does not have', async () => {
    const { answer } = await signIn('frank@fabrikam.example', { client_id: hopeful.appId, scope: `${graph}/.default` })
    expect(expectRedirectedRefusal(answer, 'invalid_client', 650052)).toContain(
      "The app needs access to a service ('Lonely API') that your organization 'Fabrikam' has not subscribed to or enabled.",
    )
    expect(await servicePrincipalsOf(fabrikam.tenantId, hopeful)).toEqual([])
    const asksForIt = { client_id: hopeful.appId, scope: `${lonely.uri}/Things.Read` }
    expectRedirectedRefusal((await signIn('frank@fabrikam.example', asksForIt)).answer, 'invalid_resource', 500011)
  })

  it('may ask for itself before the tenant has it', async () => {
    const itself = { client_id: plain.appId, scope: `${plain.appId}/.default` }
    const { browser, answer } = await signIn('boss@strict.example', itself)
    expectConsentPage(answer)
    const code = expectCode(await browser.send(answer))
    expect(claimsOf(await redeem(code, itself))).toMatchObject({ aud: plain.appId, tid: strict.tenantId })
  })
})

describe('consent', () => {
  it('is for administrators where the tenant lets no user consent', async () => {
    const asked = { client_id: plain.appId, scope: 'User.Read' }
    const { answer } = await signIn('sue@strict.example', asked)
    expect(answer.text).toContain('id="adminNeededHeader"')
  })

  it('is not asked for where the API has authorized the client', async () => {
    const asked = { client_id: trusted.appId, scope: `${orders.uri}/Orders.Read` }
    const { answer } = await signIn('bob@contoso.example', asked, contoso.tenantId)
    expect(claimsOf(await redeem(expectCode(answer), asked, contoso.tenantId)).scp).toBe('Orders.Read')
    const more = { ...asked, scope: `${orders.uri}/Orders.All` }
    expect((await signIn('bob@contoso.example', more, contoso.tenantId)).answer.text).toContain('adminNeededHeader')
  })

  it("cannot be given to Microsoft's tools for Microsoft's APIs", async () => {
    const asked = { client_id: azurePowerShell, scope: `${graph}/Mail.Read` }
    const { answer } = await signIn('alice@contoso.example', asked)
    expectRedirectedRefusal(answer, 'invalid_request', 65002)
    const form = { grant_type: 'password', username: 'alice@contoso.example', password, ...asked }
    const { status, body } = await requestToken(doorstep, form)
    expect({ status, error: body.error, codes: body.error_codes }).toEqual({
      status: 400,
      error: 'invalid_request',
      codes: [65002],
    })
    const granted = { ...asked, scope: `${graph}/User.Read.All` }
    expectCode((await signIn('alice@contoso.example', granted)).answer)
  })
})

describe('a v1.0 request of a client for itself', () => {
  it('names it by its client id, not by its identifier URI', async () => {
    const { answer } = await signIn('alice@contoso.example', { client_id: selfish.appId, resource: selfish.uri })
    expectRedirectedRefusal(answer, 'invalid_request', 90009)
    expectCode((await signIn('alice@contoso.example', { client_id: selfish.appId, resource: selfish.appId })).answer)
  })
})

describe('an application that demands assignment', () => {
  const asked = { client_id: guarded.appId, scope: `${guarded.appId}/.default` }
  const byPassword = (name: string) =>
    requestToken(doorstep, { grant_type: 'password', username: name, password, ...asked })

  beforeAll(async () => {
    const [principal] = await servicePrincipalsOf(contoso.tenantId, guarded)
    const assigned = await graphOf(contoso.tenantId, 'POST', `/servicePrincipals/${principal?.id}/appRoleAssignedTo`, {
      principalId: teamId,
      resourceId: principal?.id,
      appRoleId: guarded.roleId,
    })
    expect(assigned.status, assigned.text).toBe(201)
  })

  it('gives roles to direct members of an assigned group alone', async () => {
    expect(claimsOf(await byPassword('bob@contoso.example')).roles).toEqual(['Keeper'])
    expect(claimsOf(await byPassword('carol@contoso.example'))).not.toHaveProperty('roles')
  })

  it('lets in direct members of an assigned group, nobody through a group within, nobody else', async () => {
    const [principal] = await servicePrincipalsOf(contoso.tenantId, guarded)
    const required = { appRoleAssignmentRequired: true }
    const changed = await graphOf(contoso.tenantId, 'PATCH', `/servicePrincipals/${principal?.id}`, required)
    expect(changed.status, changed.text).toBe(204)
    expectCode((await signIn('bob@contoso.example', asked)).answer)
    expect((await byPassword('bob@contoso.example')).status).toBe(200)
    for (const name of ['carol@contoso.example', 'alice@contoso.example']) {
      const { answer } = await signIn(name, asked)
      expect(answer.headers).not.toHaveProperty('location')
      expect(answer.text).toContain('AADSTS50105')
      const { status, body } = await byPassword(name)
      expect({ status, error: body.error, codes: body.error_codes }).toEqual({
        status: 400,
        error: 'invalid_grant',
        codes: [50105],
      })
    }
  })

  it('is closed to everybody when it is disabled', async () => {
    const [principal] = await servicePrincipalsOf(contoso.tenantId, guarded)
    await graphOf(contoso.tenantId, 'PATCH', `/servicePrincipals/${principal?.id}`, { accountEnabled: false })
    const { answer } = await signIn('bob@contoso.example', asked)
    expect(answer.status === 302 ? redirected(answer).get('error_description') : answer.text).toContain('AADSTS7000112')
  })
})
