import { contoso, fabrikam } from './contoso.ts'

/**
 * The cloud that the tests of user tokens start: people of two tenants, clients of every kind, and APIs of both token
 * versions. All ids are fixed.
 */

const password = 'Correct-horse-7-battery'

export const alice = {
  id: '11a0d6a2-5d0c-4f0e-8f63-0b1d2c3e4f01',
  name: 'alice@contoso.example',
  password,
  displayName: 'Alice Larsen',
  groupId: '22b1e7b3-6e1d-4a1f-9074-1c2e3d4f5a02',
}
export const disabled = { name: 'bob@contoso.example', password }
export const mustChange = { name: 'carol@contoso.example', password }
export const withoutPassword = { name: 'dave@contoso.example' }
/** A member of more groups than a token has room for. */
export const joiner = { id: '33c2f8c4-7f2e-4b20-8185-2d3f4e5a6b03', name: 'erin@contoso.example', password }

/** A program on a person's machine, consented to by the administrator. */
export const tool = { appId: '44d3a9d5-803f-4c31-9296-3e4a5f6b7c04' }
/** A program that nobody has consented to. */
export const newcomer = { appId: '55e4bae6-9140-4d42-a3a7-4f5b6a7c8d05' }
/** A web application with a secret. */
export const website = {
  appId: '66f5cbf7-a251-4e53-b4b8-5a6c7b8d9e06',
  secret: 'Web8Q~only-secret-of-the-website-000001',
}
/** The web application of a guide: it exposes nothing and asks for a token whose audience is itself. */
export const selfish = {
  appId: '77a6dca8-b362-4f64-85c9-6b7d8c9eaf07',
  secret: 'Sel8Q~only-secret-of-the-selfish-000001',
}
/** May assign app roles and nothing else. */
export const manager = {
  appId: '88b7edb9-c473-4a75-96da-7c8e9dafb008',
  secret: 'Man8Q~only-secret-of-the-manager-000001',
}

/** Version 2.0 access tokens; wants the groups of its callers. */
export const stock = {
  id: '99c8feca-d584-4b86-a7eb-8d9faeb0c109',
  appId: 'aad9afdb-e695-4c97-b8fc-9eaabfc1d20a',
  uri: 'https://stock.contoso.example',
  clerkRoleId: 'bbeab0ec-f7a6-4da8-890d-afbbc0d2e30b',
}
/** Version 1.0 access tokens; its identifier ends in a slash. */
export const diary = { appId: 'ccfbc1fd-08b7-4eb9-9a1e-b0ccd1e3f40c', uri: 'https://diary.contoso.example/' }

export const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
export const azurePowerShell = '1950a258-227b-4e31-a9cf-717495945fc2'
export const graph = 'https://graph.microsoft.com'

function scope(value: string) {
  return { value, type: 'User', isEnabled: true, adminConsentDisplayName: value, adminConsentDescription: value }
}

function users(passwordOfAlice: string) {
  return [
    {
      id: alice.id,
      userPrincipalName: alice.name,
      displayName: alice.displayName,
      givenName: 'Alice',
      surname: 'Larsen',
      mail: 'alice.larsen@contoso.example',
      password: passwordOfAlice,
    },
    { userPrincipalName: disabled.name, displayName: 'Bob', password, accountEnabled: false },
    {
      userPrincipalName: mustChange.name,
      displayName: 'Carol',
      passwordProfile: { password, forceChangePasswordNextSignIn: true },
    },
    { userPrincipalName: withoutPassword.name, displayName: 'Dave' },
    { id: joiner.id, userPrincipalName: joiner.name, displayName: 'Erin', password },
  ]
}

function groups() {
  const crowd = Array.from({ length: 201 }, (_, index) => ({
    displayName: `Crowd ${index}`,
    members: [joiner.name],
  }))
  return [
    { id: alice.groupId, displayName: 'Clerks', members: [alice.name] },
    { displayName: 'Readers of a newsletter', securityEnabled: false, mailEnabled: true, members: [alice.name] },
    ...crowd,
  ]
}

function applications() {
  return [
    {
      displayName: 'Stock',
      appId: stock.appId,
      id: stock.id,
      identifierUris: [stock.uri],
      groupMembershipClaims: 'SecurityGroup',
      api: { requestedAccessTokenVersion: 2, oauth2PermissionScopes: [scope('Stock.Read'), scope('Stock.Write')] },
      appRoles: [
        {
          id: stock.clerkRoleId,
          value: 'Clerk',
          displayName: 'Clerk',
          description: 'May take from stock.',
          allowedMemberTypes: ['User'],
        },
      ],
    },
    {
      displayName: 'Diary',
      appId: diary.appId,
      identifierUris: [diary.uri],
      api: { oauth2PermissionScopes: [scope('Entries.Read')] },
    },
    {
      displayName: 'tool',
      appId: tool.appId,
      signInAudience: 'AzureADMultipleOrgs',
      isFallbackPublicClient: true,
      groupMembershipClaims: 'SecurityGroup',
      permissions: ['Microsoft Graph/User.Read', 'Stock/Stock.Read', 'Diary/Entries.Read'],
      adminConsent: true,
    },
    {
      displayName: 'newcomer',
      appId: newcomer.appId,
      isFallbackPublicClient: true,
      permissions: ['Stock/Stock.Read'],
    },
    {
      displayName: 'website',
      appId: website.appId,
      passwordCredentials: [{ secretText: website.secret }],
      permissions: ['Microsoft Graph/User.Read', 'Stock/Stock.Read'],
      adminConsent: true,
    },
    {
      displayName: 'selfish',
      appId: selfish.appId,
      passwordCredentials: [{ secretText: selfish.secret }],
      permissions: ['Microsoft Graph/User.Read'],
      adminConsent: true,
    },
    {
      displayName: 'manager',
      appId: manager.appId,
      passwordCredentials: [{ secretText: manager.secret }],
      applicationPermissions: [
        'Microsoft Graph/AppRoleAssignment.ReadWrite.All',
        'Microsoft Graph/Application.ReadWrite.All',
      ],
      adminConsent: true,
    },
  ]
}

/** Text of the seed file; `more` are its further top-level settings. */
export function peopleSeed(more: Readonly<Record<string, unknown>> = {}, passwordOfAlice = password): string {
  return JSON.stringify({
    tenants: [
      {
        tenantId: contoso.tenantId,
        displayName: contoso.name,
        domain: contoso.domain,
        users: users(passwordOfAlice),
        groups: groups(),
        applications: applications(),
      },
      {
        tenantId: fabrikam.tenantId,
        displayName: fabrikam.name,
        domain: fabrikam.domain,
        guests: [alice.name],
      },
    ],
    ...more,
  })
}

/** What the tool sends for Alice's tokens. */
export function passwordForm(members: Readonly<Record<string, string | undefined>> = {}) {
  return {
    grant_type: 'password',
    client_id: tool.appId,
    username: alice.name,
    password: alice.password,
    scope: `${stock.uri}/.default openid profile offline_access`,
    client_info: '1',
    ...members,
  }
}
