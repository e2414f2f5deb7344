import { createHash, randomUUID, sign } from 'node:crypto'
import { makeSelfSignedCertificate } from '../../support/self-signed-certificate.ts'
import { type RunningDoorstep, type StartOptions, startDoorstep } from '../../support/start-doorstep.ts'
import { contoso, fabrikam } from '../contoso.ts'
import { accessTokenOf, requestToken } from '../request-token.ts'

/** The cloud that is fuzzed: clients of every kind, with names that are markup themselves. */

const password = 'Fuzz-correct-horse-7-battery'

export const people = {
  alice: { name: 'alice@contoso.example', password },
  admin: { name: 'admin@contoso.example', password },
}

/** A client and the redirect URIs that are registered for it. */
export interface FuzzedClient {
  readonly appId: string
  readonly redirectUris: readonly string[]
}

export const website = {
  id: '1f000000-0000-4000-8000-00000000000b',
  appId: '1f000000-0000-4000-8000-000000000001',
  redirectUris: ['https://web.fuzz.example/signin', 'https://web.fuzz.example/query?a=b', 'http://localhost:8080'],
}
export const wild = {
  appId: '1f000000-0000-4000-8000-000000000002',
  redirectUris: ['https://*.wild.fuzz.example/in'],
}
export const page = {
  appId: '1f000000-0000-4000-8000-000000000003',
  redirectUris: ['http://localhost:3000/auth', 'https://spa.fuzz.example/'],
}
export const tool = {
  appId: '1f000000-0000-4000-8000-000000000004',
  redirectUris: ['http://localhost', 'urn:ietf:wg:oauth:2.0:oob', 'msalfuzz://auth'],
}
/** Nobody has consented to it. */
export const newcomer = {
  appId: '1f000000-0000-4000-8000-000000000005',
  redirectUris: ['https://new.fuzz.example/back'],
}
export const daemon = { appId: '1f000000-0000-4000-8000-000000000006', redirectUris: [] }
/** Gives the website its secret, through Microsoft Graph. */
export const manager = {
  appId: '1f000000-0000-4000-8000-000000000007',
  secret: 'Man8Q~only-secret-of-the-manager-of-fuzz1',
}
export const clients: readonly FuzzedClient[] = [website, wild, page, tool, newcomer, daemon]

export const api = 'https://api.contoso.example'
export const graph = 'https://graph.microsoft.com'

const scope = (value: string) => ({
  value,
  type: 'User',
  isEnabled: true,
  adminConsentDisplayName: `${value} <fuzz-seed>`,
  adminConsentDescription: `"fuzzattr="1 ${value}`,
})

function applications(certificate: string) {
  const permissions = ['Microsoft Graph/User.Read', 'API/Read']
  const consented = { permissions, adminConsent: true }
  const implicitGrantSettings = { enableIdTokenIssuance: true, enableAccessTokenIssuance: true }
  return [
    { displayName: 'API', identifierUris: [api], api: { oauth2PermissionScopes: [scope('Read'), scope('Write')] } },
    {
      ...consented,
      displayName: 'Website "><fuzz-name>',
      id: website.id,
      appId: website.appId,
      signInAudience: 'AzureADMultipleOrgs',
      web: { redirectUris: website.redirectUris, implicitGrantSettings },
    },
    { ...consented, displayName: 'wild', appId: wild.appId, web: { redirectUris: wild.redirectUris } },
    { ...consented, displayName: 'page', appId: page.appId, spa: { redirectUris: page.redirectUris } },
    {
      ...consented,
      displayName: 'tool',
      appId: tool.appId,
      signInAudience: 'AzureADMultipleOrgs',
      isFallbackPublicClient: true,
      publicClient: { redirectUris: tool.redirectUris },
    },
    {
      displayName: '<script>newcomer</script>',
      appId: newcomer.appId,
      permissions,
      web: { redirectUris: newcomer.redirectUris },
    },
    {
      displayName: 'manager',
      appId: manager.appId,
      passwordCredentials: [{ secretText: manager.secret }],
      applicationPermissions: ['Microsoft Graph/Application.ReadWrite.All'],
      adminConsent: true,
    },
    { displayName: 'daemon', appId: daemon.appId, keyCredentials: [{ key: certificate }] },
  ]
}

function seedText(certificate: string): string {
  return JSON.stringify({
    tenants: [
      {
        tenantId: contoso.tenantId,
        displayName: 'Contoso <fuzz-tenant>',
        domain: contoso.domain,
        users: [
          { userPrincipalName: people.alice.name, displayName: 'Alice <fuzz-user>', password },
          {
            userPrincipalName: people.admin.name,
            displayName: 'Admin',
            password,
            directoryRoles: ['Global Administrator'],
          },
        ],
        applications: applications(certificate),
      },
      { tenantId: fabrikam.tenantId, displayName: fabrikam.name, domain: fabrikam.domain, guests: [people.alice.name] },
    ],
  })
}

/** Signs a client assertion of the daemon; members of `header` and `claims` replace what would be right. */
export type SignAssertion = (changes?: {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
}) => string

export interface FuzzedCloud {
  readonly doorstep: RunningDoorstep
  /** Of the website, made by Graph: checking it costs no slow hash. */
  readonly websiteSecret: string
  readonly signAssertion: SignAssertion
  /** What the process has printed since it was ready. */
  printed(): string
}

/** Starts it in a process of its own. */
export async function startFuzzedCloud(options: Omit<StartOptions, 'seed'>): Promise<FuzzedCloud> {
  const { certificate, pkcs8 } = await makeSelfSignedCertificate('daemon')
  const doorstep = await startDoorstep({ seed: seedText(certificate.raw.toString('base64')), ...options })
  let printed = ''
  for (const stream of [doorstep.process.stdout, doorstep.process.stderr]) {
    stream?.on('data', (chunk) => {
      printed += chunk
    })
  }
  const { body, text } = await doorstep.request(
    'POST',
    `/graph/v1.0/applications/${website.id}/addPassword`,
    { passwordCredential: { displayName: 'fuzz' } },
    { authorization: `Bearer ${await managerToken(doorstep)}` },
  )
  if (!body?.secretText) throw new Error(`Graph gave no secret: ${text}`)
  return {
    doorstep,
    websiteSecret: body.secretText,
    signAssertion: assertionSigner(certificate.raw, pkcs8),
    printed: () => printed,
  }
}

async function managerToken(doorstep: RunningDoorstep): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    client_id: manager.appId,
    client_secret: manager.secret,
    scope: `${graph}/.default`,
  }
  return accessTokenOf(await requestToken(doorstep, form))
}

function assertionSigner(certificate: Buffer, privateKey: Buffer): SignAssertion {
  const thumbprint = createHash('sha256').update(certificate).digest('base64url')
  return ({ header = {}, claims = {} } = {}) => {
    const now = Math.floor(Date.now() / 1000)
    const parts = [
      { alg: 'RS256', typ: 'JWT', 'x5t#S256': thumbprint, ...header },
      {
        aud: `https://login.microsoftonline.com/${contoso.tenantId}/oauth2/v2.0/token`,
        iss: daemon.appId,
        sub: daemon.appId,
        jti: randomUUID(),
        nbf: now,
        exp: now + 600,
        ...claims,
      },
    ]
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, format: 'der', type: 'pkcs8' })
    return `${signed}.${signature.toString('base64url')}`
  }
}
