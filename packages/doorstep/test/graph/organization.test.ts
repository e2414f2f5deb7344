import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDoorstep } from '../support/start-doorstep.ts'

type Doorstep = Awaited<ReturnType<typeof startDoorstep>>

let doorstep: Doorstep
const graph = (...sent: Parameters<Doorstep['graph']['request']>) => doorstep.graph.request(...sent)

beforeAll(async () => {
  doorstep = await startDoorstep()
})
afterAll(() => doorstep.stop())

describe('organization', () => {
  it('is the caller’s tenant and no other', async () => {
    const { body } = await graph('GET', '/v1.0/organization')
    expect(body.value).toMatchObject([{ id: doorstep.tenantId, tenantType: 'AAD' }])
    expect(body.value[0].verifiedDomains).toContainEqual(expect.objectContaining({ isDefault: true, type: 'Managed' }))
    expect((await graph('GET', `/v1.0/organization/${doorstep.tenantId}`)).body.id).toBe(doorstep.tenantId)
    expect((await graph('GET', '/v1.0/organization/00000000-1111-2222-3333-444444444444')).status).toBe(404)
  })
})
