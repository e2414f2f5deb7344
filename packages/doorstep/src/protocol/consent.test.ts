import { describe, expect, it } from 'vitest'
import { type Application, newApplication, type PermissionScope } from '../directory/application.ts'
import { roleTemplateId } from '../directory/directory-role.ts'
import { firstPartyApplications } from '../directory/first-party.ts'
import type { PermissionGrant } from '../directory/permission.ts'
import { permissionGrantId } from '../directory/permission-id.ts'
import { type ConsentSituation, decideConsent } from './consent.ts'
import { grantedScopes, type ResourceInTenant, scopeEcho } from './granted-scopes.ts'
import { shownPermissions } from './listed-permissions.ts'
import { consentChanges } from './record-consent.ts'

const guid = (digit: string) => `${digit.repeat(8)}-0000-4000-8000-000000000000`
const [clientId, graphId, apiId, alice, bob] = [guid('c'), guid('9'), guid('a'), guid('1'), guid('2')]
const administrator = [roleTemplateId('Global Administrator')]

const graphApplication = firstPartyApplications((text) => text).find(
  ({ displayName }) => displayName === 'Microsoft Graph',
)
if (!graphApplication) throw new Error('Microsoft Graph is missing.')
const graph: ResourceInTenant = { application: graphApplication, servicePrincipalId: graphId }
const graphScopeId = (value: string) =>
  graphApplication.api.oauth2PermissionScopes.find((scope) => scope.value === value)?.id ?? ''

function application(appId: string, properties: Partial<Application> = {}): Application {
  const identity = { id: `object-${appId}`, appId, tenantId: 't', publisherDomain: 'd.example', createdDateTime: '' }
  return { ...newApplication({ displayName: appId }, identity), ...properties }
}

function scope(value: string, properties: Partial<PermissionScope> = {}): PermissionScope {
  return {
    id: `id-${value}`,
    value,
    type: 'User',
    isEnabled: true,
    adminConsentDisplayName: `Admin ${value}`,
    adminConsentDescription: `Admin describes ${value}`,
    userConsentDisplayName: null,
    userConsentDescription: null,
    ...properties,
  }
}

const plainApi = application('api')
const api: ResourceInTenant = {
  servicePrincipalId: apiId,
  application: {
    ...plainApi,
    appRoles: [
      {
        id: 'id-role',
        value: 'Data.All',
        displayName: 'All data',
        description: 'Reads all',
        isEnabled: true,
        allowedMemberTypes: ['Application'],
      },
    ],
    api: {
      ...plainApi.api,
      oauth2PermissionScopes: [
        scope('read', { userConsentDisplayName: 'Read yours', userConsentDescription: 'Reads what is yours' }),
        scope('write'),
        scope('manage', { type: 'Admin' }),
        scope('gone', { isEnabled: false }),
      ],
      preAuthorizedApplications: [{ appId: 'trusted', delegatedPermissionIds: ['id-read'] }],
    },
  },
}

function grant(resourceId: string, granted: string, principalId: string | null = alice): PermissionGrant {
  return {
    id: permissionGrantId(clientId, resourceId, principalId),
    tenantId: 't',
    clientId,
    consentType: principalId === null ? 'AllPrincipals' : 'Principal',
    principalId,
    resourceId,
    scope: granted,
  }
}

const lists = (resourceAppId: string, id: string, type: 'Scope' | 'Role' = 'Scope') => ({
  resourceAppId,
  resourceAccess: [{ id, type }],
})
const listsBoth = [lists(graphApplication.appId, graphScopeId('User.Read')), lists('api', 'id-read')]
const ask = (resource: ResourceInTenant, scopes: readonly string[] | 'default') => ({
  resource,
  scopes,
  identifier: resource.application.appId,
})

function situation(properties: Partial<ConsentSituation> = {}): ConsentSituation {
  return {
    application: application('client', { requiredResourceAccess: listsBoth }),
    servicePrincipalId: clientId,
    tenant: { usersCanConsent: true, displayName: 'Contoso' },
    user: { id: alice, directoryRoleIds: [] },
    openId: new Set(),
    asked: [ask(api, ['read'])],
    apis: [graph, api],
    absentApis: [],
    nextHops: [],
    permissionGrants: [],
    prompt: undefined,
    consent: 'ask',
    ...properties,
  }
}

