import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDoorstep } from '../support/start-doorstep.ts'

type Doorstep = Awaited<ReturnType<typeof startDoorstep>>

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const nobody = '00000000-1111-2222-3333-444444444444'

let doorstep: Doorstep
const graph = (...sent: Parameters<Doorstep['graph']['request']>) => doorstep.graph.request(...sent)

beforeAll(async () => {
  doorstep = await startDoorstep()
})
afterAll(() => doorstep.stop())

async function newApplication(properties: object = {}) {
  const { status, body } = await graph('POST', '/v1.0/applications', { displayName: 'demo', ...properties })
  expect(body).toMatchObject({ id: expect.stringMatching(guid) })
  expect(status).toBe(201)
  return body
}

describe('applications', () => {
  it('are created complete, as Graph shows them', async () => {
    const { status, headers, body } = await graph('POST', '/v1.0/applications', {
      '@odata.type': '#microsoft.graph.application',
      displayName: 'demo',
      keyCredentials: [],
    })
    expect(status).toBe(201)
    expect(body['@odata.context']).toMatch(/\/v1\.0\/\$metadata#applications\/\$entity$/)
    expect(Object.keys(body)[0]).toBe('@odata.context')
    expect(body).toMatchObject({
      id: expect.stringMatching(guid),
      appId: expect.stringMatching(guid),
      displayName: 'demo',
      signInAudience: 'AzureADMyOrg',
      deletedDateTime: null,
      identifierUris: [],
      passwordCredentials: [],
      keyCredentials: [],
      isFallbackPublicClient: null,
      publicClient: { redirectUris: [] },
      spa: { redirectUris: [] },
      web: { redirectUris: [], redirectUriSettings: [], implicitGrantSettings: { enableIdTokenIssuance: false } },
      api: { requestedAccessTokenVersion: null, oauth2PermissionScopes: [] },
      verifiedPublisher: { displayName: null },
    })
    expect(body.id).not.toBe(body.appId)
    expect(body.createdDateTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{7})?Z$/)
    expect(headers['content-type']).toBe(
      'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
    )
    expect(headers['odata-version']).toBe('4.0')
    expect(headers['cache-control']).toBe('no-cache')
    expect(headers['request-id']).toMatch(guid)
    expect(headers.location).toMatch(
      new RegExp(`/v2/${doorstep.tenantId}/directoryObjects/${body.id}/Microsoft.DirectoryServices.Application$`),
    )
  })

  it('are read by object id and by client id, in any spelling of the address', async () => {
    const { id, appId } = await newApplication()
    for (const path of [
      `/v1.0/applications/${id}`,
      `/beta/Applications/${id.toUpperCase()}`,
      `/v1.0//applications/${id}/`,
      `/v1.0/applications('${id}')`,
      `/v1.0/applications(appId='${appId}')`,
      `/v1.0/applications(appId=%27${appId}%27)`,
      `/v1.0/applications%28appId=%27${appId}%27%29`,
    ]) {
      const { status, body } = await graph('GET', path)
      expect({ path, status, id: body.id }).toEqual({ path, status: 200, id })
      expect(body.createdDateTime).toMatch(/:\d\dZ$/)
    }
  })

  it('are changed property by property, collections as a whole', async () => {
    const { id } = await newApplication({
      web: { redirectUris: ['https://a.doorstep.example/cb'], homePageUrl: 'https://a.doorstep.example' },
    })
    const change = {
      isFallbackPublicClient: true,
      publicClient: { redirectUris: ['http://localhost:53000'] },
      web: { redirectUris: ['https://b.doorstep.example/cb'] },
    }
    const patched = await graph('PATCH', `/v1.0/applications/${id}`, change)
    expect(patched.status).toBe(204)
    const { body } = await graph('GET', `/v1.0/applications/${id}`)
    expect(body).toMatchObject({
      displayName: 'demo',
      isFallbackPublicClient: true,
      publicClient: { redirectUris: ['http://localhost:53000'] },
      web: { redirectUris: ['https://b.doorstep.example/cb'], homePageUrl: 'https://a.doorstep.example' },
    })
  })

  it('keep every change of requests that come at once', async () => {
    const { id } = await newApplication()
    const changes = [{ description: 'a' }, { notes: 'b' }, { tags: ['c'] }]
    const answers = await Promise.all(changes.map((change) => graph('PATCH', `/v1.0/applications/${id}`, change)))
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204])
    const { body } = await graph('GET', `/v1.0/applications/${id}`)
    expect(body).toMatchObject({ description: 'a', notes: 'b', tags: ['c'] })
  })

  it('are gone after their deletion, with their service principal', async () => {
    const { id, appId } = await newApplication()
    const servicePrincipal = await graph('POST', '/v1.0/servicePrincipals', { appId })
    expect((await graph('DELETE', `/v1.0/applications/${id}`)).status).toBe(204)
    const { status, body } = await graph('GET', `/v1.0/applications/${id}`)
    expect(status).toBe(404)
    expect(body.error.code).toBe('Request_ResourceNotFound')
    expect(body.error.message).toBe(
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    )
    expect((await graph('GET', `/v1.0/servicePrincipals/${servicePrincipal.body.id}`)).status).toBe(404)
    expect((await graph('DELETE', `/v1.0/applications/${id}`)).status).toBe(404)
  })

  it.each([
    [{}, /A value is required for property 'displayName' of resource 'Application'/],
    [{ displayName: 'x', colour: 'red' }, /Invalid property 'colour'/],
    [{ displayName: 'x', appId: nobody }, /Property 'appId' is read-only/],
    [{ displayName: 'x', signInAudience: 'All' }, /Invalid value specified for property 'signInAudience'/],
    [{ displayName: 'x', web: { redirectUris: ['http://a.example'] } }, /'web.redirectUris\[0\]'.* use https/],
    [{ displayName: 'x', passwordCredentials: [{ secretText: 'mine' }] }, /addPassword/],
  ])('are refused with a sentence that names the property: %o', async (body, message) => {
    const answer = await graph('POST', '/v1.0/applications', body)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatchObject({ code: 'Request_BadRequest', message: expect.stringMatching(message) })
  })

  it('have identifier URIs of their tenant, each once', async () => {
    const foreign = await graph('POST', '/v1.0/applications', {
      displayName: 'x',
      identifierUris: ['https://api.fabrikam.example'],
    })
    expect(foreign.status).toBe(400)
    expect(foreign.body.error.code).toBe('HostNameNotOnVerifiedDomain')
    expect(foreign.body.error.message).toContain("'https://api.fabrikam.example'")

    const uri = 'https://localhost/azure-monitor'
    await newApplication({ identifierUris: [uri] })
    const second = await graph('POST', '/v1.0/applications', { displayName: 'x', identifierUris: [uri] })
    expect(second.status).toBe(409)
    expect(second.body.error).toMatchObject({
      code: 'Request_MultipleObjectsWithSameKeyValue',
      message: 'Another object with the same value for property identifierUris already exists.',
      details: [{ code: 'ConflictingObjects', target: 'identifierUris' }],
    })
  })

  it('keep an enabled scope until it is disabled', async () => {
    const scope = { id: nobody, value: 'Data.Read', isEnabled: true, type: 'User' }
    const { id } = await newApplication({ api: { oauth2PermissionScopes: [scope] } })
    const path = `/v1.0/applications/${id}`
    const refused = await graph('PATCH', path, { api: { oauth2PermissionScopes: [] } })
    expect([refused.status, refused.body.error.code]).toEqual([400, 'CannotDeleteOrUpdateEnabledEntitlement'])
    await graph('PATCH', path, { api: { oauth2PermissionScopes: [{ ...scope, isEnabled: false }] } })
    expect((await graph('PATCH', path, { api: { oauth2PermissionScopes: [] } })).status).toBe(204)
  })

  it('take a certificate and fill in what it says itself', async () => {
    const { id } = await newApplication()
    const path = `/v1.0/applications/${id}`
    const refused = await graph('PATCH', path, { keyCredentials: [{ key: 'AAAA' }] })
    expect([refused.status, refused.body.error.code]).toEqual([400, 'Request_BadRequest'])
    expect((await graph('PATCH', path, { keyCredentials: [{ key: certificate }] })).status).toBe(204)
    const { keyCredentials } = (await graph('GET', path)).body
    expect(keyCredentials).toMatchObject([
      {
        keyId: expect.stringMatching(guid),
        key: null,
        usage: 'Verify',
        type: 'AsymmetricX509Cert',
        customKeyIdentifier: expect.stringMatching(/^[0-9A-F]{40}$/),
      },
    ])
    const keep = [{ keyId: keyCredentials[0].keyId, displayName: 'renamed', key: null }]
    expect((await graph('PATCH', path, { keyCredentials: keep })).status).toBe(204)
    const shown = await graph('GET', `${path}?$select=keyCredentials`)
    expect(shown.body.keyCredentials).toMatchObject([{ displayName: 'renamed', key: certificate }])
  })
})

