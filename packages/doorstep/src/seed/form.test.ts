import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseSeed, SeedError, type SeedProblem } from '../seed.ts'

function problemsOf(text: string): readonly SeedProblem[] {
  try {
    parseSeed(text, 'doorstep.yaml')
  } catch (error) {
    if (error instanceof SeedError) return error.problems
    throw error
  }
  return []
}

const tenant = (rest: string) => `tenants: [{ displayName: Contoso, domain: contoso.example, ${rest} }]`
const application = (rest: string) => tenant(`applications: [{ displayName: extractor, ${rest} }]`)
const subscription = (rest: string) => tenant(`subscriptions: [{ displayName: Paid, ${rest} }]`)
const fabrikam = 'displayName: Fabrikam, domain: fabrikam.example'

const wrong: readonly (readonly [what: string, text: string, path: string, message: RegExp])[] = [
  ['an unknown part', 'tenant: []', 'tenant', /There is no 'tenant' here\. Did you mean 'tenants'\?/],
  [
    'an unknown property of an application',
    application('signinAudience: AzureADMyOrg'),
    'tenants[0].applications[0].signinAudience',
    /Did you mean 'signInAudience'\?/,
  ],
  [
    'an unknown property deep inside',
    application('web: { redirectUrls: [] }'),
    'tenants[0].applications[0].web.redirectUrls',
    /Did you mean 'redirectUris'\?/,
  ],
  [
    'a word that resembles nothing',
    subscription('xyzzy: 1'),
    'tenants[0].subscriptions[0].xyzzy',
    /There are: subscriptionId, displayName/,
  ],
  ['a tenant without a domain', 'tenants: [{ displayName: A }]', 'tenants[0].domain', /It is missing: expected text/],
  [
    'a domain that is none',
    'tenants: [{ displayName: A, domain: "contoso example" }]',
    'tenants[0].domain',
    /Expected a domain such as contoso\.example/,
  ],
  [
    'a personal account at the domain of a tenant',
    `${tenant('users: []')}\npersonalAccounts: [{ userPrincipalName: dave@Contoso.example, displayName: Dave }]`,
    'personalAccounts[0].userPrincipalName',
    /^The domain contoso\.example is that of tenants\[0\]; a personal account has another one, such as outlook\.example/,
  ],
  [
    'a personal account twice',
    'personalAccounts: [{ userPrincipalName: d@o.example, displayName: D }, { userPrincipalName: D@o.example, displayName: D }]',
    'personalAccounts[1].userPrincipalName',
    /is the value of personalAccounts\[0\]\.userPrincipalName already/,
  ],
  [
    'a personal account with the id of a work account',
    'personalAccounts: [{ id: 0a123b56-c987-4321-abcd-1a2b3c4d5e6f, userPrincipalName: d@o.example, displayName: D }]',
    'personalAccounts[0].id',
    /which begins with 00000000-0000-0000-/,
  ],
  [
    'a personal account with a role',
    'personalAccounts: [{ userPrincipalName: d@o.example, displayName: D, directoryRoles: [Global Administrator] }]',
    'personalAccounts[0].directoryRoles',
    /There is no 'directoryRoles' here/,
  ],
  [
    'a guest who is nobody',
    `${tenant('guests: [dav@outlook.example]')}\npersonalAccounts: [{ userPrincipalName: dave@outlook.example, displayName: Dave }]`,
    'tenants[0].guests[0]',
    /or a personal account, of this file; .*Did you mean 'dave@outlook\.example'\?/,
  ],
  ['a list where an object belongs', 'tenants: [[]]', 'tenants[0]', /Expected an object .*, found a list/],
  ['an object where a list belongs', 'tenants: {}', 'tenants', /Expected a list, found an object/],
  ['nothing where text belongs', tenant('countryLetterCode: 47'), 'tenants[0].countryLetterCode', /Put it in quotes/],
  [
    'a password without quotes',
    tenant('users: [{ userPrincipalName: a@contoso.example, displayName: A, password: 1234 }]'),
    'tenants[0].users[0].password',
    /^Expected text, found a number\. Put it in quotes\.$/,
  ],
  [
    'a user of another domain',
    tenant('users: [{ userPrincipalName: a@fabrikam.example, displayName: A }]'),
    'tenants[0].users[0].userPrincipalName',
    /such as a@contoso\.example; users of other tenants go under guests/,
  ],
  [
    'a user twice',
    tenant(
      'users: [{ userPrincipalName: a@contoso.example, displayName: A }, { userPrincipalName: A@contoso.example, displayName: B }]',
    ),
    'tenants[0].users[1].userPrincipalName',
    /tenants\[0\]\.users\[0\]\.userPrincipalName already/,
  ],
  [
    'an unknown directory role',
    tenant(
      'users: [{ userPrincipalName: a@contoso.example, displayName: A, directoryRoles: [Aplication Administrator] }]',
    ),
    'tenants[0].users[0].directoryRoles[0]',
    /Did you mean 'Application Administrator'\?/,
  ],
  [
    'an unknown member',
    tenant(
      'users: [{ userPrincipalName: alice@contoso.example, displayName: A }], groups: [{ displayName: G, members: [alise@contoso.example] }]',
    ),
    'tenants[0].groups[0].members[0]',
    /Did you mean 'alice@contoso\.example'\?/,
  ],
  [
    'a name that means two things',
    tenant(
      'groups: [{ displayName: Same }, { displayName: G, members: [Same] }], applications: [{ displayName: Same }]',
    ),
    'tenants[0].groups[1].members[0]',
    /'Same' is declared more than once/,
  ],
  ['a guest of nowhere', tenant('guests: [bob@fabrikam.example]'), 'tenants[0].guests[0]', /user of another tenant/],
  [
    'an audience that does not exist',
    application('signInAudience: AzureAdMyOrg'),
    'tenants[0].applications[0].signInAudience',
    /Did you mean 'AzureADMyOrg'\?/,
  ],
  ['a client id that is none', application('appId: extractor'), 'tenants[0].applications[0].appId', /Expected a GUID/],
  [
    'the client id of Microsoft Graph',
    application('appId: 00000003-0000-0000-c000-000000000000'),
    'tenants[0].applications[0].appId',
    /every local cloud has/,
  ],
  [
    'a redirect URI without https',
    application('web: { redirectUris: ["http://app.contoso.example"] }'),
    'tenants[0].applications[0].web.redirectUris[0]',
    /https/,
  ],
  [
    'a redirect URI under two platforms',
    application('web: { redirectUris: ["https://a.example"] }, spa: { redirectUris: ["https://a.example"] }'),
    'tenants[0].applications[0].spa.redirectUris',
    /in web\.redirectUris already/,
  ],
  [
    'an identifier URI of somebody else',
    application('identifierUris: ["api://orders"]'),
    'tenants[0].applications[0].identifierUris',
    /neither the id of the application/,
  ],
  [
    'a permission without an API',
    application('permissions: [User.Read]'),
    'tenants[0].applications[0].permissions[0]',
    /an API, a slash and a permission/,
  ],
  [
    'a permission of an unknown API',
    application('permissions: [Microsoft Grap/User.Read]'),
    'tenants[0].applications[0].permissions[0]',
    /Did you mean 'Microsoft Graph'\?/,
  ],
  [
    'an unknown permission',
    application('permissions: [Microsoft Graph/User.Raed]'),
    'tenants[0].applications[0].permissions[0]',
    /Microsoft Graph has no delegated permission 'User\.Raed'\. Did you mean 'User\.Read'\?/,
  ],
  [
    'an application permission among the delegated ones',
    application('permissions: [Microsoft Graph/Application.ReadWrite.OwnedBy]'),
    'tenants[0].applications[0].permissions[0]',
    /list it under applicationPermissions/,
  ],
  [
    'a delegated permission among the application ones',
    application('applicationPermissions: [Microsoft Graph/User.Read]'),
    'tenants[0].applications[0].applicationPermissions[0]',
    /list it under permissions/,
  ],
  [
    'a cluster that nobody names',
    application('permissions: [CDF westeurope-2/user_impersonation]'),
    'tenants[0].applications[0].permissions[0]',
    /Did you mean 'CDF westeurope-1'\?/,
  ],
  [
    'a single-tenant API of another tenant',
    `tenants: [{ displayName: C, domain: contoso.example, applications: [{ displayName: a, permissions: [Orders API/Orders.Read] }] }, { ${fabrikam}, applications: [{ displayName: Orders API, api: { oauth2PermissionScopes: [{ value: Orders.Read }] } }] }]`,
    'tenants[0].applications[0].permissions[0]',
    /There is no API 'Orders API'/,
  ],
  [
    'a secret without text',
    application('passwordCredentials: [{ displayName: ci }]'),
    'tenants[0].applications[0].passwordCredentials[0].secretText',
    /It is missing/,
  ],
  [
    'a certificate that is none',
    application('keyCredentials: [{ key: bm90IGEgY2VydGlmaWNhdGU= }]'),
    'tenants[0].applications[0].keyCredentials[0].key',
    /Expected a certificate/,
  ],
  [
    'an app role for nobody',
    application('appRoles: [{ value: Export, allowedMemberTypes: [] }]'),
    'tenants[0].applications[0].appRoles[0].allowedMemberTypes',
    /empty/,
  ],
  [
    'an unknown role',
    tenant(
      'applications: [{ displayName: a }], subscriptions: [{ displayName: P, roleAssignments: [{ principal: a, role: Raeder }] }]',
    ),
    'tenants[0].subscriptions[0].roleAssignments[0].role',
    /Did you mean 'Reader'\?/,
  ],
  [
    'a role for nobody',
    subscription('roleAssignments: [{ principal: nobody, role: Reader }]'),
    'tenants[0].subscriptions[0].roleAssignments[0].principal',
    /There is no user or group or application 'nobody' here/,
  ],
  [
    'a scope in another subscription',
    subscription('roleAssignments: [{ principal: a, role: Reader, scope: /subscriptions/1/resourceGroups/rg }]'),
    'tenants[0].subscriptions[0].roleAssignments[0].scope',
    /Expected a scope in this subscription/,
  ],
  [
    'a resource group that is not there',
    subscription(
      'resourceGroups: [{ name: rg-001, location: westeurope }], roleAssignments: [{ principal: a, role: Reader, scope: /resourceGroups/rg-002 }]',
    ),
    'tenants[0].subscriptions[0].roleAssignments[0].scope',
    /Did you mean 'rg-001'\?/,
  ],
  ['a duration without a unit', 'accessTokenLifetime: "75"', 'accessTokenLifetime', /75m, 1h or 90d/],
  ['a lifetime of two days', 'accessTokenLifetime: 2d', 'accessTokenLifetime', /at most 24h/],
  [
    'a delay that is none',
    'propagation: { roleAssignments: soon }',
    'propagation.roleAssignments',
    /a whole number and a unit/,
  ],
  ['a way to consent that is none', 'consent: never', 'consent', /Expected ask or auto/],
  [
    'an energy instance of no application',
    'energy: [{ name: e, application: x }]',
    'energy[0].application',
    /There is no application 'x'/,
  ],
  [
    'a CDF group of no group',
    'cdf: [{ cluster: api, projects: [{ name: p, groups: [{ name: g, source: Readers }] }] }]',
    'cdf[0].projects[0].groups[0].source',
    /There is no group 'Readers' here/,
  ],
  ['a key twice', 'consent: ask\nconsent: auto', '', /Map keys must be unique at line 2/],
  ['a text that is no YAML', 'tenants: [', '', /line 1/],
  ['an anchor inside itself', 'tenants: &a [*a]', '', /anchors/],
]

