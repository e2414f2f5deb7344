import { createHash, X509Certificate } from 'node:crypto'
import { createLocalJWKSet, importJWK, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { contoso, contosoSeed, extractor, inventory, ledger } from './contoso.ts'
import { accessTokenOf, clientCredentials, requestToken } from './request-token.ts'
import { realName, sendRaw } from './send-raw.ts'

let doorstep: RunningDoorstep
let other: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: contosoSeed() })
  other = await startDoorstep()
})
afterAll(async () => {
  await other?.stop()
  await doorstep?.stop()
})

interface PublishedKey {
  readonly [member: string]: unknown
  readonly kid: string
  readonly x5t: string
  readonly n: string
  readonly e: string
  readonly x5c: readonly string[]
}

const v1Path = (segment: string) => `/${segment}/discovery/keys`
const v2Path = (segment: string) => `/${segment}/discovery/v2.0/keys`

async function keysUnderRealName(path: string): Promise<readonly PublishedKey[]> {
  const { status, text, body } = await sendRaw(doorstep, { host: realName, path })
  expect(status, text).toBe(200)
  expect(Object.keys(body)).toEqual(['keys'])
  return body.keys
}

async function keySet(cloud: RunningDoorstep, path = v2Path('common')): Promise<JSONWebKeySet> {
  return (await cloud.request('GET', path)).body
}

const tokenFor = async (api: string) =>
  accessTokenOf(await requestToken(doorstep, clientCredentials({ scope: `${api}/.default` })))

describe.each([
  ['v2.0', v2Path],
  ['v1.0', v1Path],
] as const)('published keys of %s', (version, pathOf) => {
  it('are several, each under its own id', async () => {
    const kids = (await keysUnderRealName(pathOf(contoso.tenantId))).map(({ kid }) => kid)
    expect(kids.length).toBeGreaterThanOrEqual(2)
    expect(new Set(kids).size).toBe(kids.length)
  })

  it('have the members of real ones and nothing private', async () => {
    const members = ['kty', 'use', 'kid', 'x5t', 'n', 'e', 'x5c', 'cloud_instance_name']
    for (const key of await keysUnderRealName(pathOf(contoso.tenantId))) {
      expect(Object.keys(key)).toEqual(
        version === 'v2.0' ? [...members, 'issuer'] : expect.arrayContaining(members.slice(0, 7)),
      )
      expect(key).toMatchObject({ kty: 'RSA', use: 'sig', e: 'AQAB', x5t: key.kid })
      for (const member of ['alg', 'd', 'p', 'q', 'dp', 'dq', 'qi']) expect(key).not.toHaveProperty(member)
    }
  })

  it('come with a certificate of the same public key, whose SHA-1 is the key id', async () => {
    for (const { kid, n, e, x5c } of await keysUnderRealName(pathOf(contoso.tenantId))) {
      expect(x5c).toHaveLength(1)
      const [text = ''] = x5c
      expect(text).toMatch(/^[A-Za-z\d+/]+={0,2}$/)
      const certificate = new X509Certificate(Buffer.from(text, 'base64'))
      expect(certificate.publicKey.export({ format: 'jwk' })).toEqual({ kty: 'RSA', n, e })
      expect(createHash('sha1').update(certificate.raw).digest('base64url')).toBe(kid)
      expect(kid).toHaveLength(27)
    }
  })

  it('are the same for the tenant by id or domain, and for an application', async () => {
    const byId = await keysUnderRealName(pathOf(contoso.tenantId))
    expect(await keysUnderRealName(pathOf(contoso.domain.toUpperCase()))).toEqual(byId)
    expect(await keysUnderRealName(`${pathOf(contoso.tenantId)}?appid=${extractor.appId}`)).toEqual(byId)
  })

  it('are there for common and organizations with the same ids', async () => {
    const ofTenant = (await keysUnderRealName(pathOf(contoso.tenantId))).map(({ kid }) => kid)
    for (const segment of ['common', 'organizations']) {
      const kids = (await keysUnderRealName(pathOf(segment))).map(({ kid }) => kid)
      expect(kids).toEqual(expect.arrayContaining(ofTenant))
    }
  })

  it('are there for personal accounts', async () => {
    expect((await keysUnderRealName(pathOf('consumers'))).length).toBeGreaterThan(0)
  })

  it.each(['f0e1d2c3-b4a5-4697-8879-6a5b4c3d2e1f', 'nobody.example'])('are none for the tenant %s', async (segment) => {
    const { status, body } = await sendRaw(doorstep, { host: realName, path: pathOf(segment) })
    expect(status).toBe(400)
    expect(body).toMatchObject({ error_codes: [90002] })
  })
})

