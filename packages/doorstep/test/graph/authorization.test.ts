import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDoorstep } from '../support/start-doorstep.ts'
import { clientToken } from './client-token.ts'

type Doorstep = Awaited<ReturnType<typeof startDoorstep>>

const graphAppId = '00000003-0000-0000-c000-000000000000'
const ownedBy = '18a4783c-866b-4cc7-a460-3d5e5662c884'

let doorstep: Doorstep
let graphApi: { id: string }
const graph = (...sent: Parameters<Doorstep['graph']['request']>) => doorstep.graph.request(...sent)

beforeAll(async () => {
  doorstep = await startDoorstep()
  graphApi = (await graph('GET', `/v1.0/servicePrincipals(appId='${graphAppId}')`)).body
})
afterAll(() => doorstep.stop())

/** A client with the given application permissions, and how it asks Graph. */
async function newClient(...appRoleIds: string[]) {
  const { appId, id } = (await graph('POST', '/v1.0/applications', { displayName: 'client' })).body
  const servicePrincipal = (await graph('POST', '/v1.0/servicePrincipals', { appId })).body
  for (const appRoleId of appRoleIds) {
    const path = `/v1.0/servicePrincipals/${servicePrincipal.id}/appRoleAssignments`
    await graph('POST', path, { principalId: servicePrincipal.id, resourceId: graphApi.id, appRoleId })
  }
  const { secretText } = (await graph('POST', `/v1.0/applications/${id}/addPassword`, {})).body
  const authorization = `Bearer ${await clientToken(doorstep, appId, secretText)}`
  return {
    servicePrincipal,
    request: (method: string, path: string, body?: unknown) => graph(method, path, body, { authorization }),
  }
}

describe('access tokens', () => {
  it.each([
    ['', 'Access token is empty.'],
    ['Basic eDp5', 'Access token is empty.'],
    ['Bearer nonsense', 'CompactToken validation failed with reason code: 80049228.'],
  ])('are needed: %s', async (authorization, message) => {
    const { status, headers, body } = await graph('GET', '/v1.0/applications', undefined, { authorization })
    expect(status).toBe(401)
    expect(body.error).toMatchObject({ code: 'InvalidAuthenticationToken', message })
    expect(headers['www-authenticate']).toMatch(
      /^Bearer realm="", authorization_uri="https:\/\/.+", client_id="00000003-0000-0000-c000-000000000000"/,
    )
  })

  it('are looked at before the address and the body', async () => {
    expect((await graph('GET', '/v1.0/nonsense', undefined, { authorization: '' })).status).toBe(401)
    expect((await graph('POST', '/v1.0/applications', 'x', { authorization: '' })).status).toBe(401)
  })

  it('need the permission of the operation', async () => {
    const { request } = await newClient()
    for (const [method, path] of [
      ['GET', '/v1.0/applications'],
      ['POST', '/v1.0/applications'],
      ['GET', '/v1.0/organization'],
      ['GET', `/v1.0/servicePrincipals/${graphApi.id}/appRoleAssignedTo`],
    ] as const) {
      const { status, body } = await request(method, path, method === 'POST' ? { displayName: 'x' } : undefined)
      expect({ path, status }).toEqual({ path, status: 403 })
      expect(body.error).toMatchObject({
        code: 'Authorization_RequestDenied',
        message: 'Insufficient privileges to complete the operation.',
      })
    }
  })
})

describe('Application.ReadWrite.OwnedBy', () => {
  it('lets an application manage what it made itself, and nothing else', async () => {
    const foreign = (await graph('POST', '/v1.0/applications', { displayName: 'foreign' })).body
    const { request } = await newClient(ownedBy)
    const own = await request('POST', '/v1.0/applications', { displayName: 'own' })
    expect(own.status).toBe(201)
    const presence = await request('POST', '/v1.0/servicePrincipals', { appId: own.body.appId })
    expect(presence.status).toBe(201)

    for (const [id, allowed] of [
      [own.body.id, true],
      [foreign.id, false],
    ] as const) {
      const path = `/v1.0/applications/${id}`
      const statuses = [
        (await request('GET', path)).status,
        (await request('PATCH', path, { notes: 'x' })).status,
        (await request('POST', `${path}/addPassword`, {})).status,
        (await request('DELETE', path)).status,
      ]
      expect(statuses).toEqual(allowed ? [200, 204, 200, 204] : [200, 403, 403, 403])
    }
    expect((await request('PATCH', `/v1.0/servicePrincipals/${graphApi.id}`, { notes: 'x' })).status).toBe(403)
  })
})
