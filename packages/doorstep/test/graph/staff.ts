import { expect } from 'vitest'
import { contoso } from '../login/contoso.ts'
import { requestToken } from '../login/request-token.ts'
import type { Answer, RunningDoorstep } from '../support/start-doorstep.ts'

/** A tenant whose people hold different directory roles, and an application that may do everything for them. */

const password = 'Correct-horse-7-battery'

function person(name: string, directoryRoles: readonly string[] = [], more: object = {}) {
  return { userPrincipalName: `${name}@contoso.example`, displayName: name, password, directoryRoles, ...more }
}

/** May do for its users whatever they may do themselves. */
export const adminTool = { appId: '11d3a9d5-803f-4c31-9296-3e4a5f6b7c01' }
/** Has the consent that every first sign-in brings, and no more. */
export const reader = { appId: '22d3a9d5-803f-4c31-9296-3e4a5f6b7c02' }
/** Acts as itself. */
export const robot = { appId: '33d3a9d5-803f-4c31-9296-3e4a5f6b7c03', secret: 'Rob8Q~only-secret-of-the-robot-0000001' }
export const groupIds = {
  inner: '44b1e7b3-6e1d-4a1f-9074-1c2e3d4f5a04',
  outer: '55b1e7b3-6e1d-4a1f-9074-1c2e3d4f5a05',
  letters: '66b1e7b3-6e1d-4a1f-9074-1c2e3d4f5a06',
}
export const stockApi = {
  appId: '77d3a9d5-803f-4c31-9296-3e4a5f6b7c07',
  clerkRole: '88d3a9d5-803f-4c31-9296-3e4a5f6b7c08',
}

const delegated = [
  'User.Read',
  'User.ReadWrite.All',
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'DelegatedPermissionGrant.ReadWrite.All',
  'Directory.Read.All',
  'Group.Read.All',
  'Domain.Read.All',
  'AuditLog.Read.All',
  'User.ReadWrite',
  'User.Invite.All',
  'Group.ReadWrite.All',
  'RoleManagement.ReadWrite.Directory',
  'Policy.Read.All',
  'Policy.ReadWrite.Authorization',
]

/** Text of the seed file; `more` are further properties of the tenant. */
export function staffSeed(more: Readonly<Record<string, unknown>> = {}): string {
  const tenant = {
    tenantId: contoso.tenantId,
    displayName: contoso.name,
    domain: contoso.domain,
    users: [
      person('global', ['Global Administrator']),
      person('appadmin', ['Application Administrator']),
      person('cloudappadmin', ['Cloud Application Administrator']),
      person('roleadmin', ['Privileged Role Administrator']),
      person('groupadmin', ['Groups Administrator']),
      person('developer', ['Application Developer']),
      person('useradmin', ['User Administrator']),
      person('helpdesk', ['Helpdesk Administrator']),
      person('auditor', ['Global Reader']),
      person('member', [], { givenName: 'Mem', surname: 'Ber', mail: 'mem.ber@contoso.example' }),
      person('colleague'),
      person('visitor', [], { userType: 'Guest' }),
    ],
    groups: [
      { id: groupIds.inner, displayName: 'Inner', members: ['member@contoso.example'] },
      { id: groupIds.outer, displayName: 'Outer', members: ['Inner'] },
      {
        id: groupIds.letters,
        displayName: 'Letters',
        securityEnabled: false,
        mailEnabled: true,
        members: ['member@contoso.example'],
      },
    ],
    applications: [
      {
        displayName: 'admin tool',
        appId: adminTool.appId,
        isFallbackPublicClient: true,
        permissions: delegated.map((value) => `Microsoft Graph/${value}`),
        adminConsent: true,
      },
      {
        displayName: 'reader',
        appId: reader.appId,
        isFallbackPublicClient: true,
        permissions: ['Microsoft Graph/User.Read'],
        adminConsent: true,
      },
      {
        displayName: 'robot',
        appId: robot.appId,
        passwordCredentials: [{ secretText: robot.secret }],
        applicationPermissions: ['User.ReadWrite.All', 'Group.Read.All', 'Application.ReadWrite.All'].map(
          (value) => `Microsoft Graph/${value}`,
        ),
        adminConsent: true,
      },
      {
        displayName: 'stock',
        appId: stockApi.appId,
        owners: ['member@contoso.example'],
        appRoles: [
          {
            id: stockApi.clerkRole,
            value: 'Clerk',
            displayName: 'Clerk',
            description: 'May take from stock.',
            allowedMemberTypes: ['User', 'Application'],
          },
        ],
      },
    ],
    ...more,
  }
  return JSON.stringify({ tenants: [tenant] })
}

/** What somebody sends to sign in with a password. */
export function signInForm(name: string, clientId = adminTool.appId, withPassword = password) {
  return {
    grant_type: 'password',
    client_id: clientId,
    username: name.includes('@') ? name : `${name}@contoso.example`,
    password: withPassword,
    scope: 'https://graph.microsoft.com/.default openid profile email offline_access',
  }
}

export type SendToGraph = (method: string, path: string, body?: unknown) => Promise<Answer>

/** How somebody asks Graph through an application, with an access token of a real sign-in. */
export async function signedIn(cloud: RunningDoorstep, name: string, clientId = adminTool.appId): Promise<SendToGraph> {
  return bearing(cloud, await requestToken(cloud, signInForm(name, clientId)))
}

/** The same for several people. */
export async function allSignedIn<Name extends string>(
  cloud: RunningDoorstep,
  names: readonly Name[],
): Promise<Readonly<Record<Name, SendToGraph>>> {
  const all = await Promise.all(names.map(async (name) => [name, await signedIn(cloud, name)] as const))
  return Object.fromEntries(all) as Record<Name, SendToGraph>
}

/** How the robot asks Graph, or another application that acts as itself. */
export async function robotic(cloud: RunningDoorstep, client = robot): Promise<SendToGraph> {
  return bearing(
    cloud,
    await requestToken(cloud, {
      grant_type: 'client_credentials',
      client_id: client.appId,
      client_secret: client.secret,
      scope: 'https://graph.microsoft.com/.default',
    }),
  )
}

function bearing(cloud: RunningDoorstep, { status, body, text }: Answer): SendToGraph {
  expect(status, text).toBe(200)
  const authorization = `Bearer ${body.access_token}`
  return (method, path, sent) => cloud.request(method, `/graph/v1.0${path}`, sent, { authorization })
}

/** The application of Azure CLI, which may do in the directory what its user may. */
export const azureCli = { appId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46' }

/** Checks that a refusal has this status and code, and this message. */
export function expectError({ status, body, text }: Answer, expected: number, code: string, message: RegExp): void {
  expect({ status, ...body?.error }, text).toMatchObject({
    status: expected,
    code,
    message: expect.stringMatching(message),
  })
}

/** Checks that a refusal is the one for missing rights. */
export function expectDenied({ status, body, text }: Answer): void {
  expect(status, text).toBe(403)
  expect(body.error).toMatchObject({
    code: 'Authorization_RequestDenied',
    message: 'Insufficient privileges to complete the operation.',
  })
}