describe('the issuer of a key', () => {
  it('is a template on v2.0, the same that tokens are made of', async () => {
    for (const { issuer } of await keysUnderRealName(v2Path(contoso.tenantId))) {
      expect([
        'https://login.microsoftonline.com/{tenantid}/v2.0',
        `https://login.microsoftonline.com/${contoso.tenantId}/v2.0`,
      ]).toContain(issuer)
    }
    const issuers = (await keysUnderRealName(v2Path('common'))).map(({ issuer }) => issuer)
    expect(issuers).toContain('https://login.microsoftonline.com/{tenantid}/v2.0')
  })

  it('is not there on v1.0', async () => {
    for (const key of await keysUnderRealName(v1Path('common'))) expect(key).not.toHaveProperty('issuer')
  })

  it('follows the origin through localhost', async () => {
    const { keys } = await keySet(doorstep, v2Path(contoso.tenantId))
    for (const key of keys) expect(key).toMatchObject({ issuer: `${doorstep.url}/{tenantid}/v2.0` })
  })
})

describe('a token', () => {
  it.each([v2Path('common'), v2Path(contoso.tenantId), v1Path('common'), v1Path(contoso.domain)])(
    'of version 2.0 verifies with the keys of %s',
    async (path) => {
      const { payload } = await jwtVerify(
        await tokenFor(inventory.uri),
        createLocalJWKSet(await keySet(doorstep, path)),
        {
          issuer: `${doorstep.url}/${contoso.tenantId}/v2.0`,
          audience: inventory.appId,
          algorithms: ['RS256'],
        },
      )
      expect(payload.ver).toBe('2.0')
    },
  )

  it('of version 1.0 verifies with the keys of the v1.0 document', async () => {
    const document = await doorstep.request('GET', `/${contoso.tenantId}/.well-known/openid-configuration`)
    const { pathname } = new URL(document.body.jwks_uri)
    const { payload } = await jwtVerify(
      await tokenFor(ledger.uri),
      createLocalJWKSet(await keySet(doorstep, pathname)),
      { issuer: document.body.issuer, audience: ledger.uri },
    )
    expect(payload.ver).toBe('1.0')
  })

  it('does not verify when a letter of it changed', async () => {
    const [header = '', claims = '', signature = ''] = (await tokenFor(inventory.uri)).split('.')
    const promoted = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), roles: ['Stock.Delete'] }
    const forged = `${header}.${Buffer.from(JSON.stringify(promoted)).toString('base64url')}.${signature}`
    await expect(jwtVerify(forged, createLocalJWKSet(await keySet(doorstep)))).rejects.toThrow('signature')
  })

  it('verifies with no key of another local cloud', async () => {
    const token = await tokenFor(inventory.uri)
    const foreign = await keySet(other)
    await expect(jwtVerify(token, createLocalJWKSet(foreign))).rejects.toThrow('no applicable key')
    for (const key of foreign.keys) {
      await expect(jwtVerify(token, await importJWK(key, 'RS256'))).rejects.toThrow('signature')
    }
    const own = new Set((await keySet(doorstep)).keys.map(({ n }) => n))
    expect(foreign.keys.filter(({ n }) => own.has(n))).toEqual([])
  })
})
