import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movableClock } from '../clock.ts'
import type { Application } from '../directory/application.ts'
import { roleTemplateId } from '../directory/directory-role.ts'
import { bootstrapAppId, firstPartyAppIds } from '../directory/first-party-ids.ts'
import { graphPermissionScopes } from '../directory/graph-permissions.ts'
import { personalAccountsTenantId } from '../directory/personal-accounts.ts'
import { firstStart } from '../first-start.ts'
import { newMasterKeyText, readMasterKey } from '../secrets/master-key.ts'
import { secretKeeper } from '../secrets/secret-keeper.ts'
import { parseSeed, planSeed, SeedError } from '../seed.ts'
import { openStores } from '../stores/open.ts'
import type { Stores } from '../stores/stores.ts'

const masterKey = readMasterKey(newMasterKeyText(), 'the test')
const secrets = secretKeeper(masterKey)
let checked: string[] = []
const parts = {
  clock: movableClock(),
  newId: () => randomUUID(),
  hashChosen: async (secret: string) => `hash of ${secret}`,
  matches: async (secret: string, secretHash: string) => {
    checked.push(secret)
    return secretHash === `hash of ${secret}`
  },
  keyedHash: (text: string) => masterKey.keyedHash(text, 'seed secrets'),
}

let directory: string
let stores: Stores

beforeEach(async () => {
  checked = []
  directory = await mkdtemp(join(tmpdir(), 'doorstep-'))
  stores = await openStores({ directory })
  const { newSecret, newPassword } = secrets
  const start = await firstStart({ ...parts, hashPassword: parts.hashChosen, newSecret, newPassword })
  await stores.commit(start.changes)
})

afterEach(async () => {
  await stores.close()
  await rm(directory, { recursive: true, force: true })
})

const plan = (text: string) => planSeed(parseSeed(text, 'doorstep.yaml'), stores, parts)

async function apply(text: string) {
  const planned = await plan(text)
  await stores.commit(planned.changes)
  return planned
}

const inContoso = (rest: string) => `tenants: [{ displayName: Contoso, domain: contoso.example, ${rest} }]`
const withExtractor = (rest: string) => inContoso(`applications: [{ displayName: extractor, ${rest} }]`)

async function contoso() {
  return (await stores.tenants.byDomain('contoso.example')) ?? expect.fail('There is no tenant contoso.example.')
}

async function applicationNamed(displayName: string): Promise<Application> {
  const filter = { kind: 'compare', property: 'displayName', operator: 'eq', value: displayName } as const
  const { items } = await stores.applications.list({ tenantId: (await contoso()).id, filter, top: 2 })
  expect(items).toHaveLength(1)
  return items[0] ?? expect.fail(`There is no application ${displayName}.`)
}

async function userNamed(name: string) {
  return (await stores.users.byPrincipalName((await contoso()).id, name)) ?? expect.fail(`There is no user ${name}.`)
}

async function servicePrincipalOf(appId: string) {
  const { id } = await contoso()
  return (await stores.servicePrincipals.byAppId(id, appId)) ?? expect.fail(`${appId} has no service principal.`)
}

const example = readFileSync(new URL('../../../../examples/doorstep.yaml', import.meta.url), 'utf8')
const userRead = graphPermissionScopes.find(({ value }) => value === 'User.Read')?.id

