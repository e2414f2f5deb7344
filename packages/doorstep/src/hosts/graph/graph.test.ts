import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TokenRefused, type VerifiedToken } from '@doorstep/guard'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newApplication } from '../../directory/application.ts'
import { ConcurrentChange } from '../../directory/changes.ts'
import { roleTemplateId } from '../../directory/directory-role.ts'
import type { Tenant } from '../../directory/tenant.ts'
import { newUser } from '../../directory/user.ts'
import { openStores } from '../../stores/open.ts'
import type { Stores } from '../../stores/stores.ts'
import type { AskedOrigin } from '../host.ts'
import { graphHost } from './index.ts'

const contoso = randomUUID()
const fabrikam = randomUUID()
const alice = randomUUID()
const tenants: readonly Tenant[] = [contoso, fabrikam].map((id, index) => ({
  id,
  displayName: 'Tenant',
  verifiedDomains: [{ name: `tenant${index}.example`, isDefault: true, isInitial: true }],
  createdDateTime: '2030-01-01T00:00:00.000Z',
  countryLetterCode: null,
  usersCanRegisterApplications: true,
  usersCanConsent: true,
}))

let folder: string
let stores: Stores
let server: Server
let asked: AskedOrigin
let commit: Stores['commit']
let faults: unknown[]
/** Ids of the users that were asked for. */
let usersRead: string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  stores = await openStores({ directory: folder })
  const identity = { id: alice, tenantId: contoso, createdDateTime: '2030-01-01T00:00:00.000Z' }
  const user = newUser({ userPrincipalName: 'alice@tenant0.example', displayName: 'Alice' }, identity)
  await stores.commit([
    ...tenants.map((tenant) => ({ change: 'createTenant', tenant }) as const),
    { change: 'createUser', user },
  ])
  const host = await graphHost({
    ...stores,
    users: {
      ...stores.users,
      byId: (id) => {
        usersRead.push(id)
        return stores.users.byId(id)
      },
    },
    commit: (changes) => commit([...changes]),
    hashPassword: async (password) => `hash of ${password}`,
    matchesPassword: async (password, passwordHash) => passwordHash === `hash of ${password}`,
    newSecret: () => ({ secretText: 'abc~secret', secretHash: 'hash', hint: 'abc' }),
    guard: { verify: async (token) => verified(token) },
    clock: { now: () => Date.UTC(2030, 0, 2, 3, 4, 5, 678) },
    newId: () => randomUUID(),
    reportFault: (fault) => faults.push(fault),
  })
  server = createServer((sent, answer) => host.handle(sent, answer, asked))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  await stores.close()
  await rm(folder, { recursive: true })
})
beforeEach(() => {
  asked = { kind: 'entra', host: 'graph.microsoft.com' }
  commit = stores.commit
  faults = []
  usersRead = []
})

/** A test's token says what it stands for: kind, tenant, object id and permissions. */
function verified(token: string): VerifiedToken {
  const [kind, tenantId = '', objectId = '', ...permissions] = token.split('.')
  if (kind === 'expired') throw new TokenRefused('expired', 'The token expired.')
  if (kind === 'audience') throw new TokenRefused('audience', 'The token is for another API.')
  const isUser = kind === 'user'
  return {
    claims: { aud: '', iss: '', tid: tenantId, ver: '1.0', oid: objectId, iat: 0, nbf: 0, exp: 0 },
    version: '1.0',
    kind: isUser ? 'user' : 'app',
    tenantId,
    objectId,
    clientId: randomUUID(),
    scopes: isUser ? permissions.map(permissionNamed) : [],
    roles: isUser ? [] : permissions.map(permissionNamed),
  }
}
const permissionNamed = (name: string) => name.replaceAll('-', '.')
const app = `app.${contoso}.${randomUUID()}.Application-ReadWrite-All`

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape is what they test
  readonly body: any
}

