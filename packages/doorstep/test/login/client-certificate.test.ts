import { createHash, constants as cryptoConstants, randomUUID, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  makeSelfSignedCertificate,
  type SelfSignedCertificate,
  yearsFromNow,
} from '../support/self-signed-certificate.ts'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { contoso } from './contoso.ts'
import { expectRefusalBody, type Refusal } from './expect-refusal.ts'
import { claimsOf, type Form, requestToken, type TokenEndpoint } from './request-token.ts'

const daemon = { appId: 'd1a2b3c4-e5f6-4a7b-8c9d-0e1f2a3b4c5d' }
const byGraph = { appId: 'e2b3c4d5-f6a7-4b8c-9dae-1f2a3b4c5d6e', secret: 'Gra8Q~secret-that-lets-it-in-at-first01' }
const graph = 'https://graph.microsoft.com'

let doorstep: RunningDoorstep
let own: SelfSignedCertificate
let old: SelfSignedCertificate
let foreign: SelfSignedCertificate

beforeAll(async () => {
  own = await makeSelfSignedCertificate('daemon')
  old = await makeSelfSignedCertificate('daemon', { from: yearsFromNow(-3), until: yearsFromNow(-2) })
  foreign = await makeSelfSignedCertificate('daemon')
  doorstep = await startDoorstep({
    seed: JSON.stringify({
      tenants: [
        {
          tenantId: contoso.tenantId,
          displayName: contoso.name,
          domain: contoso.domain,
          applications: [
            { displayName: 'daemon', appId: daemon.appId, keyCredentials: [own.keyCredential, old.keyCredential] },
            {
              displayName: 'by Graph',
              appId: byGraph.appId,
              passwordCredentials: [{ secretText: byGraph.secret }],
              applicationPermissions: ['Microsoft Graph/Application.ReadWrite.All'],
              adminConsent: true,
            },
          ],
        },
      ],
    }),
  })
})
afterAll(() => doorstep?.stop())

const sha1 = (pair: SelfSignedCertificate) => createHash('sha1').update(pair.certificate.raw).digest()
const sha256 = (pair: SelfSignedCertificate) => createHash('sha256').update(pair.certificate.raw).digest()
const now = () => Math.floor(Date.now() / 1000)
const v2Audience = `https://login.microsoftonline.com/${contoso.tenantId}/oauth2/v2.0/token`

interface Assertion {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
  readonly signer?: SelfSignedCertificate
}