describe('the example seed', () => {
  it('changes nothing when it is applied a second time', async () => {
    const first = await apply(example)
    expect(first.changes.length).toBeGreaterThan(50)
    expect((await plan(example)).changes).toEqual([])
  })

  it('says what is kept for later', async () => {
    const { notices } = await apply(example)
    expect(notices).toEqual([
      expect.stringMatching(/cdf projects are kept .* Cognite Data Fusion/),
      expect.stringMatching(/energy instances are kept .* Azure Data Manager for Energy/),
    ])
    const { seedForLater } = await stores.settings.read()
    expect(seedForLater).toMatchObject({
      cdf: [{ cluster: 'westeurope-1', projects: [{ name: 'my-project' }] }],
      energy: [{ name: 'my-instance', application: 'extractor', dataPartitions: ['dp1'] }],
    })
  })

  it('gives everybody what it says', async () => {
    await apply(example)
    const tenant = await contoso()
    const alice = await userNamed('alice@contoso.example')
    expect(await stores.directoryRoles.assignedTo(tenant.id, alice.id)).toMatchObject([
      { roleTemplateId: roleTemplateId('Application Administrator') },
    ])
    const extractor = await servicePrincipalOf('0a123b56-c987-4321-abcd-1a2b3c4d5e6f')
    const [group] = (await stores.groups.list({ tenantId: tenant.id, top: 10 })).items
    expect(group?.displayName).toBe('CDF Readers')
    const members = await stores.groups.membersOf(group?.id ?? '')
    expect(members.map(({ memberId, memberType }) => [memberId, memberType]).sort()).toEqual(
      [
        [alice.id, 'User'],
        [extractor.id, 'ServicePrincipal'],
      ].sort(),
    )
  })

  it('records an administrator’s consent per API, and application permissions as app role assignments', async () => {
    await apply(example)
    const extractor = await servicePrincipalOf('0a123b56-c987-4321-abcd-1a2b3c4d5e6f')
    const grants = await stores.permissionGrants.byClient(extractor.id)
    expect(grants.map(({ scope, consentType }) => [scope, consentType]).sort()).toEqual([
      ['User.Read', 'AllPrincipals'],
      ['user_impersonation IDENTITY', 'AllPrincipals'],
    ])
    const graph = await servicePrincipalOf(firstPartyAppIds.microsoftGraph)
    expect(await stores.appRoleAssignments.byPrincipal(extractor.id)).toMatchObject([
      { appRoleId: 'df021288-bdef-4463-88db-98f22de89214', resourceId: graph.id },
    ])
  })

  it('makes guests of users of another tenant', async () => {
    await apply(example)
    const guest = await userNamed('bob_fabrikam.example#EXT#@contoso.example')
    const fabrikam = await stores.tenants.byDomain('fabrikam.example')
    const bob = await stores.users.byPrincipalName(fabrikam?.id ?? '', 'bob@fabrikam.example')
    expect(guest).toMatchObject({
      userType: 'Guest',
      mail: 'bob@fabrikam.example',
      home: { tenantId: fabrikam?.id, userId: bob?.id },
    })
  })

  it('makes personal accounts, and guests of them', async () => {
    await apply(example)
    const dave = await stores.users.byPrincipalName(personalAccountsTenantId, 'dave@outlook.example')
    expect(dave).toMatchObject({
      id: expect.stringMatching(/^00000000-0000-0000-[\da-f]{4}-[\da-f]{12}$/),
      userType: 'Member',
      mail: 'dave@outlook.example',
    })
    expect(await stores.users.passwordOf(dave?.id ?? '')).toMatchObject({ passwordHash: expect.any(String) })
    expect(await stores.users.byHome(dave?.id ?? '')).toEqual([
      await userNamed('dave_outlook.example#EXT#@contoso.example'),
    ])
  })

  it('gives roles at the subscription and below it', async () => {
    await apply(example)
    const [subscription] = await stores.subscriptions.byTenant((await contoso()).id)
    expect(await stores.subscriptions.resourceGroups(subscription?.id ?? '')).toMatchObject([
      { name: 'rg-001', location: 'westeurope', tags: { team: 'data' } },
    ])
    const publisher = await applicationNamed('metrics-publisher')
    const { id } = await servicePrincipalOf(publisher.appId)
    expect(await stores.roleAssignments.byPrincipal(id)).toMatchObject([
      {
        roleDefinitionId: '3913510d-42f4-4e42-8a64-420c390055eb',
        resourceScope: `/subscriptions/${subscription?.id}/resourceGroups/rg-001`,
        principalType: 'ServicePrincipal',
      },
    ])
  })

  it('sets what holds for the whole local cloud', async () => {
    await apply(example)
    expect(await stores.settings.read()).toMatchObject({ accessTokenLifetimeInSeconds: 4500, consent: 'ask' })
  })
})