function graph(method: string, path: string, body?: unknown, token = app): Promise<Answer> {
  const { port } = server.address() as AddressInfo
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  return new Promise((resolve, reject) => {
    const sent = request({ port, method, path, headers, agent: false }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      const { statusCode = 0, headers } = response
      resolve({ status: statusCode, headers, body: text === '' ? undefined : JSON.parse(text) })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

describe('links and headers', () => {
  it('keep to the real name when the request came by it', async () => {
    for (let count = 0; count < 2; count += 1) await graph('POST', '/v1.0/applications', { displayName: 'page' })
    const { body, headers } = await graph('GET', '/beta/applications?$top=1')
    expect(body['@odata.nextLink']).toMatch(
      /^https:\/\/graph\.microsoft\.com\/beta\/applications\?\$top=1&\$skiptoken=/,
    )
    expect(body['@odata.context']).toBe('https://graph.microsoft.com/beta/$metadata#applications')
    expect(headers['strict-transport-security']).toMatch(/max-age/)
  })

  it('keep to localhost, and never make browsers demand TLS of every port there', async () => {
    asked = { kind: 'local', origin: 'https://localhost:8443' }
    const { body, headers } = await graph('GET', '/v1.0/applications?$top=1')
    expect(body['@odata.nextLink']).toMatch(/^https:\/\/localhost:8443\/graph\/v1\.0\/applications\?/)
    expect(headers).not.toHaveProperty('strict-transport-security')
  })

  it('say when, in seven digits at creation and in seconds later', async () => {
    const { body } = await graph('POST', '/v1.0/applications', { displayName: 'dated' })
    expect(body.createdDateTime).toBe('2030-01-02T03:04:05.6780000Z')
    expect((await graph('GET', `/v1.0/applications/${body.id}`)).body.createdDateTime).toBe('2030-01-02T03:04:05Z')
    const { body: secret } = await graph('POST', `/v1.0/applications/${body.id}/addPassword`, {})
    expect(secret).toMatchObject({
      startDateTime: '2030-01-02T03:04:05.6780000Z',
      endDateTime: '2032-01-02T03:04:05.6780000Z',
      secretText: 'abc~secret',
    })
  })
})

describe('tenants', () => {
  it('never see, change or name one another’s objects', async () => {
    const { body } = await graph('POST', '/v1.0/applications', { displayName: 'private' })
    const outsider = `app.${fabrikam}.${randomUUID()}.Application-ReadWrite-All.Organization-Read-All`
    for (const [method, path, sent] of [
      ['GET', `/v1.0/applications/${body.id}`],
      ['GET', `/v1.0/applications(appId='${body.appId}')`],
      ['PATCH', `/v1.0/applications/${body.id}`, { notes: 'x' }],
      ['DELETE', `/v1.0/applications/${body.id}`],
      ['POST', `/v1.0/applications/${body.id}/addPassword`, {}],
      ['GET', `/v1.0/organization/${contoso}`],
    ] as const) {
      const { status } = await graph(method, path, sent, outsider)
      expect({ method, path, status }).toEqual({ method, path, status: 404 })
    }
    expect((await graph('GET', '/v1.0/applications', undefined, outsider)).body.value).toEqual([])
    const presence = await graph('POST', '/v1.0/servicePrincipals', { appId: body.appId }, outsider)
    expect(presence.status).toBe(400)
    expect(presence.body.error.message).toContain('does not reference a valid application object')
  })

  it('share a multi-tenant application through a service principal of their own', async () => {
    const shared = { displayName: 'shared', signInAudience: 'AzureADMultipleOrgs' }
    const { body } = await graph('POST', '/v1.0/applications', shared)
    const outsider = (permission: string) => `app.${fabrikam}.${randomUUID()}.${permission}`
    const owned = outsider('Application-ReadWrite-OwnedBy')
    const refused = await graph('POST', '/v1.0/servicePrincipals', { appId: body.appId }, owned)
    expect(refused.status).toBe(403)
    expect(refused.body.error.message).toContain('service principal being created must in the local tenant')
    const all = outsider('Application-ReadWrite-All')
    const made = await graph('POST', '/v1.0/servicePrincipals', { appId: body.appId }, all)
    expect(made.body).toMatchObject({ appOwnerOrganizationId: contoso, signInAudience: 'AzureADMultipleOrgs' })
  })
})

describe('a signed-in user', () => {
  const user = (scope: string) => `user.${contoso}.${alice}.${scope}`

  it('reads all, and changes only what he owns', async () => {
    const { body } = await graph('POST', '/v1.0/applications', { displayName: 'x' })
    const token = user('Application-ReadWrite-All.Directory-AccessAsUser-All')
    const path = `/v1.0/applications/${body.id}`
    for (const [method, address, sent] of [
      ['PATCH', path, { notes: 'y' }],
      ['POST', `${path}/addPassword`, {}],
      ['DELETE', path],
    ] as const) {
      const refused = await graph(method, address, sent, token)
      expect([method, refused.status, refused.body.error.code]).toEqual([method, 403, 'Authorization_RequestDenied'])
    }
    expect((await graph('GET', path, undefined, token)).body).toMatchObject({ displayName: 'x', notes: null })
    const own = await graph('POST', '/v1.0/applications', { displayName: 'y' }, token)
    expect(own.status).toBe(201)
    expect((await graph('DELETE', `/v1.0/applications/${own.body.id}`, undefined, token)).status).toBe(204)
  })

  it('has a /me', async () => {
    const { body } = await graph('GET', '/v1.0/me', undefined, user('User-Read'))
    expect(body).toMatchObject({ id: alice, userPrincipalName: 'alice@tenant0.example', businessPhones: [] })
    expect(body['@odata.context']).toMatch(/#users\/\$entity$/)
  })

  it('reads the sign-in log, the newest first, when his role does', async () => {
    const token = user('AuditLog-Read-All')
    expect((await graph('GET', '/v1.0/auditLogs/signIns', undefined, token)).status).toBe(403)
    const auditor = { tenantId: contoso, principalId: alice, roleTemplateId: roleTemplateId('Global Reader') }
    const record = (createdDateTime: string, errorCode: number, tenantId = contoso) => ({
      id: randomUUID(),
      tenantId,
      createdDateTime,
      userId: alice,
      userPrincipalName: 'alice@tenant0.example',
      clientAppId: randomUUID(),
      resourceAppId: null,
      kind: 'interactive',
      errorCode,
      correlationId: randomUUID(),
    })
    const [older, newer, foreign] = [
      record('2030-01-02T03:00:00.000Z', 50126),
      record('2030-01-02T03:01:00.000Z', 0),
      record('2030-01-02T03:02:00.000Z', 0, fabrikam),
    ]
    await stores.commit([
      { change: 'addDirectoryRole', assignment: auditor },
      ...[newer, foreign, older].map((each) => ({ change: 'addSignInRecord', record: each }) as const),
    ])
    const { body } = await graph('GET', '/v1.0/auditLogs/signIns', undefined, token)
    expect(body['@odata.context']).toMatch(/#auditLogs\/signIns$/)
    expect(body.value).toMatchObject([
      {
        id: newer.id,
        userDisplayName: 'Alice',
        status: { errorCode: 0, failureReason: 'Other.' },
        isInteractive: true,
      },
      { id: older.id, appId: older.clientAppId, status: { errorCode: 50126 } },
    ])
    const ofClient = `/v1.0/auditLogs/signIns?$filter=appId%20eq%20'${older.clientAppId}'&$select=id`
    expect((await graph('GET', ofClient, undefined, token)).body.value).toEqual([{ id: older.id }])
    const first = await graph('GET', '/v1.0/auditLogs/signIns?$top=1', undefined, token)
    expect(first.body.value).toHaveLength(1)
    expect(first.body['@odata.nextLink']).toContain('$skiptoken=')
    const invented = await graph('GET', '/v1.0/auditLogs/signIns?$skiptoken=7', undefined, token)
    expect([invented.status, invented.body.error.message]).toEqual([400, expect.stringContaining('$skiptoken')])

    const filtered = async (filter: string) => {
      const path = `/v1.0/auditLogs/signIns?$filter=${encodeURIComponent(filter)}&$select=id`
      const { status, body } = await graph('GET', path, undefined, token)
      return status === 200 ? body.value.map(({ id }: { id: string }) => id) : status
    }
    const both = [newer.id, older.id]
    expect(await filtered("status/errorCode eq 0 or status/errorCode eq 50126 and userDisplayName eq 'alice'")).toEqual(
      both,
    )
    expect(await filtered('createdDateTime ge 2030-01-02T03:01:00Z')).toEqual([newer.id])
    expect(await filtered("startsWith(userPrincipalName,'alice@')")).toEqual(both)
    expect(await filtered("isInteractive eq true and riskState eq 'none' and ipAddress eq null")).toEqual(both)
    expect(await filtered('isInteractive eq false')).toEqual([])
    expect(await filtered("conditionalAccessStatus eq 'failure'")).toEqual([])
    expect(await filtered("status eq 'x'")).toBe(400)
  })

  it('reads the whole sign-in log page by page, and each name only for its page', async () => {
    const tenantId = randomUUID()
    const record = (second: number) => ({
      id: randomUUID(),
      tenantId,
      createdDateTime: new Date(Date.parse('2030-01-02T03:00:00.000Z') + second * 1000).toISOString(),
      userId: second % 2 ? alice : null,
      userPrincipalName: null,
      clientAppId: null,
      resourceAppId: null,
      kind: 'application',
      errorCode: 0,
      correlationId: randomUUID(),
    })
    const records = Array.from({ length: 1_050 }, (_, second) => record(second))
    await stores.commit(records.map((each) => ({ change: 'addSignInRecord', record: each }) as const))
    const auditor = `app.${tenantId}.${randomUUID()}.AuditLog-Read-All.Directory-Read-All`
    const found: string[] = []
    let next: string | undefined = '/v1.0/auditLogs/signIns?$top=400&$select=id'
    while (next !== undefined) {
      const { body } = await graph('GET', next, undefined, auditor)
      found.push(...body.value.map(({ id }: { id: string }) => id))
      const link: string | undefined = body['@odata.nextLink']
      next = link?.slice(link.indexOf('/v1.0/'))
    }
    expect(found).toEqual(records.map(({ id }) => id).reverse())
    usersRead = []
    expect((await graph('GET', '/v1.0/auditLogs/signIns?$top=1', undefined, auditor)).body.value).toHaveLength(1)
    expect(usersRead).toEqual([alice])
  })

  it('may do nothing once the account is disabled or gone', async () => {
    const identity = { id: randomUUID(), tenantId: contoso, createdDateTime: '2030-01-01T00:00:00.000Z' }
    const disabled = newUser(
      { userPrincipalName: 'eve@tenant0.example', displayName: 'Eve', accountEnabled: false },
      identity,
    )
    await stores.commit([{ change: 'createUser', user: disabled }])
    for (const id of [disabled.id, randomUUID()]) {
      const refused = await graph('GET', '/v1.0/me', undefined, `user.${contoso}.${id}.User-Read`)
      expect([refused.status, refused.body.error.code]).toEqual([403, 'Authorization_RequestDenied'])
    }
  })

  it('needs the scope', async () => {
    expect((await graph('POST', '/v1.0/applications', { displayName: 'x' }, user('User-Read'))).status).toBe(403)
  })
})

describe('refusals and faults', () => {
  it.each([
    ['expired', 'Access token has expired or is not yet valid.', 'invalid_token'],
    ['audience', 'Access token validation failure. Invalid audience.', 'The token is for another API.'],
  ])('of a token: %s', async (token, message, challenge) => {
    const { status, headers, body } = await graph('GET', '/v1.0/applications', undefined, token)
    expect([status, body.error.message]).toEqual([401, message])
    expect(headers['www-authenticate']).toContain(challenge)
  })

  it('tell nothing of a fault but its id, and report it', async () => {
    const fault = new Error('disk /dev/sda1 is full')
    commit = async () => {
      throw fault
    }
    const { status, headers, body } = await graph('POST', '/v1.0/applications', { displayName: 'x' })
    expect([status, body.error.code]).toEqual([500, 'InternalServerError'])
    expect(JSON.stringify(body)).not.toContain('sda1')
    expect(body.error.innerError['request-id']).toBe(headers['request-id'])
    expect(faults).toEqual([fault])
  })

  it('decide again when somebody else was faster, and give up in the end', async () => {
    const { body } = await graph('POST', '/v1.0/applications', { displayName: 'x' })
    const path = `/v1.0/applications/${body.id}`
    let attempts = 0
    commit = async (changes) => {
      attempts += 1
      if (attempts < 3) throw new ConcurrentChange('moved on')
      await stores.commit(changes)
    }
    expect((await graph('PATCH', path, { notes: 'kept' })).status).toBe(204)
    commit = async () => {
      throw new ConcurrentChange('moved on')
    }
    expect((await graph('PATCH', path, { notes: 'lost' })).status).toBe(409)
    expect((await graph('GET', path)).body.notes).toBe('kept')
    expect(faults).toEqual([])
  })

  it('give no secret to an application that was deleted a moment before', async () => {
    const { body } = await graph('POST', '/v1.0/applications', { displayName: 'x' })
    commit = async (changes) => {
      await stores.commit([{ change: 'deleteApplication', id: body.id, deletedDateTime: '2030-01-02T00:00:00Z' }])
      await stores.commit(changes)
    }
    const refused = await graph('POST', `/v1.0/applications/${body.id}/addPassword`, {})
    expect([refused.status, refused.body.error.code]).toEqual([404, 'Request_ResourceNotFound'])
    expect(await stores.passwordCredentials.byOwner(body.id)).toEqual([])
  })

  it('of an identifier URI that a multi-tenant application of another tenant has', async () => {
    const identifierUris = [`api://${contoso}/shared`]
    const identity = { id: randomUUID(), appId: randomUUID(), tenantId: fabrikam }
    const foreign = newApplication(
      { displayName: 'foreign', signInAudience: 'AzureADMultipleOrgs', identifierUris },
      { ...identity, publisherDomain: 'tenant1.example', createdDateTime: '2030-01-01T00:00:00Z' },
    )
    await stores.commit([{ change: 'createApplication', application: foreign }])
    const refused = await graph('POST', '/v1.0/applications', { displayName: 'own', identifierUris })
    expect([refused.status, refused.body.error.code]).toEqual([409, 'Request_MultipleObjectsWithSameKeyValue'])
    expect(refused.body.error.details[0].target).toBe('identifierUris')
  })

  it('of an address that cannot be decoded', async () => {
    const { status, body } = await graph('GET', '/v1.0/applications/%zz')
    expect([status, body.error.code]).toEqual([400, 'BadRequest'])
  })
})
