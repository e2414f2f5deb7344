import { createHash, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestToken } from '../login/request-token.ts'
import { makeSelfSignedCertificate, type SelfSignedCertificate } from '../support/self-signed-certificate.ts'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'

const day = 86_400_000
const directory = '00000002-0000-0000-c000-000000000000'

let doorstep: RunningDoorstep
let first: SelfSignedCertificate
let second: SelfSignedCertificate
let expired: SelfSignedCertificate

beforeAll(async () => {
  const at = (days: number) => new Date(Date.now() + days * day)
  first = await makeSelfSignedCertificate('daemon', { from: at(-1), until: at(30) })
  second = await makeSelfSignedCertificate('daemon', { from: at(-1), until: at(60) })
  expired = await makeSelfSignedCertificate('daemon', { from: at(-30), until: at(-1) })
  doorstep = await startDoorstep()
})
afterAll(() => doorstep?.stop())

const graph = (...sent: Parameters<RunningDoorstep['graph']['request']>) => doorstep.graph.request(...sent)
const keyOf = ({ certificate }: SelfSignedCertificate) => certificate.raw.toString('base64')
const whole = (pair: SelfSignedCertificate, more: object = {}) => ({
  type: 'AsymmetricX509Cert',
  usage: 'Verify',
  key: keyOf(pair),
  ...more,
})

async function newPair() {
  const application = (await graph('POST', '/v1.0/applications', { displayName: 'keys' })).body
  const servicePrincipal = (await graph('POST', '/v1.0/servicePrincipals', { appId: application.appId })).body
  return { application, servicePrincipal }
}