describe('a seeded application', () => {
  it('gets a service principal and the delegated User.Read, as one registered in the portal', async () => {
    await apply(withExtractor('notes: mine'))
    const application = await applicationNamed('extractor')
    expect(application).toMatchObject({ notes: 'mine', publisherDomain: 'contoso.example' })
    expect(application.requiredResourceAccess).toEqual([
      { resourceAppId: firstPartyAppIds.microsoftGraph, resourceAccess: [{ id: userRead, type: 'Scope' }] },
    ])
    await servicePrincipalOf(application.appId)
  })

  it('has only the permissions it lists when it lists some', async () => {
    await apply(withExtractor('permissions: []'))
    expect((await applicationNamed('extractor')).requiredResourceAccess).toEqual([])
  })

  it('has no consent unless the file says so', async () => {
    await apply(withExtractor('permissions: [Microsoft Graph/User.Read]'))
    const { id } = await servicePrincipalOf((await applicationNamed('extractor')).appId)
    expect(await stores.permissionGrants.byClient(id)).toEqual([])
  })

  it('is changed, not made again, when its description in the file changes', async () => {
    await apply(withExtractor('web: { redirectUris: ["https://a.example"] }'))
    const before = await applicationNamed('extractor')
    const { changes } = await apply(withExtractor('web: { homePageUrl: "https://home.example" }'))
    expect(changes.map(({ change }) => change)).toEqual(['updateApplication'])
    const after = await applicationNamed('extractor')
    expect(after).toMatchObject({ id: before.id, appId: before.appId, version: before.version + 1 })
    expect(after.web).toMatchObject({ redirectUris: ['https://a.example'], homePageUrl: 'https://home.example' })
  })

  it('keeps what others gave it and the file does not mention', async () => {
    await apply(withExtractor('notes: mine'))
    const application = await applicationNamed('extractor')
    await stores.commit([{ change: 'updateApplication', application: { ...application, tags: ['by hand'] } }])
    expect((await plan(withExtractor('notes: mine'))).changes).toEqual([])
  })

  it('is found by its client id when that is given, under whatever name', async () => {
    const appId = 'appId: 0a123b56-c987-4321-abcd-1a2b3c4d5e6f'
    await apply(inContoso(`applications: [{ displayName: old name, ${appId} }]`))
    const { changes } = await apply(inContoso(`applications: [{ displayName: new name, ${appId} }]`))
    expect(changes.filter(({ change }) => change !== 'setCloudSettings')).toMatchObject([
      { change: 'updateApplication', application: { displayName: 'new name' } },
    ])
  })

  it('gets consent to more when the file lists more', async () => {
    await apply(withExtractor('permissions: [Microsoft Graph/User.Read], adminConsent: true'))
    const { changes } = await apply(
      withExtractor('permissions: [Microsoft Graph/User.Read, Microsoft Graph/Mail.Read], adminConsent: true'),
    )
    expect(changes.map(({ change }) => change)).toEqual(['updateApplication', 'updatePermissionGrant'])
    const { id } = await servicePrincipalOf((await applicationNamed('extractor')).appId)
    expect((await stores.permissionGrants.byClient(id)).map(({ scope }) => scope)).toEqual(['User.Read Mail.Read'])
  })

  it('may ask for permissions of another tenant’s API, which consent brings into its tenant', async () => {
    const text = `tenants:
  - { displayName: Contoso, domain: contoso.example, applications: [{ displayName: shop, permissions: [Orders API/Orders.Read], adminConsent: true }] }
  - displayName: Fabrikam
    domain: fabrikam.example
    applications: [{ displayName: Orders API, appId: 7b0f5d6e-2a44-4c1b-8f3e-9d0c1b2a3f4e, signInAudience: AzureADMultipleOrgs, api: { oauth2PermissionScopes: [{ value: Orders.Read }] } }]`
    await apply(text)
    const api = await servicePrincipalOf('7b0f5d6e-2a44-4c1b-8f3e-9d0c1b2a3f4e')
    const client = await servicePrincipalOf((await applicationNamed('shop')).appId)
    expect(await stores.permissionGrants.byClient(client.id)).toMatchObject([
      { resourceId: api.id, scope: 'Orders.Read' },
    ])
    expect((await plan(text)).changes).toEqual([])
  })

  it('gets a notice instead of consent for an API that is not here', async () => {
    const access = `resourceAppId: 11111111-2222-4333-8444-555555555555, resourceAccess: [{ id: ${randomUUID()}, type: Scope }]`
    const { notices } = await apply(withExtractor(`requiredResourceAccess: [{ ${access} }], adminConsent: true`))
    expect(notices).toEqual([expect.stringMatching(/^extractor asks for .* 11111111-2222-4333-8444-555555555555/)])
  })

  it('is owned by whom the file names', async () => {
    const text = inContoso(
      'users: [{ userPrincipalName: alice@contoso.example, displayName: Alice }], applications: [{ displayName: extractor, owners: [alice@contoso.example] }]',
    )
    await apply(text)
    expect((await applicationNamed('extractor')).owners).toEqual([(await userNamed('alice@contoso.example')).id])
    expect((await plan(text)).changes).toEqual([])
  })

  it('reads the dates and the key id of a certificate from the certificate', async () => {
    const { selfSignedCertificate } = await certificates()
    const text = withExtractor(`keyCredentials: [{ displayName: ci, key: ${await selfSignedCertificate()} }]`)
    await apply(text)
    expect((await applicationNamed('extractor')).keyCredentials).toMatchObject([
      {
        displayName: 'ci',
        type: 'AsymmetricX509Cert',
        usage: 'Verify',
        startDateTime: '2030-01-01T00:00:00.000Z',
        endDateTime: '2031-01-01T00:00:00.000Z',
        customKeyIdentifier: expect.stringMatching(/^[0-9A-F]{40}$/),
      },
    ])
    expect((await plan(text)).changes).toEqual([])
  })
})

