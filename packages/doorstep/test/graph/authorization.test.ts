import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDoorstep } from '../support/start-doorstep.ts'
import { clientToken } from './client-token.ts'

type Doorstep = Awaited<ReturnType<typeof startDoorstep>>

const graphAppId = '00000003-0000-0000-c000-000000000000'
const directoryReadAll = '7ab1d382-f21e-4acd-a863-ba3e13f7da61'
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

  it('reaches into the recycle bin as far', async () => {
    const foreign = (await graph('POST', '/v1.0/applications', { displayName: 'foreign' })).body
    await graph('DELETE', `/v1.0/applications/${foreign.id}`)
    const { request } = await newClient(ownedBy)
    const own = (await request('POST', '/v1.0/applications', { displayName: 'own' })).body
    await request('DELETE', `/v1.0/applications/${own.id}`)
    const bin = '/v1.0/directory/deletedItems'
    const listed = await request('GET', `${bin}/microsoft.graph.application`)
    expect(listed.body.value).toMatchObject([{ id: own.id }])
    expect((await request('GET', `${bin}/microsoft.graph.user`)).status).toBe(403)
    expect((await request('POST', `${bin}/${foreign.id}/restore`)).status).toBe(403)
    expect((await request('DELETE', `${bin}/${foreign.id}`)).status).toBe(403)
    expect((await request('POST', `${bin}/${own.id}/restore`)).status).toBe(200)
  })

  it('needs to read the directory besides, to say who owns something', async () => {
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${graphApi.id}` }
    const [poor, able] = [await newClient(ownedBy), await newClient(ownedBy, directoryReadAll)]
    for (const [client, status] of [
      [poor, 403],
      [able, 204],
    ] as const) {
      const { id } = (await client.request('POST', '/v1.0/applications', { displayName: 'own' })).body
      expect((await client.request('POST', `/v1.0/applications/${id}/owners/$ref`, reference)).status).toBe(status)
    }
    const foreign = (await graph('POST', '/v1.0/applications', { displayName: 'foreign' })).body
    const path = `/v1.0/applications/${foreign.id}/owners/$ref`
    expect((await able.request('POST', path, reference)).status).toBe(403)
  })
})
