import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestToken } from '../login/request-token.ts'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { allSignedIn, expectDenied, robotic, type SendToGraph, signInForm, staffSeed } from './staff.ts'

const people = ['global', 'appadmin', 'useradmin', 'auditor', 'member', 'visitor'] as const
type Person = (typeof people)[number]

let doorstep: RunningDoorstep
let send: Readonly<Record<Person, SendToGraph>>
const bin = '/directory/deletedItems'

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: staffSeed() })
  send = await allSignedIn(doorstep, people)
})
afterAll(() => doorstep?.stop())

async function deletedPair(properties: object = {}, by: SendToGraph = send.global) {
  const application = (await by('POST', '/applications', { displayName: 'deleted', ...properties })).body
  const servicePrincipal = (await by('POST', '/servicePrincipals', { appId: application.appId })).body
  const secret = (await by('POST', `/applications/${application.id}/addPassword`, {})).body.secretText
  expect((await by('DELETE', `/applications/${application.id}`)).status).toBe(204)
  return { application, servicePrincipal, secret }
}

async function newUser(name: string) {
  const { status, text, body } = await send.global('POST', '/users', {
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@contoso.example`,
    passwordProfile: { password: 'Correct-horse-7-battery', forceChangePasswordNextSignIn: false },
  })
  expect(status, text).toBe(201)
  return body
}

describe('the recycle bin', () => {
  it('holds a deleted application with its service principal, and gives both back', async () => {
    const { application, servicePrincipal, secret } = await deletedPair({ identifierUris: ['https://localhost/bin'] })
    const filter = encodeURIComponent(`appId eq '${application.appId}'`)
    const listed = await send.global('GET', `${bin}/microsoft.graph.application?$filter=${filter}`)
    expect(listed.body.value).toMatchObject([
      { id: application.id, deletedDateTime: expect.stringMatching(/^\d{4}-.*\d\dZ$/) },
    ])
    const named = encodeURIComponent("displayName eq 'deleted'")
    const presences = await send.global('GET', `${bin}/microsoft.graph.servicePrincipal?$filter=${named}&$select=id`)
    expect(presences.body.value).toContainEqual({ id: servicePrincipal.id })
    const one = await send.global('GET', `${bin}/${application.id}`)
    expect(one.body).toMatchObject({ '@odata.type': '#microsoft.graph.application', appId: application.appId })
    expect((await send.global('GET', `${bin}/${servicePrincipal.id}`)).body['@odata.type']).toBe(
      '#microsoft.graph.servicePrincipal',
    )
    const form = {
      grant_type: 'client_credentials',
      client_id: application.appId,
      client_secret: secret,
      scope: 'https://graph.microsoft.com/.default',
    }
    expect((await requestToken(doorstep, form)).body.error_codes).toEqual([700016])

    const restored = await send.global('POST', `${bin}/${application.id}/restore`)
    expect([restored.status, restored.body.id]).toEqual([200, application.id])
    expect(restored.body).toMatchObject({ '@odata.type': '#microsoft.graph.application', deletedDateTime: null })
    const alive = await send.global('GET', `/applications/${application.id}`)
    expect(alive.body).toMatchObject({ identifierUris: ['https://localhost/bin'], deletedDateTime: null })
    expect((await send.global('GET', `/servicePrincipals/${servicePrincipal.id}`)).status).toBe(200)
    const byUri = encodeURIComponent("servicePrincipalNames/any(c:c eq 'https://localhost/bin')")
    expect((await send.global('GET', `/servicePrincipals?$filter=${byUri}`)).body.value).toHaveLength(1)
    expect((await requestToken(doorstep, form)).status).toBe(200)
    expect((await send.global('POST', `${bin}/${application.id}/restore`)).status).toBe(404)
    expect((await send.global('GET', `${bin}/${application.id}`)).status).toBe(404)
  })

  it('is listed page by page, by kind', async () => {
    await deletedPair()
    const page = await send.global('GET', `${bin}/microsoft.graph.application?$top=1`)
    expect(page.body.value).toHaveLength(1)
    const wrong = await send.global('GET', bin)
    expect([400, 404]).toContain(wrong.status)
    expect(wrong.body.error.code).toBeTypeOf('string')
  })

  it('gives a service principal back, unless another one took its place', async () => {
    const application = (await send.global('POST', '/applications', { displayName: 'x' })).body
    const first = (await send.global('POST', '/servicePrincipals', { appId: application.appId })).body
    await send.global('DELETE', `/servicePrincipals/${first.id}`)
    const second = (await send.global('POST', '/servicePrincipals', { appId: application.appId })).body
    const refused = await send.global('POST', `${bin}/${first.id}/restore`)
    expect([refused.status, refused.body.error.code]).toEqual([409, 'Request_MultipleObjectsWithSameKeyValue'])
    await send.global('DELETE', `/servicePrincipals/${second.id}`)
    expect((await send.global('POST', `${bin}/${first.id}/restore`)).status).toBe(200)
    expect((await send.global('GET', `/servicePrincipals(appId='${application.appId}')`)).body.id).toBe(first.id)
  })

  it('keeps an application whose identifier URI is taken meanwhile', async () => {
    const uri = 'https://localhost/taken'
    const { application } = await deletedPair({ identifierUris: [uri] })
    await send.global('POST', '/applications', { displayName: 'successor', identifierUris: [uri] })
    const refused = await send.global('POST', `${bin}/${application.id}/restore`)
    expect([refused.status, refused.body.error.details[0].target]).toEqual([409, 'identifierUris'])
    expect((await send.global('GET', `${bin}/${application.id}`)).status).toBe(200)
  })

  it('gives a user back with password and memberships, unless the name is taken', async () => {
    const user = await newUser('leaver')
    await send.global('DELETE', `/users/${user.id}`)
    expect((await requestToken(doorstep, signInForm('leaver'))).status).toBe(400)
    const successor = await newUser('leaver')
    const refused = await send.useradmin('POST', `${bin}/${user.id}/restore`)
    expect(refused.status).toBe(400)
    expect(refused.body.error).toMatchObject({
      code: 'Request_BadRequest',
      details: [{ code: 'ObjectConflict', target: 'userPrincipalName' }],
    })
    await send.global('DELETE', `/users/${successor.id}`)
    const restored = await send.useradmin('POST', `${bin}/${user.id}/restore`)
    expect([restored.status, restored.body['@odata.type']]).toEqual([200, '#microsoft.graph.user'])
    expect((await requestToken(doorstep, signInForm('leaver'))).status).toBe(200)
    const filter = encodeURIComponent("userPrincipalName eq 'leaver@contoso.example'")
    const left = await send.auditor('GET', `${bin}/microsoft.graph.user?$filter=${filter}&$select=id,deletedDateTime`)
    expect(left.body.value).toMatchObject([{ id: successor.id, deletedDateTime: expect.any(String) }])
    const since = encodeURIComponent(`deletedDateTime ge ${left.body.value[0].deletedDateTime}`)
    const recent = await send.auditor('GET', `${bin}/microsoft.graph.user?$filter=${since}&$select=id`)
    expect(recent.body.value.map(({ id }: { id: string }) => id)).toContain(successor.id)
  })

  it('keeps a Microsoft 365 group whose address was taken meanwhile', async () => {
    const team = {
      displayName: 'x',
      mailNickname: 'team',
      mailEnabled: true,
      securityEnabled: false,
      groupTypes: ['Unified'],
    }
    const first = await send.global('POST', '/groups', team)
    expect(first.status, first.text).toBe(201)
    await send.global('DELETE', `/groups/${first.body.id}`)
    expect((await send.global('POST', '/groups', team)).status).toBe(201)
    const refused = await send.global('POST', `${bin}/${first.body.id}/restore`)
    expect(refused.status, refused.text).toBe(400)
    expect(refused.body.error.details).toMatchObject([{ code: 'ObjectConflict', target: 'mailNickname' }])
    const both = await Promise.all(
      ['a', 'b'].map(() => send.global('POST', '/groups', { ...team, mailNickname: 'race' })),
    )
    expect(both.map(({ status }) => status).sort()).toEqual([201, 400])
  })

  it('lets go for ever what is deleted there', async () => {
    const { application, servicePrincipal } = await deletedPair()
    const alone = await send.global('POST', `${bin}/${servicePrincipal.id}/restore`)
    expect([alone.status, alone.body.error.code]).toEqual([400, 'Request_BadRequest'])
    expect(alone.body.error.message).toMatch(
      /application of the service principal .* is deleted: restore that one first/,
    )
    expect((await send.global('DELETE', `${bin}/${application.id}`)).status).toBe(204)
    for (const id of [application.id, servicePrincipal.id]) {
      expect((await send.global('GET', `${bin}/${id}`)).status).toBe(404)
      expect((await send.global('POST', `${bin}/${id}/restore`)).status).toBe(404)
      expect((await send.global('DELETE', `${bin}/${id}`)).status).toBe(404)
    }
  })

  it('is for administrators, for what one owned, and by permission', async () => {
    const foreign = await deletedPair()
    const own = await deletedPair({ displayName: 'of member' }, send.member)
    const listed = await send.member('GET', `${bin}/microsoft.graph.application`)
    const ids = listed.body.value.map(({ id }: { id: string }) => id)
    expect(ids).toContain(own.application.id)
    expect(ids).not.toContain(foreign.application.id)
    for (const [method, path] of [
      ['GET', foreign.application.id],
      ['POST', `${foreign.application.id}/restore`],
      ['DELETE', foreign.application.id],
    ] as const) {
      expectDenied(await send.member(method, `${bin}/${path}`))
      expectDenied(await send.useradmin(method, `${bin}/${path}`))
    }
    expectDenied(await send.visitor('GET', `${bin}/microsoft.graph.application`))
    expectDenied(await send.appadmin('GET', `${bin}/microsoft.graph.user`))
    expectDenied(await send.member('GET', `${bin}/microsoft.graph.group`))
    expect((await send.member('POST', `${bin}/${own.application.id}/restore`)).status).toBe(200)
    expect((await send.auditor('GET', `${bin}/${foreign.application.id}`)).status).toBe(200)
    expectDenied(await send.auditor('DELETE', `${bin}/${foreign.application.id}`))
    const robot = await robotic(doorstep)
    expect((await robot('GET', `${bin}/microsoft.graph.application`)).status).toBe(200)
    expect((await robot('DELETE', `${bin}/${foreign.application.id}`)).status).toBe(204)
  })

  it('does not let a User Administrator bring back or remove the account of somebody who may do more', async () => {
    const { id } = (await send.global('GET', '/users/developer@contoso.example')).body
    await send.global('DELETE', `/users/${id}`)
    expectDenied(await send.useradmin('POST', `${bin}/${id}/restore`))
    expectDenied(await send.useradmin('DELETE', `${bin}/${id}`))
    expect((await send.global('POST', `${bin}/${id}/restore`)).status).toBe(200)
  })

  it('forgets after thirty days by the clock of the cloud', async () => {
    const cloud = await startDoorstep()
    try {
      const { id } = (await cloud.graph.request('POST', '/v1.0/applications', { displayName: 'x' })).body
      await cloud.graph.request('DELETE', `/v1.0/applications/${id}`)
      const count = `/v1.0${bin}/microsoft.graph.application/$count`
      expect((await cloud.graph.request('GET', count, undefined, { consistencylevel: 'eventual' })).text).toBe('1')
      const read = (token: string) =>
        cloud.graph.request('GET', `/v1.0${bin}/${id}`, undefined, { authorization: `Bearer ${token}` })
      const freshToken = async () =>
        (
          await cloud.login.post('/oauth2/v2.0/token', {
            grant_type: 'client_credentials',
            client_id: cloud.bootstrap.clientId,
            client_secret: cloud.bootstrap.clientSecret,
            scope: 'https://graph.microsoft.com/.default',
          })
        ).body.access_token
      const advance = (days: number) => cloud.control.request('POST', '/clock', { advanceSeconds: days * 86_400 })
      await advance(29)
      expect((await read(await freshToken())).status).toBe(200)
      await advance(2)
      expect((await read(await freshToken())).status).toBe(404)
    } finally {
      await cloud.stop()
    }
  })
})
