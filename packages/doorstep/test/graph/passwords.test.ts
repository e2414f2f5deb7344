import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDoorstep } from '../support/start-doorstep.ts'
import { clientToken } from './client-token.ts'

type Doorstep = Awaited<ReturnType<typeof startDoorstep>>

let doorstep: Doorstep
let application: { id: string; appId: string }
let servicePrincipalId: string
const graph = (...sent: Parameters<Doorstep['graph']['request']>) => doorstep.graph.request(...sent)

beforeAll(async () => {
  doorstep = await startDoorstep()
  application = (await graph('POST', '/v1.0/applications', { displayName: 'secretive' })).body
  servicePrincipalId = (await graph('POST', '/v1.0/servicePrincipals', { appId: application.appId })).body.id
})
afterAll(() => doorstep.stop())

describe('addPassword', () => {
  it('shows the secret once, and a client signs in with it', async () => {
    const { status, body } = await graph('POST', `/v1.0/applications/${application.id}/addPassword`, {
      passwordCredential: { displayName: 'rbac' },
    })
    expect(status).toBe(200)
    expect(body['@odata.context']).toMatch(/#microsoft\.graph\.passwordCredential$/)
    expect(body).toMatchObject({ displayName: 'rbac', customKeyIdentifier: null, hint: body.secretText.slice(0, 3) })
    expect(body.secretText.length).toBeGreaterThanOrEqual(16)
    const start = new Date(body.startDateTime)
    expect(new Date(body.endDateTime).getUTCFullYear()).toBe(start.getUTCFullYear() + 2)

    const read = await graph('GET', `/v1.0/applications/${application.id}`)
    expect(read.body.passwordCredentials).toMatchObject([{ keyId: body.keyId, hint: body.hint, secretText: null }])
    expect(JSON.stringify(read.body)).not.toContain(body.secretText)
    expect(await clientToken(doorstep, application.appId, body.secretText)).toMatch(/^eyJ/)
  })

  it('takes an empty body, the caller’s dates and a client id in the address', async () => {
    const path = `/v1.0/applications(appId='${application.appId}')/addPassword`
    expect((await graph('POST', path, {})).status).toBe(200)
    const dates = { startDateTime: '2030-01-02T03:04:05Z', endDateTime: '2031-01-02T04:04:05+01:00' }
    const { body } = await graph('POST', path, { passwordCredential: { displayName: null, ...dates } })
    expect(body).toMatchObject({ startDateTime: '2030-01-02T03:04:05Z', endDateTime: '2031-01-02T03:04:05Z' })
  })

  it('works on a service principal too', async () => {
    const path = `/v1.0/servicePrincipals/${servicePrincipalId}`
    const { status, body } = await graph('POST', `${path}/addPassword`, {})
    expect(status).toBe(200)
    const read = await graph('GET', path)
    expect(read.body.passwordCredentials).toMatchObject([{ keyId: body.keyId, secretText: null }])
    expect((await graph('POST', `${path}/removePassword`, { keyId: body.keyId })).status).toBe(204)
    expect((await graph('GET', path)).body.passwordCredentials).toEqual([])
  })

  it.each([
    [{ passwordCredential: { secretText: 'mine' } }, /secretText.*The service makes the secret/],
    [{ passwordCredential: { endDateTime: 'tomorrow' } }, /endDateTime/],
    [
      { passwordCredential: { startDateTime: '2030-01-02T00:00:00Z', endDateTime: '2030-01-01T00:00:00Z' } },
      /endDateTime.*not after startDateTime/,
    ],
    [{ displayName: 'x' }, /Invalid property 'displayName'/],
  ])('refuses %o', async (body, message) => {
    const answer = await graph('POST', `/v1.0/applications/${application.id}/addPassword`, body)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatchObject({ code: 'Request_BadRequest', message: expect.stringMatching(message) })
  })
})

describe('removePassword', () => {
  it('takes the secret away at once', async () => {
    const path = `/v1.0/applications/${application.id}`
    const { body } = await graph('POST', `${path}/addPassword`, {})
    await clientToken(doorstep, application.appId, body.secretText)
    expect((await graph('POST', `${path}/removePassword`, { keyId: body.keyId })).status).toBe(204)
    await expect(clientToken(doorstep, application.appId, body.secretText)).rejects.toThrow(/No token: 401/)
  })

  it('refuses a key that is not there', async () => {
    const path = `/v1.0/applications/${application.id}/removePassword`
    const { status, body } = await graph('POST', path, { keyId: '00000000-1111-2222-3333-444444444444' })
    expect(status).toBe(400)
    expect(body.error.message).toMatch(/^No password credential found with keyId/)
    expect((await graph('POST', path, {})).status).toBe(400)
  })
})