/** Loaded by the one test that needs a certificate. */
async function certificates() {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  return {
    async selfSignedCertificate(): Promise<string> {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
      const { subtle } = globalThis.crypto
      const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' })
      const spki = publicKey.export({ type: 'spki', format: 'der' })
      const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        name: 'CN=extractor',
        notBefore: new Date('2030-01-01T00:00:00Z'),
        notAfter: new Date('2031-01-01T00:00:00Z'),
        signingAlgorithm: { ...algorithm, hash: 'SHA-256' },
        keys: {
          privateKey: await subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
          publicKey: await subtle.importKey('spki', spki, algorithm, true, ['verify']),
        },
      })
      return Buffer.from(certificate.rawData).toString('base64')
    },
  }
}

describe('secrets of a seed file', () => {
  const secretsOf = async (name: string) => stores.passwordCredentials.byOwner((await applicationNamed(name)).id)
  const withSecret = (secretText: string, displayName = 'ci') =>
    withExtractor(`passwordCredentials: [{ displayName: ${displayName}, secretText: ${secretText} }]`)

  it('are hashed, show their first three characters, and last two years', async () => {
    await apply(withSecret('a-secret-text'))
    const [secret] = await secretsOf('extractor')
    expect(secret).toMatchObject({ displayName: 'ci', hint: 'a-s', secretHash: 'hash of a-secret-text' })
    const years =
      new Date(secret?.endDateTime ?? '').getUTCFullYear() - new Date(secret?.startDateTime ?? '').getUTCFullYear()
    expect(years).toBe(2)
  })

  it('are not checked one by one when the file is applied unchanged', async () => {
    await apply(example)
    checked = []
    await plan(example)
    expect(checked).toEqual([])
  })

  it('are not hashed again when only another one changed', async () => {
    const text = (secret: string) =>
      inContoso(
        `applications: [{ displayName: a, passwordCredentials: [{ secretText: first }] }, { displayName: b, passwordCredentials: [{ secretText: ${secret} }] }]`,
      )
    await apply(text('second'))
    const { changes } = await apply(text('third'))
    expect(changes.map(({ change }) => change)).toEqual(['addPasswordCredential', 'setCloudSettings'])
  })

  it('replace the one of the same name, and leave those with other names', async () => {
    await apply(withSecret('first-text'))
    await apply(withSecret('second-text'))
    expect((await secretsOf('extractor')).map(({ hint }) => hint)).toEqual(['sec'])
    await apply(withSecret('third-text', 'other'))
    expect((await secretsOf('extractor')).map(({ hint }) => hint).sort()).toEqual(['sec', 'thi'])
  })

  it('are not in the plan, nor in the settings, in any form that tells what they are', async () => {
    const planned = await planSeed(parseSeed(withSecret('a-secret-text'), 'a.yaml'), stores, {
      ...parts,
      hashChosen: async () => 'hashed',
    })
    expect(JSON.stringify(planned)).not.toContain('a-secret-text')
  })

  it('are hashed so that they can be checked', async () => {
    const seed = parseSeed(withSecret('a-secret-text'), 'a.yaml')
    const planned = await planSeed(seed, stores, { ...parts, ...secrets })
    await stores.commit(planned.changes)
    const [secret] = await secretsOf('extractor')
    expect(await secrets.matches('a-secret-text', secret?.secretHash ?? '')).toBe(true)
    expect(await secrets.matches('another-text', secret?.secretHash ?? '')).toBe(false)
  })
})