/** A decision in short: its kind and the values of its permissions. */
function decided(properties: Partial<ConsentSituation>): string {
  const decision = decideConsent(situation(properties))
  const permissions = decision.kind === 'granted' ? decision.unrecorded : decision.permissions
  const reach = decision.kind === 'ask' ? ` for ${decision.grantsFor}` : ''
  return [decision.kind + reach, ...permissions.map(({ value }) => value)].join(' ')
}

const baseline = 'openid profile offline_access User.Read'
const sso = grant(graphId, 'openid profile offline_access User.Read')

describe('consent', () => {
  it.each<[string, Partial<ConsentSituation>, string]>([
    ['is asked for the first time with what every sign-in needs', {}, `ask for user ${baseline} read`],
    ['is asked for what is new', { permissionGrants: [sso] }, 'ask for user read'],
    ['holds when the user gave it', { permissionGrants: [sso, grant(apiId, ' READ ')] }, 'granted'],
    ['holds when an administrator gave it', { permissionGrants: [sso, grant(apiId, 'read', null)] }, 'granted'],
    ['of another user does not count', { permissionGrants: [sso, grant(apiId, 'read', bob)] }, 'ask for user read'],
    ['is not needed where the API trusts the client', { application: application('trusted') }, 'granted'],
    [
      'is needed for OpenID Connect scopes too',
      { openId: new Set(['openid', 'email']), asked: [] },
      `ask for user ${baseline} email`,
    ],
    [
      'is not asked for again for OpenID Connect scopes alone',
      { openId: new Set(['openid', 'email']), asked: [], permissionGrants: [grant(graphId, 'User.Read', null)] },
      'granted',
    ],
    [
      'is asked again for prompt=consent',
      { permissionGrants: [sso, grant(apiId, 'read')], prompt: 'consent' },
      'ask for user read',
    ],
    [
      'may be given for everybody by an administrator',
      { permissionGrants: [sso], user: { id: alice, directoryRoleIds: administrator } },
      'ask for userOrOrganization read',
    ],
    [
      'to an Admin scope is for administrators',
      { permissionGrants: [sso], asked: [ask(api, ['manage'])] },
      'adminNeeded manage',
    ],
    [
      'to an Admin scope can be given by one',
      { permissionGrants: [sso], asked: [ask(api, ['manage'])], user: { id: alice, directoryRoleIds: administrator } },
      'ask for userOrOrganization manage',
    ],
    [
      'is for administrators where users may not consent',
      { permissionGrants: [sso], tenant: { usersCanConsent: false, displayName: 'Contoso' } },
      'adminNeeded read',
    ],
    [
      'is not asked for where the local cloud consents to all',
      { consent: 'auto', asked: [ask(api, ['manage'])], prompt: 'consent' },
      `granted ${baseline} manage`,
    ],
  ])('%s', (_name, properties, expected) => {
    expect(decided(properties)).toBe(expected)
  })

  it('is put in words for users, and in those for administrators where there are no others', () => {
    const decision = decideConsent(situation({ permissionGrants: [sso], asked: [ask(api, ['read', 'write'])] }))
    expect(decision).toMatchObject({
      permissions: [
        { name: 'Read yours', description: 'Reads what is yours', value: 'read', resource: 'api', kind: 'delegated' },
        { name: 'Admin write', description: 'Admin describes write', value: 'write', needsAdministrator: false },
      ],
    })
  })

  it('is refused with 65001 when nobody may be asked', () => {
    expect(() => decided({ prompt: 'none' })).toThrow(
      expect.objectContaining({ code: 65001, error: 'interaction_required' }),
    )
    expect(decided({ prompt: 'none', permissionGrants: [sso, grant(apiId, 'read')] })).toBe('granted')
  })

  it.each(['nothing', 'gone'])('to the scope %s is refused with 650053', (name) => {
    expect(() => decided({ asked: [ask(api, [name])] })).toThrow(
      `AADSTS650053: The application 'client' asked for scope '${name}' that doesn't exist on the resource 'api'. Contact the app vendor.`,
    )
  })

  it("to Microsoft's own clients comes with them for signing in", () => {
    const own = application('client', { tenantId: graphApplication.tenantId })
    const grants = [grant(apiId, 'read')]
    expect(decided({ application: own, openId: new Set(['openid', 'offline_access']), permissionGrants: grants })).toBe(
      'granted',
    )
  })

  it('is shown with one line for signing in and reading the profile', () => {
    const decision = decideConsent(situation())
    if (decision.kind !== 'ask') throw new Error(decision.kind)
    expect(shownPermissions(decision.permissions).map(({ value }) => value)).toEqual([
      'offline_access',
      'User.Read',
      'read',
    ])
  })
})