function signed(pair: SelfSignedCertificate, header: object, claims: object): string {
  const encoded = [{ alg: 'RS256', ...header }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const key = { key: pair.pkcs8, format: 'der', type: 'pkcs8' } as const
  return `${encoded}.${sign('sha256', Buffer.from(encoded), key).toString('base64url')}`
}

const seconds = () => Math.floor(Date.now() / 1000)

function proof(pair: SelfSignedCertificate, iss: string, claims: object = {}): string {
  return signed(pair, { typ: 'JWT' }, { aud: directory, iss, nbf: seconds(), exp: seconds() + 600, ...claims })
}

/** A token that the application gets with its certificate. */
async function tokenBy(pair: SelfSignedCertificate, appId: string) {
  const x5t = createHash('sha1').update(pair.certificate.raw).digest('base64url')
  const aud = `https://login.microsoftonline.com/${doorstep.tenantId}/oauth2/v2.0/token`
  const claims = { aud, iss: appId, sub: appId, jti: 'x', nbf: seconds(), exp: seconds() + 600 }
  return requestToken(
    doorstep,
    {
      grant_type: 'client_credentials',
      client_id: appId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: signed(pair, { x5t }, claims),
      scope: 'https://graph.microsoft.com/.default',
    },
    { tenant: doorstep.tenantId },
  )
}

describe.each(['applications', 'servicePrincipals'] as const)('certificates of %s', (collection) => {
  const newHolder = async () => {
    const { application, servicePrincipal } = await newPair()
    const { id } = collection === 'applications' ? application : servicePrincipal
    return { id, appId: application.appId, path: `/v1.0/${collection}/${id}` }
  }

  it('are kept with thumbprint and dates of the certificate, and sign in', async () => {
    const { path, appId } = await newHolder()
    const changed = await graph('PATCH', path, { keyCredentials: [whole(first)] })
    expect(changed.status, changed.text).toBe(204)
    const [kept] = (await graph('GET', path)).body.keyCredentials
    const date = (text: string) => `${new Date(text).toISOString().slice(0, 19)}Z`
    expect(kept).toEqual({
      customKeyIdentifier: first.certificate.fingerprint.replaceAll(':', ''),
      displayName: 'CN=daemon',
      endDateTime: date(first.certificate.validTo),
      key: null,
      keyId: expect.any(String),
      startDateTime: date(first.certificate.validFrom),
      type: 'AsymmetricX509Cert',
      usage: 'Verify',
    })
    const shown = await graph('GET', `${path}?$select=keyCredentials`)
    expect(shown.body.keyCredentials[0].key).toBe(keyOf(first))
    expect((await tokenBy(first, appId)).status).toBe(200)
    // The list is replaced as a whole: what is repeated without its key stays, what is not there goes.
    await graph('PATCH', path, { keyCredentials: [{ keyId: kept.keyId, key: null }, whole(second)] })
    expect((await tokenBy(first, appId)).status).toBe(200)
    await graph('PATCH', path, { keyCredentials: [whole(second)] })
    expect((await tokenBy(first, appId)).body.error_codes).toEqual([700027])
    expect((await tokenBy(second, appId)).status).toBe(200)
    expect((await graph('PATCH', path, { keyCredentials: [] })).status).toBe(204)
    expect((await tokenBy(second, appId)).status).toBe(401)
  })

  it('come with the line breaks of a PEM file, as Azure CLI sends them, and are kept without', async () => {
    const { path, appId } = await newHolder()
    const key = first.certificate.toString().replaceAll(/-----[A-Z ]+-----\n/g, '')
    expect(key).toContain('\n')
    const changed = await graph('PATCH', path, {
      keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key }],
    })
    expect(changed.status, changed.text).toBe(204)
    const shown = await graph('GET', `${path}?$select=keyCredentials`)
    expect(shown.body.keyCredentials[0].key).toBe(keyOf(first))
    expect((await tokenBy(first, appId)).status).toBe(200)
  })

  it('are refused when they are none, expired, or said to be valid when they are not', async () => {
    const { path } = await newHolder()
    const twice = { keyId: '00000000-1111-2222-3333-444444444444' }
    for (const [keyCredentials, code, message] of [
      [[{ key: 'AAAA' }], 'Request_BadRequest', /'keyCredentials\[0\].key'.*X\.509/],
      [[{ keyId: twice.keyId }], 'Request_BadRequest', /keyCredentials\[0\]/],
      [[whole(expired)], 'KeyCredentialsInvalidEndDate', /^Key credential end date is invalid\./],
      [[whole(first, { endDateTime: '2199-01-01T00:00:00Z' })], 'KeyCredentialsInvalidEndDate', /end date/],
      [[whole(first, { startDateTime: '1999-01-01T00:00:00Z' })], 'KeyCredentialsInvalidStartDate', /start date/],
      [[whole(first, twice), whole(second, twice)], 'Request_BadRequest', /used twice/],
      [[whole(first, { usage: 'Sign' })], 'Request_BadRequest', /Private keys are not kept/],
      [[whole(first, { type: 'Secret' })], 'Request_BadRequest', /'keyCredentials\[0\].type'/],
    ] as const) {
      const { status, body } = await graph('PATCH', path, { keyCredentials })
      expect([status, body.error.code]).toEqual([400, code])
      expect(body.error.message).toMatch(message)
    }
  })

  it('are rolled with a proof of the one that is there', async () => {
    const { id, path, appId } = await newHolder()
    const add = (sent: string, keyCredential: object = whole(second)) =>
      graph('POST', `${path}/addKey`, { keyCredential, passwordCredential: null, proof: sent })
    const without = await add(proof(first, id))
    expect([without.status, without.body.error.code]).toEqual([401, 'Authentication_MissingOrMalformed'])
    await graph('PATCH', path, { keyCredentials: [whole(first)] })
    for (const wrong of [
      'nonsense',
      proof(second, id),
      proof(first, appId),
      proof(first, id, { aud: 'https://graph.microsoft.com' }),
      proof(first, id, { exp: seconds() + 3_600 }),
      proof(first, id, { nbf: seconds() - 7_200, exp: seconds() - 6_900 }),
      proof(first, id, { exp: undefined }),
    ]) {
      const { status, body } = await add(wrong)
      expect([status, body.error.code]).toEqual([401, 'Authentication_MissingOrMalformed'])
    }
    expect((await add(proof(first, id), whole(expired))).body.error.code).toBe('KeyCredentialsInvalidEndDate')
    const added = await add(proof(first, id))
    expect(added.status, added.text).toBe(200)
    expect(added.body).toMatchObject({ keyId: expect.any(String), key: null, usage: 'Verify' })
    expect(added.body['@odata.context']).toMatch(/#microsoft.graph.keyCredential$/)
    const [old] = (await graph('GET', path)).body.keyCredentials
    const remove = (keyId: string) => graph('POST', `${path}/removeKey`, { keyId, proof: proof(second, id) })
    expect((await remove(old.keyId)).status).toBe(204)
    expect((await remove(old.keyId)).body.error.message).toMatch(/^No key credential found with keyId/)
    expect((await tokenBy(second, appId)).status).toBe(200)
    expect((await tokenBy(first, appId)).status).toBe(401)
  })

  it('are rolled by the application itself without any permission, and by no other', async () => {
    const { id, path, appId } = await newHolder()
    await graph('PATCH', path, { keyCredentials: [whole(first)] })
    const authorization = `Bearer ${(await tokenBy(first, appId)).body.access_token}`
    const body = { keyCredential: whole(second), proof: proof(first, id) }
    const added = await graph('POST', `${path}/addKey`, body, { authorization })
    expect(added.status, added.text).toBe(200)
    expect((await graph('GET', path, undefined, { authorization })).status).toBe(403)
    const stranger = await newHolder()
    await graph('PATCH', stranger.path, { keyCredentials: [whole(first)] })
    const foreign = { keyCredential: whole(second), proof: proof(first, stranger.id) }
    expect((await graph('POST', `${stranger.path}/addKey`, foreign, { authorization })).status).toBe(403)
  })
})