describe('seeded users', () => {
  const withAlice = (rest: string) =>
    inContoso(`users: [{ userPrincipalName: alice@contoso.example, displayName: Alice, ${rest} }]`)

  it('get a new password when the file has a new one, and keep it otherwise', async () => {
    await apply(withAlice('password: first'))
    const { id } = await userNamed('alice@contoso.example')
    await apply(withAlice('password: second'))
    expect(await stores.users.passwordOf(id)).toMatchObject({ passwordHash: 'hash of second', mustChange: false })
    expect((await plan(withAlice('password: second'))).changes).toEqual([])
  })

  it('may be asked to change it when they first sign in', async () => {
    await apply(withAlice('passwordProfile: { password: first, forceChangePasswordNextSignIn: true }'))
    const { id } = await userNamed('alice@contoso.example')
    expect(await stores.users.passwordOf(id)).toMatchObject({ passwordHash: 'hash of first', mustChange: true })
  })

  it('are changed where the file says something else', async () => {
    await apply(withAlice('jobTitle: Engineer, department: Data'))
    const { changes } = await apply(withAlice('jobTitle: Director'))
    expect(changes.map(({ change }) => change)).toEqual(['updateUser'])
    expect(await userNamed('alice@contoso.example')).toMatchObject({ jobTitle: 'Director', department: 'Data' })
  })

  it('join groups, and stay in those they were put into by hand', async () => {
    const text = (members: string) =>
      inContoso(
        `users: [{ userPrincipalName: alice@contoso.example, displayName: Alice }], groups: [{ displayName: Readers, members: ${members} }]`,
      )
    await apply(text('[alice@contoso.example]'))
    expect((await plan(text('[]'))).changes).toEqual([])
    expect((await plan(text('[alice@contoso.example, ALICE@contoso.example]'))).changes).toEqual([])
  })
})