describe('consent to .default', () => {
  it.each<[string, Partial<ConsentSituation>, string]>([
    ['asks for everything the registration lists', { asked: [ask(api, 'default')] }, `ask for user ${baseline} read`],
    [
      'holds as soon as anything of the API is granted',
      { asked: [ask(api, 'default')], permissionGrants: [grant(apiId, 'write')] },
      'granted',
    ],
    [
      'is not asked for again for OpenID Connect scopes alone',
      { openId: new Set(['openid', 'email']), asked: [], permissionGrants: [grant(graphId, 'User.Read', null)] },
      'granted',
    ],
    [
      'is asked again for prompt=consent',
      { asked: [ask(api, 'default')], permissionGrants: [sso, grant(apiId, 'write')], prompt: 'consent' },
      'ask for user User.Read read',
    ],
    [
      'of Microsoft Graph needs no list',
      { asked: [ask(graph, 'default')], application: application('client') },
      `ask for user ${baseline}`,
    ],
  ])('%s', (_name, properties, expected) => {
    expect(decided(properties)).toBe(expected)
  })

  it('of an API that is not listed is refused with 650057', () => {
    const unlisted = application('client', { requiredResourceAccess: [lists(graphApplication.appId, 'x')] })
    expect(() => decided({ asked: [ask(api, 'default')], application: unlisted })).toThrow(
      expect.objectContaining({ code: 650057, error: 'invalid_resource' }),
    )
  })
})

describe('an application that asks for itself', () => {
  const itself: ResourceInTenant = { application: application('client'), servicePrincipalId: clientId }
  const asked = [ask(itself, 'default')]

  it('needs no scope of its own, only to be allowed to read the user', () => {
    expect(decided({ asked, application: itself.application, permissionGrants: [grant(graphId, 'User.Read')] })).toBe(
      'granted',
    )
    expect(decided({ asked, application: itself.application })).toBe(`ask for user ${baseline}`)
  })

  it('gets a token that says so', () => {
    const client = { appId: 'client', servicePrincipalId: clientId }
    const access = { client, resource: itself, userId: alice }
    expect(grantedScopes({ ...access, permissionGrants: [sso] })).toEqual(['User.Read'])
    expect(grantedScopes({ ...access, permissionGrants: [] })).toEqual([])
  })
})

describe('prompt=admin_consent', () => {
  const listing = application('client', { requiredResourceAccess: [...listsBoth, lists('api', 'id-role', 'Role')] })

  it('asks an administrator for the whole list, for everybody', () => {
    const user = { id: alice, directoryRoleIds: administrator }
    const asked = [ask(api, 'default')]
    expect(decided({ application: listing, user, asked, prompt: 'admin_consent' })).toBe(
      `ask for organization ${baseline} read Data.All`,
    )
    expect(decided({ application: listing, user, asked: [], prompt: 'admin_consent' })).toBe(
      `ask for organization ${baseline} read Data.All`,
    )
  })

  it('asks for what is named alone, where scopes are', () => {
    const user = { id: alice, directoryRoleIds: administrator }
    const asked = [ask(api, ['write'])]
    expect(decided({ application: listing, user, asked, prompt: 'admin_consent' })).toBe(
      `ask for organization ${baseline} write`,
    )
  })

  it('is refused to others with 90093', () => {
    expect(() => decided({ application: listing, prompt: 'admin_consent' })).toThrow(
      expect.objectContaining({ code: 90093, error: 'access_denied' }),
    )
  })
})

