import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createGuard, guarded } from '../src/index.ts'
import {
  API,
  CLIENT,
  encoded,
  jwt,
  type Members,
  NOW,
  NOW_SECONDS,
  OTHER_TENANT,
  PRINCIPAL,
  signed,
  signingKeyPair,
  TENANT,
  v1Claims,
  v2Claims,
} from './support/entra-tokens.ts'

const key = signingKeyPair('key-1')
const ofOtherTenant = signingKeyPair('key-of-other-tenant')
const ofPersonalAccounts = signingKeyPair('key-of-personal-accounts')
const stranger = signingKeyPair('key-1')
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const login = 'https://login.microsoftonline.com'
const personalAccounts = '9188040d-6c67-4c5b-b112-36a304b66dad'
const published = [
  { ...key.jwk, issuer: `${login}/{tenantid}/v2.0` },
  { ...ofOtherTenant.jwk, issuer: `${login}/${OTHER_TENANT}/v2.0` },
  { ...ofPersonalAccounts.jwk, issuer: `${login}/${personalAccounts}/v2.0` },
]
const guard = createGuard({
  tenants: [TENANT],
  audience: [API, `api://${API}`],
  keys: { keys: published },
  clock: () => NOW,
})
const orders = guarded(guard, () => new Response('orders'), { scope: 'Orders.Read', role: 'Orders.Read.All' })

const call = (token: string) =>
  orders(new Request('https://api.example/orders', { headers: { authorization: `Bearer ${token}` } }))

const user = { scp: 'Orders.Read', name: 'Alice' }
const v2 = (changes: Members = {}, header: Members = {}, by = key) =>
  signed(by, { ...v2Claims, ...user, ...changes }, header)
const v1 = (changes: Members = {}, header: Members = {}) => signed(key, { ...v1Claims, ...user, ...changes }, header)

/** A token whose parts are these very texts, signed by the right key. */
function signedText(header: string, claims: string): string {
  const input = [header, claims].map((part) => Buffer.from(part).toString('base64url')).join('.')
  return `${input}.${sign('sha256', Buffer.from(input), key.privateKey).toString('base64url')}`
}

const headerText = JSON.stringify({ typ: 'JWT', alg: 'RS256', kid: 'key-1' })
const claimsText = JSON.stringify({ ...v2Claims, ...user })
const deep = (levels: number) => `{"aud":${'['.repeat(levels)}${']'.repeat(levels)}}`
const hmac = (secret: string) => (input: string) => createHmac('sha256', secret).update(input).digest('base64url')
const publicPem = createPublicKey(key.privateKey).export({ format: 'pem', type: 'spki' }).toString()
const forged = (alg: unknown, signature: (input: string) => string) =>
  jwt({ typ: 'JWT', alg, kid: 'key-1' }, { ...v2Claims, ...user }, signature)
const [header = '', payload = '', signature = ''] = v2().split('.')