describe('the service principal', () => {
  it('follows the name of its application', async () => {
    const { id, appId } = await newApplication()
    await graph('POST', '/v1.0/servicePrincipals', { appId })
    await graph('PATCH', `/v1.0/applications/${id}`, { displayName: 'renamed' })
    const { body } = await graph('GET', `/v1.0/servicePrincipals(appId='${appId}')`)
    expect(body).toMatchObject({ displayName: 'renamed', appDisplayName: 'renamed' })
  })
})

/** A self-signed certificate (P-256, for nobody), DER in base64. */
const certificate =
  'MIIBdjCCARugAwIBAgIUElXtjMrd2Og4hZBwWv7463LUkncwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEZGVtbzAgFw0yNjExMjAyMDM5MzBaGA8yMTI2MTAyNzIwMzkzMFowDzENMAsGA1UEAwwEZGVtbzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCSl3Xtcime2vtWPSGgQl0uvISvQisyLSL7oGBezpT5evXi3Yb3hlZFv0ASNWCOsrYz8/SQ8pVu6rA8+XQK0YkajUzBRMB0GA1UdDgQWBBTAn8HVYEIfDEzeTjfg0vhC0SmeFTAfBgNVHSMEGDAWgBTAn8HVYEIfDEzeTjfg0vhC0SmeFTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQC8vBPcMhfxvfL8xCC0mmAOwI+uf5ZQ2lfgfhHyBX5DlgIhAKietHJ7Snqp5nEqvVQjRKlCSERrG0ctmIlor1sdngqA'