describe('recording consent', () => {
  const first = decideConsent(situation())
  const given = {
    tenantId: 't',
    servicePrincipalId: clientId,
    principalId: alice as string | null,
    permissions: first.kind === 'ask' ? first.permissions : [],
    permissionGrants: [] as readonly PermissionGrant[],
    appRoleAssignments: [],
    now: '2026-03-01T09:30:00Z',
    newId: () => guid('5'),
  }

  it('makes a grant for each API', () => {
    expect(consentChanges(given)).toEqual([
      { change: 'createPermissionGrant', grant: grant(graphId, baseline) },
      { change: 'createPermissionGrant', grant: grant(apiId, 'read') },
    ])
  })

  it('adds to what there is, and writes nothing that everybody has', () => {
    const permissionGrants = [
      grant(graphId, 'Openid  Mail.Read'),
      grant(graphId, 'profile', null),
      grant(apiId, 'read', null),
    ]
    expect(consentChanges({ ...given, permissionGrants })).toEqual([
      {
        change: 'updatePermissionGrant',
        before: grant(graphId, 'Openid  Mail.Read'),
        grant: grant(graphId, 'Openid Mail.Read offline_access User.Read'),
      },
    ])
  })

  it('for everybody leaves the grants of persons alone', () => {
    const changes = consentChanges({ ...given, principalId: null, permissionGrants: [grant(apiId, 'read')] })
    expect(changes).toContainEqual({ change: 'createPermissionGrant', grant: grant(apiId, 'read', null) })
  })

  it('gives application permissions, once, and only for everybody', () => {
    const user = { id: alice, directoryRoleIds: administrator }
    const listing = application('client', { requiredResourceAccess: [lists('api', 'id-role', 'Role')] })
    const asked = decideConsent(situation({ application: listing, user, asked: [], prompt: 'admin_consent' }))
    const permissions = asked.kind === 'ask' ? asked.permissions.filter(({ kind }) => kind === 'application') : []
    const [change] = consentChanges({ ...given, principalId: null, permissions })
    expect(change).toMatchObject({
      change: 'createAppRoleAssignment',
      assignment: { appRoleId: 'id-role', principalId: clientId, resourceId: apiId, principalType: 'ServicePrincipal' },
    })
    expect(consentChanges({ ...given, permissions })).toEqual([])
    const held = change?.change === 'createAppRoleAssignment' ? [change.assignment] : []
    expect(consentChanges({ ...given, principalId: null, permissions, appRoleAssignments: held })).toEqual([])
  })
})

describe('the scopes of a token', () => {
  const client = { appId: 'client', servicePrincipalId: clientId }

  it('are all that was granted and still exists, whatever was asked for', () => {
    const permissionGrants = [
      grant(apiId, 'write gone unknown'),
      grant(apiId, 'read', null),
      grant(apiId, 'manage', bob),
    ]
    expect(grantedScopes({ client, resource: api, userId: alice, permissionGrants })).toEqual(['read', 'write'])
  })

  it('hold what the API trusts the client with', () => {
    const trusted = { ...client, appId: 'trusted' }
    expect(grantedScopes({ client: trusted, resource: api, userId: alice, permissionGrants: [] })).toEqual(['read'])
  })

  it('never hold offline_access', () => {
    const granted = grantedScopes({ client, resource: graph, userId: alice, permissionGrants: [sso] })
    expect(granted).toEqual(['openid', 'profile', 'User.Read'])
  })

  it.each([
    ['https://graph.microsoft.com', 'short', ['User.Read'], 'openid profile User.Read'],
    ['https://graph.microsoft.com', 'full', ['User.Read'], 'openid profile https://graph.microsoft.com/User.Read'],
    [
      'https://graph.microsoft.com',
      'full',
      'default',
      'openid profile https://graph.microsoft.com/User.Read https://graph.microsoft.com/.default',
    ],
    ['https://graph.microsoft.com', 'short', 'default', 'openid profile User.Read .default'],
  ] as const)('of %s are echoed %s for %s', (identifier, form, scopes, echo) => {
    expect(scopeEcho({ identifier, form, scopes }, ['openid', 'profile', 'User.Read'])).toBe(echo)
  })

  it('of other APIs are echoed with the name by which the request called them', () => {
    expect(scopeEcho({ identifier: 'api://a', form: 'full', scopes: ['x'] }, ['x', 'y'])).toBe('api://a/x api://a/y')
    expect(scopeEcho({ identifier: 'https://r/', form: 'full', scopes: 'default' }, ['x'])).toBe(
      'https://r//x https://r//.default',
    )
  })
})