/** What is sent, and what the challenge has to say of it. */
const spoiled: [what: string, token: string, said: RegExp][] = [
  ['alg none, without a signature', forged('none', () => ''), /algorithm 'none'; expected 'RS256'/],
  ['alg None, with the good signature', forged('None', () => signature), /algorithm 'None'/],
  ['alg HS256 keyed with the PEM', forged('HS256', hmac(publicPem)), /algorithm 'HS256'/],
  ['alg HS256 keyed with the modulus', forged('HS256', hmac(key.jwk.n ?? '')), /algorithm 'HS256'/],
  [
    'alg ES256 by a key of its own',
    forged('ES256', (input) => sign('sha256', Buffer.from(input), elliptic.privateKey).toString('base64url')),
    /algorithm 'ES256'/,
  ],
  [
    'alg RS512 by the right key',
    forged('RS512', (input) => sign('sha512', Buffer.from(input), key.privateKey).toString('base64url')),
    /algorithm 'RS512'/,
  ],
  ['no kid', v2({}, { kid: undefined }), /does not say in 'kid'/],
  ['an unknown kid', v2({}, { kid: 'key-9' }), /'key-9' is not one that its issuer publishes/],
  ['a kid that is a path', v2({}, { kid: '../../etc/passwd' }), /is not one that its issuer publishes/],
  ["a key of another tenant's", v2({}, {}, ofOtherTenant), /signs for .* and not for its tenant/],
  ['a key of personal accounts', v2({}, {}, ofPersonalAccounts), /signs for .* and not for its tenant/],
  ['the kid of another key', v2({}, { kid: 'key-of-other-tenant' }), /not that of the key it names/],
  ["a stranger's key under a known kid", v2({}, {}, stranger), /not that of the key it names/],
  ['a key in its own header (jwk)', v2({}, { jwk: stranger.jwk }, stranger), /not that of the key it names/],
  ['the address of its keys (jku)', v2({}, { jku: 'https://evil.example/keys' }, stranger), /not that of the key/],
  ['the address of its certificate (x5u)', v2({}, { x5u: 'https://evil.example/c' }, stranger), /not that of the key/],
  ['its own certificate chain (x5c)', v2({}, { x5c: ['MIIB'] }, stranger), /not that of the key it names/],
  ["Graph's nonce in the header", v2({}, { nonce: 'n' }, stranger), /only Microsoft Graph can verify its own tokens/],
  ['extensions that must be understood (crit)', v2({}, { crit: ['exp'] }), /demands extensions in 'crit'/],
  ['unencoded payload (b64)', v2({}, { crit: ['b64'], b64: false }), /demands extensions in 'crit'/],
  ['another type (at+jwt)', v2({}, { typ: 'at+jwt' }), /type 'at\+jwt'/],
  ['changed claims', `${header}.${encoded({ ...v2Claims, ...user, oid: CLIENT })}.${signature}`, /signature/],
  ['a cut signature', `${header}.${payload}.${signature.slice(0, -8)}`, /signature/],
  ['no signature', `${header}.${payload}.`, /signature/],
  ['cut claims', `${header}.${payload.slice(0, -9)}.${signature}`, /payload that is not JSON/],
  ['two parts', `${header}.${payload}`, /not a JWT/],
  ['five parts, encrypted', `${header}.${payload}.${signature}.a.b`, /encrypted/],
  ['100 KiB', v2({ padding: 'x'.repeat(100 * 1024) }), /the limit is 65536/],
  ['aud twice', signedText(headerText, claimsText.replace('{', '{"aud":"evil",')), /payload that holds 'aud' twice/],
  ['aud twice, once in escapes', signedText(headerText, claimsText.replace('{', '{"\\u0061ud":"e",')), /'aud' twice/],
  [
    'a claim of 5,000 lists in each other',
    signedText(headerText, deep(5_000)),
    /payload that is nested deeper than 32/,
  ],
  [
    'a header of 5,000 lists in each other',
    signedText(deep(5_000), claimsText),
    /header that is nested deeper than 32/,
  ],
  ['alg twice', signedText(headerText.replace('{', '{"alg":"none",'), claimsText), /header that holds 'alg' twice/],
  ['expired', v2({ exp: NOW_SECONDS - 3600 }), /expired at 2030-01-02T02:04:05/],
  ['not valid yet', v2({ nbf: NOW_SECONDS + 3600 }), /valid from 2030-01-02T04:04:05/],
  ['issued in the future', v2({ iat: NOW_SECONDS + 3600 }), /valid from/],
  ['no end', v2({ exp: undefined }), /'exp' is none/],
  ['an end as text', v2({ exp: '9999999999' }), /'exp' is '9999999999'/],
  ['the issuer of another tenant', v2({ iss: `${login}/${OTHER_TENANT}/v2.0` }), /not that of its tenant/],
  ['another tenant', v2({ iss: `${login}/${OTHER_TENANT}/v2.0`, tid: OTHER_TENANT }), /not one of those/],
  ['tid of another tenant', v2({ tid: OTHER_TENANT }), /not that of its tenant/],
  ['no tid', v2({ tid: undefined }), /tenant is none/],
  ['a v1.0 issuer in a v2.0 token', v2({ iss: v1Claims.iss }), /form of version 2\.0/],
  ['a v2.0 issuer in a v1.0 token', v1({ iss: v2Claims.iss }), /form of version 1\.0/],
  ['an issuer of a host that begins alike', v2({ iss: `${login}.evil.example/${TENANT}/v2.0` }), /issuer is/],
  ['the issuer of the China cloud', v1({ iss: `https://sts.chinacloudapi.cn/${TENANT}/` }), /issuer is/],
  ['version 3.0', v2({ ver: '3.0' }), /version is '3\.0'/],
  ['for Microsoft Graph', v1({ aud: 'https://graph.microsoft.com' }), /audience 'https:\/\/graph\.microsoft\.com'/],
  ['for the client itself', v2({ aud: CLIENT }), new RegExp(`audience '${CLIENT}'`)],
  ['for a path below the API', v1({ aud: `api://${API}/x` }), /audience/],
  ['for several APIs', v2({ aud: [API, CLIENT] }), /audience/],
  ['an id_token', v2({ aud: API, azp: undefined, azpacr: undefined, scp: undefined, nonce: 'n' }), /is an id_token/],
  ['an id_token without nonce', v2({ azp: undefined, scp: undefined }), /no access token but perhaps an id_token/],
  ['nobody (no oid)', v2({ oid: undefined }), /names nobody/],
  ['an application that claims scopes', v2({ idtyp: 'app' }), /contradicts itself/],
  ['a refresh token', `1.A${'x'.repeat(40)}.${'y'.repeat(40)}`, /header that is not JSON/],
]

