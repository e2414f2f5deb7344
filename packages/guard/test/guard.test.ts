import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createGuard, type GuardOptions, TokenRefused } from '../src/index.ts'
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
const stranger = signingKeyPair('key-1')
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const options: GuardOptions = {
  tenants: [TENANT],
  audience: [API, `api://${API}`],
  keys: { keys: [key.jwk] },
  clock: () => NOW,
}
const guard = createGuard(options)

const v2 = (changes: Members = {}, header: Members = {}) => signed(key, { ...v2Claims, ...changes }, header)
const v1 = (changes: Members = {}, header: Members = {}) => signed(key, { ...v1Claims, ...changes }, header)
const localCloud = 'https://localhost:8443'

async function refusal(token: string, changes: Partial<GuardOptions> = {}): Promise<TokenRefused> {
  const outcome = await createGuard({ ...options, ...changes })
    .verify(token)
    .catch((error: unknown) => error)
  if (outcome instanceof TokenRefused) return outcome
  throw new Error('expected the token to be refused', { cause: outcome })
}

describe('accepts', () => {
  it("a v2.0 token of an application's own", async () => {
    const token = await guard.verify(v2({ roles: ['Files.Read.All'] }))
    expect(token).toMatchObject({
      version: '2.0',
      kind: 'app',
      tenantId: TENANT,
      objectId: PRINCIPAL,
      clientId: CLIENT,
      scopes: [],
      roles: ['Files.Read.All'],
    })
    expect(token.claims.uti).toBe('unique')
  })

  it('a v2.0 token of a user', async () => {
    const token = await guard.verify(v2({ scp: 'Files.Read Files.Write', name: 'Alice' }))
    expect(token).toMatchObject({ kind: 'user', scopes: ['Files.Read', 'Files.Write'], roles: [] })
  })

  it("a v1.0 token of an application's own, which names the client in appid", async () => {
    expect(await guard.verify(v1({}, { x5t: 'key-1' }))).toMatchObject({
      version: '1.0',
      kind: 'app',
      clientId: CLIENT,
    })
  })

  it('a v1.0 token of a user', async () => {
    expect(await guard.verify(v1({ scp: 'user_impersonation' }))).toMatchObject({ version: '1.0', kind: 'user' })
  })

  const accepted: [what: string, token: string, changes?: Partial<GuardOptions>][] = [
    ['idtyp app without scp', v2({ idtyp: 'app' })],
    ['idtyp user with scp', v2({ idtyp: 'user', scp: 'a' })],
    ['a v1.0 audience in other case and with a final slash', v1({ aud: `API://${API.toUpperCase()}/` })],
    [
      'an audience without the final slash it is listed with',
      v1({ aud: 'https://x.example' }),
      { audience: 'https://x.example/' },
    ],
    ['an audience of neither kind, letter for letter', v1({ aud: 'Orders' }), { audience: 'Orders' }],
    [
      'any GUID tenant when all are let in',
      v2({ tid: OTHER_TENANT, iss: `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0` }),
      { tenants: 'any' },
    ],
    ['a listed tenant in capitals', v2(), { tenants: [TENANT.toUpperCase()] }],
    ['typ in lower case', v2({}, { typ: 'jwt' })],
    [
      'a token that became valid this second, tolerance included',
      v2({ nbf: NOW_SECONDS + 300, iat: NOW_SECONDS + 300 }),
    ],
    ['a token in its last second, tolerance included', v2({ exp: NOW_SECONDS - 299 })],
    ['the last second without tolerance', v2({ exp: NOW_SECONDS + 1 }), { clockToleranceInSeconds: 0 }],
    [
      'a v2.0 issuer of the US Government cloud',
      v2({ iss: `https://login.microsoftonline.us/${TENANT}/v2.0` }),
      { authorityHosts: ['login.microsoftonline.us'] },
    ],
    ['a v1.0 issuer of the US Government cloud', v1(), { authorityHosts: ['https://login.microsoftonline.us/'] }],
    [
      'a v1.0 issuer of the cloud in China',
      v1({ iss: `https://sts.chinacloudapi.cn/${TENANT}/` }),
      { authorityHosts: ['https://login.partner.microsoftonline.cn'] },
    ],
    [
      "an alias of the public cloud, whose tokens carry the cloud's own name",
      v2(),
      { authorityHosts: ['https://login.windows.net'] },
    ],
    ['a v2.0 issuer of a local cloud', v2({ iss: `${localCloud}/${TENANT}/v2.0` }), { authorityHosts: [localCloud] }],
    ['a v1.0 issuer of a local cloud', v1({ iss: `${localCloud}/${TENANT}/` }), { authorityHosts: [localCloud] }],
    [
      'the public cloud beside a local one',
      v1(),
      { authorityHosts: ['https://login.microsoftonline.com', localCloud] },
    ],
    [
      'a key that signs for every tenant',
      v2(),
      { keys: { keys: [{ ...key.jwk, issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' } as never] } },
    ],
    [
      'a v1.0 token by a key published with a v2.0 issuer',
      v1(),
      { keys: { keys: [{ ...key.jwk, issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' } as never] } },
    ],
    ['a key found by a function', v2(), { keys: async ({ kid }) => (kid === 'key-1' ? key.jwk : undefined) }],
    ['a key that is a KeyObject', v2(), { keys: () => createPublicKey(key.privateKey) }],
    [
      'only the public half of a JWK that has both',
      v2(),
      { keys: () => ({ ...key.privateKey.export({ format: 'jwk' }), kid: 'key-1' }) as never },
    ],
    ['a token of the longest size', padded(64 * 1024)],
  ]
  it.each(accepted)('%s', async (_, token, changes) => {
    await expect(createGuard({ ...options, ...changes }).verify(token)).resolves.toMatchObject({ clientId: CLIENT })
  })
})

/** A good token of exactly so many characters. No base64url text is 4n + 1 long, so the header makes up the rest. */
function padded(length: number): string {
  const size = Math.floor(((length - v2({}, { padding: '' }).length) * 3) / 4) - 16
  for (let step = 0; step < 100; step++) {
    const token = v2({ padding: 'x'.repeat(size + (step % 10)) }, { padding: 'x'.repeat(Math.floor(step / 10)) })
    if (token.length === length) return token
  }
  throw new Error(`no token is ${length} characters long`)
}

describe('refuses', () => {
  const [header, payload, signature] = v2().split('.')
  const hmac = (input: string) =>
    createHmac('sha256', key.jwk.n ?? '')
      .update(input)
      .digest('base64url')
  const es256 = (input: string) =>
    sign('sha256', Buffer.from(input), { key: elliptic.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')
  const rs512 = (input: string) => sign('sha512', Buffer.from(input), key.privateKey).toString('base64url')
  const forged = (alg: unknown, signer: (input: string) => string) =>
    jwt({ typ: 'JWT', alg, kid: 'key-1' }, v2Claims, signer)
  const keyOf = (issuer: string) => ({ keys: { keys: [{ ...key.jwk, issuer } as never] } })

  const refused: [reason: TokenRefused['reason'], what: string, token: string, changes?: Partial<GuardOptions>][] = [
    ['missing', 'no token', ''],
    ['missing', 'undefined from untyped code', undefined as unknown as string],
    ['malformed', 'a word', 'token'],
    ['malformed', 'two parts', `${header}.${payload}`],
    ['malformed', 'four parts', `${v2()}.x`],
    ['malformed', 'an encrypted token', `${v2()}.x.y`],
    ['malformed', 'the scheme in front', `Bearer ${v2()}`],
    ['malformed', 'an empty header', `.${payload}.${signature}`],
    ['malformed', 'an empty payload', `${header}..${signature}`],
    ['malformed', 'a header that is not base64url', `${header}=.${payload}.${signature}`],
    ['malformed', 'a payload in standard base64', `${header}.a+/b.${signature}`],
    ['malformed', 'a signature that is not base64url', `${header}.${payload}.!`],
    ['malformed', 'a header that is not JSON', `${Buffer.from('{typ').toString('base64url')}.${payload}.${signature}`],
    ['malformed', 'a header that is a list', `${encoded([1])}.${payload}.${signature}`],
    ['malformed', 'a payload that is null', `${header}.${encoded(null)}.${signature}`],
    [
      'malformed',
      'a payload that is not UTF-8',
      `${header}.${Buffer.from([0x22, 0xff, 0x22]).toString('base64url')}.${signature}`,
    ],
    ['malformed', 'a token one character too long', `${padded(64 * 1024)}a`],
    ['malformed', 'no typ', v2({}, { typ: undefined })],
    ['malformed', 'a typ of another kind', v2({}, { typ: 'dpop+jwt' })],
    ['malformed', 'extensions that must be understood', v2({}, { crit: ['b64'], b64: false })],
    ['algorithm', 'no alg', v2({}, { alg: undefined })],
    ['algorithm', 'alg none without a signature', forged('none', () => '')],
    ['algorithm', 'alg NONE', forged('NONE', () => '')],
    ['algorithm', 'HS256 keyed with the public key', forged('HS256', hmac)],
    ['algorithm', 'ES256', forged('ES256', es256)],
    ['algorithm', 'RS512 by the right key', forged('RS512', rs512)],
    ['algorithm', 'a list of algorithms', forged(['RS256'], hmac)],
    ['unknown-key', 'no kid', v2({}, { kid: undefined })],
    ['unknown-key', 'a kid that is no string', v2({}, { kid: 1 })],
    ['unknown-key', 'a kid that nobody published', v2({}, { kid: 'key-2' })],
    ['unknown-key', 'a kid of another case', v2({}, { kid: 'KEY-1' })],
    ['unknown-key', 'the name of a built-in property', v2({}, { kid: '__proto__' })],
    [
      'unknown-key',
      'a key that is published for encryption',
      v2(),
      { keys: { keys: [{ ...key.jwk, use: 'enc' }, signingKeyPair('other').jwk] } },
    ],
    ['signature', 'another key under the same kid', signed(stranger, v2Claims)],
    ['signature', 'a key of its own in the header', signed(stranger, v2Claims, { jwk: stranger.jwk })],
    ['signature', 'claims changed after signing', `${header}.${encoded({ ...v2Claims, oid: CLIENT })}.${signature}`],
    [
      'signature',
      'a header changed after signing',
      `${encoded({ typ: 'JWT', alg: 'RS256', kid: 'key-1', x: 1 })}.${payload}.${signature}`,
    ],
    ['signature', 'no signature', `${header}.${payload}.`],
    ['signature', 'half a signature', `${header}.${payload}.${signature?.slice(0, 100)}`],
    ['version', 'no ver', v2({ ver: undefined })],
    ['version', 'a ver that is a number', v2({ ver: 2 })],
    ['version', 'a version to come', v2({ ver: '3.0' })],
    ['issuer', 'no issuer', v2({ iss: undefined })],
    ['issuer', 'a stranger', v2({ iss: `https://login.example/${TENANT}/v2.0` })],
    ['issuer', 'a v1.0 issuer in a v2.0 token', v2({ iss: v1Claims.iss })],
    ['issuer', 'a v2.0 issuer in a v1.0 token', v1({ iss: v2Claims.iss })],
    ['issuer', 'a v2.0 issuer with a final slash', v2({ iss: `${v2Claims.iss}/` })],
    ['issuer', 'a v1.0 issuer without its final slash', v1({ iss: v1Claims.iss.slice(0, -1) })],
    ['issuer', 'the placeholder instead of a tenant', v2({ iss: 'https://login.microsoftonline.com/{tenantid}/v2.0' })],
    ['issuer', 'the issuer of another tenant', v2({ iss: `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0` })],
    ['issuer', 'http', v2({ iss: v2Claims.iss.replace('https', 'http') })],
    ['issuer', 'a local cloud that is not listed', v2({ iss: `${localCloud}/${TENANT}/v2.0` })],
    [
      'issuer',
      'a local cloud on another port',
      v2({ iss: `https://localhost:9443/${TENANT}/v2.0` }),
      { authorityHosts: [localCloud] },
    ],
    ['issuer', 'the public cloud where only a local one is listed', v1(), { authorityHosts: [localCloud] }],
    [
      'issuer',
      'a host that only begins like the right one',
      v2({ iss: `https://login.microsoftonline.com.example/${TENANT}/v2.0` }),
    ],
    ['issuer', 'another cloud', v1({ iss: `https://sts.chinacloudapi.cn/${TENANT}/` })],
    [
      'issuer',
      'a key that signs for another tenant',
      v2(),
      keyOf(`https://login.microsoftonline.com/${OTHER_TENANT}/v2.0`),
    ],
    ['issuer', 'a key that signs for another cloud', v2(), keyOf('https://login.microsoftonline.us/{tenantid}/v2.0')],
    ['tenant', 'no tid', v2({ tid: undefined })],
    ['tenant', 'a domain instead of an id', v2({ tid: 'contoso.example' })],
    [
      'tenant',
      'a tenant that is not let in',
      v2({ tid: OTHER_TENANT, iss: `https://login.microsoftonline.com/${OTHER_TENANT}/v2.0` }),
    ],
    ['audience', 'no audience', v2({ aud: undefined })],
    ['audience', 'another API', v2({ aud: CLIENT })],
    ['audience', 'a list, which Entra never sends', v2({ aud: [API] })],
    ['audience', 'the URI where only the id is listed', v1(), { audience: API }],
    ['audience', 'the id where only the URI is listed', v2(), { audience: `api://${API}` }],
    ['audience', 'two final slashes', v1({ aud: `api://${API}//` })],
    ['audience', 'a path below the audience', v1({ aud: `api://${API}/more` })],
    ['audience', 'another case of a name that is no URI', v1({ aud: 'orders' }), { audience: 'Orders' }],
    ['not-yet-valid', 'nbf one second beyond the tolerance', v2({ nbf: NOW_SECONDS + 301 })],
    ['not-yet-valid', 'iat one second beyond the tolerance', v2({ iat: NOW_SECONDS + 301 })],
    [
      'not-yet-valid',
      'the next second without tolerance',
      v2({ nbf: NOW_SECONDS + 1 }),
      { clockToleranceInSeconds: 0 },
    ],
    ['expired', 'exp at the end of the tolerance', v2({ exp: NOW_SECONDS - 300 })],
    ['expired', 'exp now without tolerance', v2({ exp: NOW_SECONDS }), { clockToleranceInSeconds: 0 }],
    ['claims', 'no exp', v2({ exp: undefined })],
    ['claims', 'no nbf', v2({ nbf: undefined })],
    ['claims', 'no iat', v2({ iat: undefined })],
    ['claims', 'exp as a string', v2({ exp: String(v2Claims.exp) })],
    ['claims', 'exp beyond all calendars', v2({ exp: 1e300 })],
    ['claims', 'an id_token, which names no client', v2({ azp: undefined, azpacr: undefined, name: 'Alice' })],
    ['claims', 'an id_token that names one', v1({ nonce: '1234' })],
    ['claims', 'an id_token of the hybrid flow', v2({ c_hash: 'abc' })],
    ['claims', 'a client id that is no GUID', v2({ azp: 'me' })],
    ['claims', 'no oid: an application without a service principal', v2({ oid: undefined })],
    ['claims', 'scp as a list', v2({ scp: ['a'] })],
    ['claims', 'scp null', v2({ scp: null })],
    ['claims', 'roles as a string', v2({ roles: 'admin' })],
    ['claims', 'a role that is no string', v2({ roles: ['a', 1] })],
    ['claims', "an application's token with delegated scopes", v2({ idtyp: 'app', scp: 'a' })],
    ['claims', "a device's token", v2({ idtyp: 'device' })],
  ]
  it.each(refused)('%s: %s', async (reason, _, token, changes) => {
    const error = await refusal(token, changes)
    expect(error.reason).toBe(reason)
    expect(error.message).toMatch(/^(The|There) .*\.$/)
    if (token?.length > 20)
      for (const part of token.split('.')) if (part.length > 20) expect(error.message).not.toContain(part)
  })

  it('by the first check that fails, signature before claims', async () => {
    expect((await refusal(signed(stranger, { ...v2Claims, exp: 0, aud: 'x' }))).reason).toBe('signature')
    expect((await refusal(v2({ exp: 0, aud: CLIENT, tid: 'x' }))).reason).toBe('tenant')
    expect((await refusal(v2({ exp: 0, aud: CLIENT }))).reason).toBe('audience')
    expect((await refusal(v2({ exp: 0, azp: undefined }))).reason).toBe('expired')
  })

  it('with a sentence that says what was expected and what the token has', async () => {
    expect((await refusal(v2({ aud: CLIENT }), { audience: API })).message).toBe(
      `The token was issued for the audience '${CLIENT}'; expected '${API}'.`,
    )
    expect((await refusal(v2({ exp: NOW_SECONDS - 600 }))).message).toBe(
      'The token expired at 2030-01-02T02:54:05.000Z; it is now 2030-01-02T03:04:05.000Z.',
    )
    expect((await refusal(signed(stranger, v2Claims, { nonce: 'n' }))).message).toContain('Microsoft Graph')
  })

  it('with a message that stays short whatever the token says', async () => {
    expect((await refusal(v2({ aud: 'x'.repeat(10_000) }))).message.length).toBeLessThan(400)
  })
})

describe('a moving clock', () => {
  it('decides anew at each verification', async () => {
    let now = NOW
    const moving = createGuard({ ...options, clock: () => now })
    const token = v2()
    await moving.verify(token)
    now += 90 * 86_400_000
    await expect(moving.verify(token)).rejects.toMatchObject({ reason: 'expired' })
    now = NOW - 86_400_000
    await expect(moving.verify(token)).rejects.toMatchObject({ reason: 'not-yet-valid' })
  })
})

describe('faults of the API itself are no refusals', () => {
  it('a key that is too short to be safe', async () => {
    const weak = signingKeyPair('weak', 1024)
    const careless = createGuard({ ...options, keys: { keys: [weak.jwk] } })
    await expect(careless.verify(signed(weak, v2Claims))).rejects.toBeInstanceOf(TypeError)
  })

  it('a key function that fails', async () => {
    const failing = createGuard({ ...options, keys: () => Promise.reject(new Error('database gone')) })
    await expect(failing.verify(v2())).rejects.toThrow('database gone')
  })

  const wrong: [option: string, changes: Partial<GuardOptions>][] = [
    ['tenants', { tenants: [] }],
    ['tenants', { tenants: ['contoso.example'] }],
    ['audience', { audience: [] }],
    ['audience', { audience: '' }],
    ['authorityHosts', { authorityHosts: [] }],
    ['authorityHosts', { authorityHosts: ['http://localhost:8443'] }],
    ['authorityHosts', { authorityHosts: [`https://login.microsoftonline.com/${TENANT}`] }],
    ['authorityHosts', { authorityHosts: ['https://user@login.microsoftonline.com'] }],
    ['clockToleranceInSeconds', { clockToleranceInSeconds: -1 }],
    ['clockToleranceInSeconds', { clockToleranceInSeconds: Number.NaN }],
    ['keys', { keys: { keys: [] } }],
    ['keys', { keys: {} as never }],
  ]
  const misspelt: [written: unknown, message: RegExp][] = [
    [{ ...options, tenant: TENANT }, /createGuard: there is no option 'tenant'\. Did you mean 'tenants'\?/],
    [{ ...options, clockToleranc: 5 }, /'clockToleranc'\. Did you mean 'clockToleranceInSeconds'\?/],
    [{ ...options, audiance: 'x' }, /'audiance'\. Did you mean 'audience'\?/],
    [{ ...options, qqqqqq: 1 }, /'qqqqqq'\. Known are tenants, audience/],
    [undefined, /createGuard: expected an object with options \(tenants, audience/],
    ['any', /createGuard: expected an object/],
  ]
  it.each(misspelt)('an option that is none is named at once, with the one it resembles (%j)', (written, message) => {
    expect(() => createGuard(written as GuardOptions)).toThrow(message)
  })

  it.each(wrong)('a wrong option %s is named at once (%j)', (option, changes) => {
    expect(() => createGuard({ ...options, ...changes })).toThrow(new RegExp(`^${option}: .*expected`))
  })
})
