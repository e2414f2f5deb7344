import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { allSignedIn, expectDenied, groupIds, robotic, type SendToGraph, staffSeed, stockApi } from './staff.ts'

const people = ['global', 'appadmin', 'member', 'colleague', 'visitor'] as const
type Person = (typeof people)[number]

let doorstep: RunningDoorstep
let send: Readonly<Record<Person, SendToGraph>>
let ids: Readonly<Record<Person, string>>

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: staffSeed() })
  send = await allSignedIn(doorstep, people)
  const found = await Promise.all(people.map(async (name) => [name, (await send[name]('GET', '/me')).body.id] as const))
  ids = Object.fromEntries(found) as Record<Person, string>
})
afterAll(() => doorstep?.stop())

const reference = (id: string, collection = 'directoryObjects') => ({
  '@odata.id': `https://graph.microsoft.com/v1.0/${collection}/${id}`,
})

async function newPair(by: SendToGraph = send.global) {
  const application = (await by('POST', '/applications', { displayName: 'owned' })).body
  const servicePrincipal = (await by('POST', '/servicePrincipals', { appId: application.appId })).body
  return { application, servicePrincipal }
}

describe.each(['applications', 'servicePrincipals'] as const)('owners of %s', (collection) => {
  const pathOfNew = async (by?: SendToGraph) => {
    const { application, servicePrincipal } = await newPair(by)
    return `/${collection}/${collection === 'applications' ? application.id : servicePrincipal.id}`
  }

  it('are added, listed with what they are, and removed, the last one too', async () => {
    const path = await pathOfNew()
    const first = await send.global('GET', `${path}/owners`)
    expect(first.body['@odata.context']).toMatch(/#directoryObjects$/)
    expect(first.body.value).toMatchObject([{ '@odata.type': '#microsoft.graph.user', id: ids.global }])
    const robot = (await send.global('GET', `/servicePrincipals?$filter=displayName eq 'robot'`)).body.value[0].id
    for (const [id, named] of [
      [ids.member, 'users'],
      [robot, 'directoryObjects'],
    ]) {
      const added = await send.global('POST', `${path}/owners/$ref`, reference(id, named))
      expect(added.status, added.text).toBe(204)
    }
    const all = await send.global('GET', `${path}/owners?$select=id,displayName`)
    expect(all.body.value).toHaveLength(3)
    expect(all.body.value).toContainEqual({
      '@odata.type': '#microsoft.graph.servicePrincipal',
      id: robot,
      displayName: 'robot',
    })
    const users = await send.global('GET', `${path}/owners/microsoft.graph.user`)
    expect(users.body.value.map(({ id }: { id: string }) => id).sort()).toEqual([ids.global, ids.member].sort())
    const programs = await send.global('GET', `${path}/owners/microsoft.graph.servicePrincipal`)
    expect(programs.body.value).toMatchObject([{ id: robot }])
    const ownerless = async (condition: string) => {
      const filter = encodeURIComponent(`owners/$count ${condition} 0`)
      const url = `/${collection}?$count=true&$top=999&$filter=${filter}`
      const headers = { consistencyLevel: 'eventual' }
      const { body } = await send.global('POST', '/$batch', { requests: [{ id: '1', method: 'GET', url, headers }] })
      return body.responses[0].body.value.some((item: { id: string }) => path.endsWith(item.id))
    }
    expect([await ownerless('eq'), await ownerless('ne')]).toEqual([false, true])
    for (const id of [robot, ids.member, ids.global]) {
      expect((await send.global('DELETE', `${path}/owners/${id}/$ref`)).status).toBe(204)
    }
    expect([await ownerless('eq'), await ownerless('ne')]).toEqual([true, false])
    expect((await send.global('GET', `${path}/owners`)).body.value).toEqual([])
  })

  it('are refused when they own already, are not there, or are of another kind', async () => {
    const path = await pathOfNew()
    const twice = await send.global('POST', `${path}/owners/$ref`, reference(ids.global))
    expect([twice.status, twice.body.error.code]).toEqual([400, 'Request_BadRequest'])
    expect(twice.body.error.message).toBe(
      "One or more added object references already exist for the following modified properties: 'owners'.",
    )
    const group = await send.global('POST', `${path}/owners/$ref`, reference(groupIds.inner))
    expect(group.body.error.message).toBe(
      `The reference target 'Group_${groupIds.inner}' of type 'Group' is invalid for the 'owners' reference.`,
    )
    const { application } = await newPair()
    const other = await send.global('POST', `${path}/owners/$ref`, reference(application.id))
    expect(other.body.error.message).toMatch(/of type 'Application' is invalid/)
    const unknown = await send.global('POST', `${path}/owners/$ref`, reference('00000000-1111-2222-3333-444444444444'))
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'Request_ResourceNotFound'])
    const notOwner = await send.global('DELETE', `${path}/owners/${ids.member}/$ref`)
    expect([notOwner.status, notOwner.body.error.code]).toEqual([404, 'Request_ResourceNotFound'])
    for (const body of [{}, { '@odata.id': 'nonsense' }, { id: ids.member }]) {
      const malformed = await send.global('POST', `${path}/owners/$ref`, body)
      expect([malformed.status, malformed.body.error.message]).toEqual([400, expect.stringContaining('@odata.id')])
    }
    // Without /$ref nothing is deleted: neither the reference nor the person.
    expect((await send.global('DELETE', `${path}/owners/${ids.global}`)).status).toBeGreaterThanOrEqual(400)
    expect((await send.global('GET', '/me')).status).toBe(200)
  })

  it('may change what they own at once, and no longer when they are owners no more', async () => {
    const path = await pathOfNew()
    expectDenied(await send.member('PATCH', path, { notes: 'mine' }))
    expectDenied(await send.member('POST', `${path}/owners/$ref`, reference(ids.member)))
    expectDenied(await send.visitor('POST', `${path}/owners/$ref`, reference(ids.visitor)))
    expect((await send.appadmin('POST', `${path}/owners/$ref`, reference(ids.member))).status).toBe(204)
    expect((await send.member('PATCH', path, { notes: 'mine' })).status).toBe(204)
    expect((await send.member('POST', `${path}/owners/$ref`, reference(ids.colleague))).status).toBe(204)
    expect((await send.colleague('DELETE', `${path}/owners/${ids.member}/$ref`)).status).toBe(204)
    expectDenied(await send.member('PATCH', path, { notes: 'mine' }))
    expectDenied(await send.member('DELETE', `${path}/owners/${ids.colleague}/$ref`))
  })

  it('that come at once are all kept', async () => {
    const path = await pathOfNew()
    const answers = await Promise.all(
      [ids.member, ids.colleague, ids.appadmin].map((id) => send.global('POST', `${path}/owners/$ref`, reference(id))),
    )
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204])
    expect((await send.global('GET', `${path}/owners`)).body.value).toHaveLength(4)
  })
})