/** Good tokens that lack the permission. */
const insufficient: [what: string, token: string, said: RegExp][] = [
  [
    "a user's without the scope",
    v2({ scp: 'Orders.Write' }),
    /needs the scope 'Orders\.Read'; the token has 'Orders\.Write'/,
  ],
  ["a user's with a scope that begins alike", v2({ scp: 'Orders.ReadWrite Orders.Rea' }), /needs the scope/],
  ["a user's with the role of applications", v2({ scp: 'a', roles: ['Orders.Read.All'] }), /needs the scope/],
  [
    "an application's own without a role",
    v2({ scp: undefined }),
    /needs the app role 'Orders\.Read\.All'; the token has none/,
  ],
  ["an application's own with the scope's name as role", v2({ scp: undefined, roles: ['Orders.Read'] }), /app role/],
]

describe('of spoiled tokens', () => {
  it('there are 40 at least', () => expect(spoiled.length).toBeGreaterThanOrEqual(40))

  it.each(spoiled)('%s: 401, and the challenge says why', async (_, token, said) => {
    const answer = await call(token)
    const challenge = answer.headers.get('www-authenticate') ?? ''
    expect(answer.status).toBe(401)
    expect(challenge).toMatch(/^Bearer error="invalid_token", error_description="[^"]+"$/)
    expect(challenge).toMatch(said)
    const body = (await answer.json()) as Members
    expect(body).toEqual({ error: 'invalid_token', error_description: expect.stringMatching(said) })
  })

  it.each(insufficient)('%s: 403, and the challenge says what is missing', async (_, token, said) => {
    const answer = await call(token)
    expect(answer.status).toBe(403)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_scope", /)
    expect(answer.headers.get('www-authenticate')).toMatch(said)
  })

  it('the good ones between them are let in', async () => {
    const good = [
      v2(),
      v1(),
      v2({ scp: 'Orders.Write Orders.Read' }),
      v2({ scp: undefined, roles: ['Orders.Read.All'], oid: PRINCIPAL }),
      signedText(headerText, claimsText.replace('{', '{ "more": {"aud": "x", "list": [{"aud": 1}, {"aud": 2}]}, ')),
      signedText(headerText, claimsText.replace('{', '{ "say": "\\"aud\\": \\\\", ')),
    ]
    for (const token of good) expect(await (await call(token)).text()).toBe('orders')
  })
})