describe('a seed file and what is there already', () => {
  it('adds to the tenant that the local cloud began with when it names its domain', async () => {
    const text = `tenants: [{ displayName: Home, domain: doorstep.example, users: [{ userPrincipalName: eve@doorstep.example, displayName: Eve }] }]`
    const { changes } = await apply(text)
    expect(changes.map(({ change }) => change)).toEqual(['updateTenant', 'createUser', 'setCloudSettings'])
    const tenant = await stores.tenants.byDomain('doorstep.example')
    expect(tenant?.displayName).toBe('Home')
    expect(await stores.users.byPrincipalName(tenant?.id ?? '', 'admin@doorstep.example')).toBeDefined()
  })

  it('brings a new cluster’s API into every tenant', async () => {
    await apply('cdf: [{ cluster: az-eastus-1 }]')
    await apply(`${inContoso('countryLetterCode: NO')}\ncdf: [{ cluster: gc-dsm-gp-001 }]`)
    for (const domain of ['doorstep.example', 'contoso.example']) {
      const tenant = await stores.tenants.byDomain(domain)
      for (const cluster of ['az-eastus-1', 'gc-dsm-gp-001']) {
        const uri = `https://${cluster}.cognitedata.com`
        expect(await stores.servicePrincipals.byResourceIdentifier(tenant?.id ?? '', uri), uri).toBeDefined()
      }
    }
  })

  it('refuses an id that belongs to another tenant’s application, and names the place', async () => {
    await apply(withExtractor('appId: 0a123b56-c987-4321-abcd-1a2b3c4d5e6f'))
    const text =
      'tenants: [{ displayName: F, domain: fabrikam.example, applications: [{ displayName: x, appId: 0a123b56-c987-4321-abcd-1a2b3c4d5e6f }] }]'
    const refusal = await plan(text).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(SeedError)
    expect(refusal).toMatchObject({ problems: [{ path: 'tenants[0].applications[0].appId' }] })
  })

  it('refuses another id for a tenant that is there', async () => {
    await apply(inContoso('users: []'))
    await expect(plan(inContoso(`tenantId: ${randomUUID()}`))).rejects.toThrow(
      /tenants\[0\]\.tenantId: The tenant .* exists/,
    )
  })

  const dave = 'personalAccounts: [{ userPrincipalName: dave@outlook.example, displayName: Dave }]'

  it('refuses a personal account at the domain of a tenant that is there, and such a tenant afterwards', async () => {
    await apply(inContoso('users: []'))
    await expect(plan(dave.replace('outlook', 'contoso'))).rejects.toThrow(
      /personalAccounts\[0\]\.userPrincipalName: The domain of dave@contoso\.example is that of the tenant Contoso/,
    )
    await apply(dave)
    await expect(plan('tenants: [{ displayName: Outlook, domain: outlook.example }]')).rejects.toThrow(
      /tenants\[0\]\.domain: The personal account dave@outlook\.example has this domain/,
    )
  })

  it('refuses another id for a personal account that is there', async () => {
    await apply(dave)
    const text = dave.replace('{', '{ id: 00000000-0000-0000-0a1b-2c3d4e5f6a7b,')
    await expect(plan(text)).rejects.toThrow(/personalAccounts\[0\]\.id: The personal account .* exists already/)
  })

  it('leaves everything alone when it is empty', async () => {
    await apply('')
    expect((await plan('')).changes).toEqual([])
    expect(await stores.applications.byAppId(bootstrapAppId)).toBeDefined()
  })

  it('keeps the settings it does not mention', async () => {
    await apply('consent: auto\npropagation: { roleAssignments: 5m }')
    await apply('propagation: { consents: 10s }')
    expect(await stores.settings.read()).toMatchObject({
      consent: 'auto',
      propagationInSeconds: { roleAssignments: 300, consents: 10, servicePrincipals: 0 },
    })
  })
})