describe('owned and created objects', () => {
  it('are those of a person, of oneself and of a service principal, page by page', async () => {
    const { application, servicePrincipal } = await newPair(send.colleague)
    const types = ['#microsoft.graph.application', '#microsoft.graph.servicePrincipal']
    for (const path of ['/me', `/users/${ids.colleague}`, '/users/colleague@contoso.example']) {
      for (const relation of ['ownedObjects', 'createdObjects']) {
        const { body } = await send.colleague('GET', `${path}/${relation}`)
        const mine = body.value.filter(({ id }: { id: string }) => [application.id, servicePrincipal.id].includes(id))
        expect(mine.map((object: Record<string, string>) => object['@odata.type']).sort()).toEqual(types)
      }
    }
    const cast = await send.colleague('GET', '/me/ownedObjects/microsoft.graph.application?$select=id,appId')
    expect(cast.body.value).toContainEqual({ '@odata.type': types[0], id: application.id, appId: application.appId })
    const first = await send.colleague('GET', '/me/ownedObjects?$top=1')
    expect(first.body.value).toHaveLength(1)
    const next = new URL(first.body['@odata.nextLink'])
    const second = await send.colleague('GET', `${next.pathname.replace(/.*\/v1\.0/, '')}${next.search}`)
    expect(second.body.value[0].id).not.toBe(first.body.value[0].id)

    // Who gives a registration away has made it all the same.
    await send.colleague('DELETE', `/applications/${application.id}/owners/${ids.colleague}/$ref`)
    const left = (await send.colleague('GET', '/me/ownedObjects')).body.value.map(({ id }: { id: string }) => id)
    expect(left).not.toContain(application.id)
    const made = (await send.colleague('GET', '/me/createdObjects')).body.value.map(({ id }: { id: string }) => id)
    expect(made).toContain(application.id)
  })

  it('of a service principal are what it registered and what it was given', async () => {
    const send = await robotic(doorstep)
    const { body: own } = await send('GET', `/servicePrincipals?$filter=displayName eq 'robot'`)
    const { id } = (await send('POST', '/applications', { displayName: 'made by robot' })).body
    const { body } = await send('GET', `/servicePrincipals/${own.value[0].id}/ownedObjects`)
    expect(body.value).toMatchObject([{ '@odata.type': '#microsoft.graph.application', id }])
    const created = await send(
      'GET',
      `/servicePrincipals/${own.value[0].id}/createdObjects/microsoft.graph.application`,
    )
    expect(created.body.value).toMatchObject([{ id }])
    const owned = await send('GET', `/servicePrincipals(appId='${stockApi.appId}')/ownedObjects`)
    expect(owned.body.value).toEqual([])
  })

  it('of others are not for guests, and queries that are not understood are refused', async () => {
    expectDenied(await send.visitor('GET', `/users/${ids.member}/ownedObjects`))
    expect((await send.visitor('GET', '/me/ownedObjects')).body.value).toEqual([])
    const filtered = await send.member('GET', "/me/ownedObjects?$filter=displayName eq 'x'")
    expect([filtered.status, filtered.body.error.code]).toEqual([400, 'Request_UnsupportedQuery'])
  })
})