describe('a seed file with a mistake', () => {
  it.each(wrong)('names the place and the way out: %s', (_what, text, path, message) => {
    const problem = problemsOf(text).find((candidate) => candidate.path === path)
    expect(problemsOf(text).map((found) => found.path)).toContain(path)
    expect(problem?.message).toMatch(message)
  })

  it('is told every mistake at once', () => {
    const text = `${application('signInAudience: nobody, permissions: [Nowhere/x], tag: []')}\nconsent: never`
    expect(problemsOf(text).map(({ path }) => path)).toEqual([
      'tenants[0].applications[0].signInAudience',
      'tenants[0].applications[0].tag',
      'consent',
      'tenants[0].applications[0].permissions[0]',
    ])
  })

  it('is refused with one message that lists them under the name of the file', () => {
    const parse = () => parseSeed('consent: never\nenergy: 5', 'contoso.yaml')
    expect(parse).toThrow(
      /^contoso\.yaml has 2 problems:\n {2}energy: Expected a list, found a number\.\n {2}consent: /,
    )
  })

  it('never sees its secrets repeated in a message', () => {
    const text = application('passwordCredentials: [{ displayName: ci, secretText: [hush-hush] }]')
    expect(JSON.stringify(problemsOf(text))).not.toContain('hush')
  })

  it('is refused when its anchors expand to more than anybody wrote', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(20).fill(`*${of}`).join(', ')}]`
    const bomb = ['a: &a [x]', level('b', 'a'), level('c', 'b'), level('d', 'c'), level('e', 'd')].join('\n')
    expect(problemsOf(bomb)).toMatchObject([{ path: '', message: expect.stringMatching(/anchors/) }])
  })
})

describe('a seed file without mistakes', () => {
  it('is read from YAML and from JSON alike', () => {
    const yaml = tenant('applications: [{ displayName: extractor }]')
    const json = JSON.stringify({
      tenants: [{ displayName: 'Contoso', domain: 'contoso.example', applications: [{ displayName: 'extractor' }] }],
    })
    expect(parseSeed(yaml, 'a.yaml')).toEqual(parseSeed(json, 'a.json'))
  })

  it('may be empty', () => {
    expect(parseSeed('', 'empty.yaml')).toEqual({})
  })

  it('has its durations in seconds and its GUIDs in lower case', () => {
    const seed = parseSeed(
      `${application('appId: 0A123B56-C987-4321-ABCD-1A2B3C4D5E6F')}\naccessTokenLifetime: 75m\npropagation: { consents: 1h }`,
      'a.yaml',
    )
    expect(seed.accessTokenLifetime).toBe(4500)
    expect(seed.propagation).toEqual({ consents: 3600 })
    expect(seed.tenants?.[0]?.applications?.[0]?.appId).toBe('0a123b56-c987-4321-abcd-1a2b3c4d5e6f')
  })

  it('gets the same ids for its scopes and roles each time it is read', () => {
    const text = application('api: { oauth2PermissionScopes: [{ value: Read }] }')
    const scopes = () => parseSeed(text, 'a.yaml').tenants?.[0]?.applications?.[0]?.api?.oauth2PermissionScopes
    expect(scopes()?.[0]?.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(scopes()).toEqual(scopes())
  })

  it('may name an API by its client id or identifier URI, and by any case', () => {
    const text = application(
      'permissions: [00000003-0000-0000-c000-000000000000/user.read, "https://graph.microsoft.com/User.Read", microsoft graph/Mail.Read]',
    )
    expect(problemsOf(text)).toEqual([])
  })

  it('is the example of this repository', () => {
    const example = readFileSync(new URL('../../../../examples/doorstep.yaml', import.meta.url), 'utf8')
    expect(problemsOf(example)).toEqual([])
  })

  it('has its identifier URIs judged beside whatever else is wrong', () => {
    const problems = problemsOf(application('identifierUris: [api://elsewhere/x], signinAudience: AzureADMyOrg'))
    expect(problems.map(({ path }) => path)).toEqual([
      'tenants[0].applications[0].signinAudience',
      'tenants[0].applications[0].identifierUris',
    ])
    expect(problems[1]?.message).toContain('use api:// and its appId, which the file then has to give')
  })

  it('is told which clusters there are, when it asks for the API of another', () => {
    const [problem] = problemsOf(application('permissions: [CDF foo/IDENTITY]'))
    expect(problem?.message).toMatch(/There is no API 'CDF foo'\. There are: .*CDF westeurope-1/)
  })
})