/** A client assertion as MSAL for JavaScript makes it, with whatever differs. */
function assertion({ header = {}, claims = {}, signer = own }: Assertion = {}): string {
  const whole = { alg: 'PS256', typ: 'JWT', 'x5t#S256': sha256(own).toString('base64url'), ...header }
  const body = {
    aud: v2Audience,
    iss: daemon.appId,
    sub: daemon.appId,
    jti: randomUUID(),
    nbf: now(),
    exp: now() + 600,
    ...claims,
  }
  const encoded = [whole, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const padding =
    whole.alg === 'PS256'
      ? { padding: cryptoConstants.RSA_PKCS1_PSS_PADDING, saltLength: cryptoConstants.RSA_PSS_SALTLEN_DIGEST }
      : {}
  const key = { key: signer.pkcs8, format: 'der', type: 'pkcs8', ...padding } as const
  return `${encoded}.${sign('sha256', Buffer.from(encoded), key).toString('base64url')}`
}

function ask(client_assertion: string, members: Form = {}, endpoint: TokenEndpoint = {}): Promise<Answer> {
  const form = {
    grant_type: 'client_credentials',
    client_id: daemon.appId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
    scope: `${graph}/.default`,
    ...members,
  }
  return requestToken(doorstep, form, endpoint)
}

describe('a client assertion is accepted', () => {
  const variants: readonly (readonly [string, () => Assertion])[] = [
    ['as MSAL for JavaScript and .NET write it', () => ({})],
    [
      'as MSAL for Go writes it: a padded thumbprint, no iat',
      () => ({ header: { 'x5t#S256': sha256(own).toString('base64') } }),
    ],
    [
      'as MSAL for Python writes it: fractions of seconds',
      () => ({ claims: { iat: now() + 0.25, exp: now() + 600.25, nbf: undefined } }),
    ],
    [
      'as MSAL for Python writes it with the old thumbprint',
      () => ({ header: { alg: 'RS256', 'x5t#S256': undefined, x5t: sha1(own).toString('base64url') } }),
    ],
    ['as MSAL for Java writes it: RS256 with the new thumbprint', () => ({ header: { alg: 'RS256' } })],
    [
      'with the thumbprint as kid, in hexadecimal digits',
      () => ({ header: { 'x5t#S256': undefined, kid: sha1(own).toString('hex').toUpperCase() } }),
    ],
    ['with the whole chain besides', () => ({ header: { x5c: [own.certificate.raw.toString('base64')] } })],
  ]

  it.each(variants)('%s', async (_, made) => {
    const answer = await ask(assertion(made()))
    expect(claimsOf(answer)).toMatchObject({ appid: daemon.appId, appidacr: '2' })
  })

  it.each([
    `https://login.microsoftonline.com/${contoso.tenantId}/oauth2/token`,
    `https://login.microsoftonline.com/${contoso.domain}/oauth2/v2.0/token`,
    `https://login.windows.net/${contoso.tenantId}/oauth2/v2.0/token`,
    `https://login.microsoftonline.com/${contoso.tenantId}/v2.0`,
    `https://sts.windows.net/${contoso.tenantId}/`,
  ])('for the audience %s', async (aud) => {
    expect((await ask(assertion({ claims: { aud } }))).status).toBe(200)
  })

  it('for the local address', async () => {
    const aud = `${doorstep.url}/${contoso.tenantId}/oauth2/v2.0/token`
    expect((await ask(assertion({ claims: { aud } }))).status).toBe(200)
  })

  it('without client_id', async () => {
    expect((await ask(assertion(), { client_id: undefined })).status).toBe(200)
  })

  it('on v1.0', async () => {
    const answer = await ask(assertion(), { scope: undefined, resource: graph }, { version: 'v1' })
    expect(claimsOf(answer)).toMatchObject({ appidacr: '2' })
  })

  it('with a certificate that was added through Graph', async () => {
    const { body } = await requestToken(doorstep, {
      grant_type: 'client_credentials',
      client_id: byGraph.appId,
      client_secret: byGraph.secret,
      scope: `${graph}/.default`,
    })
    const claims = { iss: byGraph.appId, sub: byGraph.appId }
    const byForeign = () =>
      assertion({ signer: foreign, header: { 'x5t#S256': sha256(foreign).toString('base64url') }, claims })
    expect((await ask(byForeign(), { client_id: byGraph.appId })).body.error_codes).toEqual([700027])
    const patched = await doorstep.request(
      'PATCH',
      `/graph/v1.0/applications(appId='${byGraph.appId}')`,
      {
        keyCredentials: [
          { type: 'AsymmetricX509Cert', usage: 'Verify', key: foreign.certificate.raw.toString('base64') },
        ],
      },
      { authorization: `Bearer ${body.access_token}` },
    )
    expect(patched.status, patched.text).toBe(204)
    expect((await ask(byForeign(), { client_id: byGraph.appId })).status).toBe(200)
  })
})

describe('a client assertion is refused', () => {
  const invalidClient = { status: 401, error: 'invalid_client' }
  const refusals: readonly (readonly [string, () => Assertion, Omit<Refusal, 'status' | 'error'>])[] = [
    [
      'when its certificate is not registered',
      () => ({ signer: foreign, header: { 'x5t#S256': sha256(foreign).toString('base64url') } }),
      { code: 700027, text: /^The certificate with identifier used to sign .*'[0-9A-F]{64}'/ },
    ],
    ['when another key has signed it', () => ({ signer: foreign }), { code: 700027, text: /signature value/ }],
    [
      'when its certificate has run out',
      () => ({ signer: old, header: { 'x5t#S256': sha256(old).toString('base64url') } }),
      { code: 700027, text: /expired/ },
    ],
    ['when it names no certificate', () => ({ header: { 'x5t#S256': undefined } }), { code: 700027 }],
    [
      'for another tenant',
      () => ({ claims: { aud: v2Audience.replace(contoso.tenantId, randomUUID()) } }),
      { code: 700023 },
    ],
    ['for another host', () => ({ claims: { aud: v2Audience.replace('login', 'other') } }), { code: 700023 }],
    ['when it has expired', () => ({ claims: { exp: now() - 301 } }), { code: 700024 }],
    ['when it is not valid yet', () => ({ claims: { nbf: now() + 400, exp: now() + 900 } }), { code: 700024 }],
    ['without exp', () => ({ claims: { exp: undefined } }), { code: 700024 }],
    [
      'when it is about another client',
      () => ({ claims: { iss: byGraph.appId, sub: byGraph.appId } }),
      { code: 700021 },
    ],
    ['when iss and sub differ', () => ({ claims: { sub: byGraph.appId } }), { code: 50048 }],
    ['when it is signed in another way', () => ({ header: { alg: 'none' } }), { code: 50027 }],
  ]

  it.each(refusals)('%s', async (_, made, refusal) => {
    expectRefusalBody(await ask(assertion(made())), { ...invalidClient, ...refusal })
  })

  it('when it is no JWT', async () => {
    expectRefusalBody(await ask('garbage'), { ...invalidClient, code: 50027 })
  })

  it('when a claim was changed after signing', async () => {
    const [header = '', , signature = ''] = assertion().split('.')
    const [, claims = ''] = assertion({ claims: { exp: now() + 86_400 } }).split('.')
    expectRefusalBody(await ask(`${header}.${claims}.${signature}`), { ...invalidClient, code: 700027 })
  })

  it('without its type', async () => {
    expectRefusalBody(await ask(assertion(), { client_assertion_type: undefined }), {
      status: 400,
      error: 'invalid_request',
      code: 900144,
    })
  })
})
