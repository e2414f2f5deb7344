import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDoorstep } from '../support/start-doorstep.ts'

type Doorstep = Awaited<ReturnType<typeof startDoorstep>>

const graphAppId = '00000003-0000-0000-c000-000000000000'

let doorstep: Doorstep
const graph = (...sent: Parameters<Doorstep['graph']['request']>) => doorstep.graph.request(...sent)

beforeAll(async () => {
  doorstep = await startDoorstep()
})
afterAll(() => doorstep.stop())

describe('errors', () => {
  it('have Graph’s shape and echo the caller’s id', async () => {
    const id = '8c8c8c8c-8888-4bbb-8ccc-000000000008'
    const { status, headers, body } = await graph('GET', `/v1.0/applications/${id}`, undefined, {
      'client-request-id': id,
    })
    expect(status).toBe(404)
    expect(headers['client-request-id']).toBe(id)
    expect(body.error.innerError).toEqual({
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      'request-id': headers['request-id'],
      'client-request-id': id,
    })
  })

  it.each([
    ['GET', '/v1.0/nonsense', 400, 'BadRequest', "Resource not found for the segment 'nonsense'."],
    ['GET', `/v1.0/servicePrincipals/${graphAppId}/nonsense`, 400, 'BadRequest', "for the segment 'nonsense'."],
    ['GET', '/v7.0/applications', 400, 'BadRequest', 'Invalid version: v7.0.'],
    ['GET', '/', 404, 'ResourceNotFound', 'Resource not found'],
    ['DELETE', '/v1.0/organization', 405, 'Request_BadRequest', 'HTTP method is not allowed'],
    ['GET', '/v1.0/applications/nonsense', 400, 'Request_BadRequest', "Invalid object identifier 'nonsense'"],
    ['GET', "/v1.0/applications(displayName='x')", 400, 'BadRequest', "key property 'displayName'"],
    ['GET', '/v1.0/me', 400, 'BadRequest', '/me request is only valid with delegated authentication flow.'],
    ['GET', "/v1.0/oauth2PermissionGrants?$filter=scope eq 'x'", 400, 'Request_UnsupportedQuery', "property 'scope'"],
  ])('%s %s: %i %s', async (method, path, status, code, message) => {
    const answer = await graph(method, path)
    expect(answer.status).toBe(status)
    expect(answer.body.error).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it.each([
    ['/users/delta', "'delta'"],
    ['/groups/delta()?$select=displayName', "'delta()'"],
    ['/applications/microsoft.graph.delta()', "'microsoft.graph.delta()'"],
    ['/devices', "'devices'"],
    [`/devices/${graphAppId}`, "'devices'"],
    ['/subscribedSkus', "'subscribedSkus'"],
    ['/auditLogs/directoryAudits', "'directoryAudits'"],
    ['/$metadata', "'$metadata'"],
    [`/users/${graphAppId}/displayName`, "The property 'displayName' has no address of its own"],
    [`/users/${graphAppId}/displayname/$value`, "The property 'displayName'"],
    ['/me/mail', "The property 'mail'"],
    [`/servicePrincipals(appId='${graphAppId}')/appRoles`, "The property 'appRoles'"],
  ])('say that %s is not there', async (path, message) => {
    for (const version of ['v1.0', 'beta']) {
      const { status, body } = await graph('GET', `/${version}${path}`)
      expect([status, body.error.code]).toEqual([404, 'ResourceNotFound'])
      expect(body.error.message).toContain(message)
    }
  })

  it('tell JSON that is none, another media type and a body that is too large', async () => {
    const json = { 'content-type': 'application/json' }
    const broken = await graph('POST', '/v1.0/applications', '{"displayName":', json)
    expect([broken.status, broken.body.error.code]).toEqual([400, 'BadRequest'])
    const latin = await graph('POST', '/v1.0/applications', Buffer.from('{"displayName":"caf\xe9"}', 'latin1'), json)
    expect([latin.status, latin.body.error.code]).toEqual([400, 'BadRequest'])
    expect(latin.body.error.message).toMatch(/not encoded in UTF-8/)
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await graph('POST', '/v1.0/applications', 'displayName=x', form)).status).toBe(415)
    const untyped = await graph('POST', '/v1.0/applications', Buffer.from('{'))
    expect([untyped.status, untyped.body.error.code]).toEqual([400, 'BadRequest'])
    expect(untyped.body.error.message).toMatch(/must contain the Content-Type header declaration.*valid JSON/)
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
    expect((await graph('POST', '/v1.0/applications', deep, json)).status).toBe(400)
    const large = JSON.stringify({ displayName: 'x'.repeat(1024 * 1024) })
    expect((await graph('POST', '/v1.0/applications', large, json)).status).toBe(413)
  })

  it.each([
    ['POST', '/applications', undefined, 'Empty Payload. JSON content expected.'],
    ['POST', '/oauth2PermissionGrants', undefined, 'Empty Payload. JSON content expected.'],
    ['POST', '/$batch', undefined, 'Empty Payload. JSON content expected.'],
    ['POST', '/$batch', { requests: [] }, 'Invalid batch payload format. requests: Expected at least 1 entry.'],
    ['POST', '/$batch', { requests: {} }, 'Invalid batch payload format. requests: Expected a list.'],
    ['POST', '/$batch', [], 'Invalid batch payload format. Expected a JSON object.'],
    ['POST', '/applications', { displayName: 3 }, "'displayName' of resource 'Application'. Expected a text."],
    ['POST', '/applications', { displayName: 'x', tags: 'y' }, "'tags' of resource 'Application'. Expected a list."],
    [
      'POST',
      '/applications',
      { displayName: 'x', web: [] },
      "'web' of resource 'Application'. Expected a JSON object.",
    ],
    ['POST', '/directoryObjects/getByIds', {}, "A value is required for property 'ids'"],
    ['POST', '/applications', { displayName: 'x', signInAudience: 'All' }, "Expected 'AzureADMyOrg' or"],
  ])('keep to Graph’s words: %s %s %j', async (method, path, body, message) => {
    const answer = await graph(method, `/v1.0${path}`, body)
    expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining(message)])
    expect(answer.text).not.toMatch(/Invalid input|Too small|received undefined/)
  })
})
