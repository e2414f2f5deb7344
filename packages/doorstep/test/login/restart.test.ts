import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { contoso, contosoSeed, extractor, inventory, retired, secrets, shortLived } from './contoso.ts'
import { accessTokenOf, clientCredentials, requestToken } from './request-token.ts'

const scope = `${inventory.uri}/.default`
const keysPath = `/${contoso.tenantId}/discovery/v2.0/keys`
const advancedSeconds = 40 * 86_400

interface Life {
  readonly tenantId: string
  readonly keys: Answer
  readonly document: Answer
  readonly clock: Answer
  readonly token: string
}

let directory: string
let doorstep: RunningDoorstep
let before: Life

async function life(): Promise<Life> {
  return {
    tenantId: doorstep.tenantId,
    keys: await doorstep.request('GET', keysPath),
    document: await doorstep.request('GET', `/${contoso.domain}/v2.0/.well-known/openid-configuration`),
    clock: await doorstep.control.request('GET', '/clock'),
    token: accessTokenOf(await requestToken(doorstep, clientCredentials({ scope }))),
  }
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'doorstep-'))
  doorstep = await startDoorstep({ seed: contosoSeed({ accessTokenLifetime: '20m' }), dataDirectory: directory })
  await doorstep.control.request('POST', '/clock', { advanceSeconds: advancedSeconds })
  before = await life()
  await doorstep.stop()
  doorstep = await startDoorstep({ dataDirectory: directory })
})
afterAll(async () => {
  await doorstep?.stop()
  await rm(directory, { recursive: true, force: true })
})

const withoutPort = (value: unknown) => JSON.parse(JSON.stringify(value).replace(/localhost:\d+/g, 'localhost'))

describe('after a restart on the same data folder', () => {
  it('the tenant is the same, by id and by domain', async () => {
    expect(doorstep.tenantId).toBe(before.tenantId)
    const { document } = await life()
    expect(withoutPort(document.body)).toEqual(withoutPort(before.document.body))
  })

  it('the keys are the same', async () => {
    const { keys } = await life()
    expect(withoutPort(keys.body)).toEqual(withoutPort(before.keys.body))
  })

  it('the clock is still ahead, and has not gone back', async () => {
    const { clock } = await life()
    expect(before.clock.body.offsetSeconds).toBe(advancedSeconds)
    expect(clock.body.offsetSeconds).toBe(advancedSeconds)
    expect(Date.parse(clock.body.now)).toBeGreaterThanOrEqual(Date.parse(before.clock.body.now))
  })

  it('tokens from before verify with the keys published now', async () => {
    const { body } = await doorstep.request('GET', keysPath)
    const { payload } = await jwtVerify(before.token, createLocalJWKSet(body), {
      audience: inventory.appId,
      currentDate: new Date(before.clock.body.now),
    })
    expect(payload).toMatchObject({ azp: extractor.appId, tid: contoso.tenantId })
  })

  it('applications keep their service principal, roles and tokens their shape', async () => {
    const { token } = await life()
    const [old, made] = [decodeJwt(before.token), decodeJwt(token)]
    expect(Object.keys(made)).toEqual(Object.keys(old))
    expect([made.oid, made.roles, made.aud]).toEqual([old.oid, old.roles, old.aud])
  })

  it('the lifetime that the seed file set is kept', async () => {
    const { token } = await life()
    for (const { exp = 0, iat = 0 } of [decodeJwt(before.token), decodeJwt(token)]) expect(exp - iat - 300).toBe(1200)
  })

  it.each([extractor.secret, extractor.secondSecret, extractor.oddSecret])(
    'the secret %s works',
    async (client_secret) => {
      accessTokenOf(await requestToken(doorstep, clientCredentials({ scope, client_secret })))
    },
  )

  it.each([
    ['a wrong secret', { client_secret: 'wrong' }, 7000215],
    ['an expired secret', { client_id: retired.appId, client_secret: retired.secret }, 7000222],
    [
      'a secret that expired by the moved clock',
      { client_id: shortLived.appId, client_secret: shortLived.secret },
      7000222,
    ],
  ])('%s is still refused', async (_, members, code) => {
    const { status, body } = await requestToken(doorstep, clientCredentials({ scope, ...members }))
    expect([status, body.error_codes]).toEqual([401, [code]])
  })

  it('the bootstrap application still gets its token', async () => {
    expect((await doorstep.graph.token()).split('.')).toHaveLength(3)
  })
})

describe('the data folder', () => {
  it('holds no secret in the clear', async () => {
    const files = await readdir(directory, { recursive: true, withFileTypes: true })
    for (const file of files.filter((entry) => entry.isFile())) {
      const content = await readFile(join(file.parentPath, file.name), 'latin1')
      expect(
        secrets.filter((secret) => content.includes(secret)),
        file.name,
      ).toEqual([])
      expect(content.includes(before.token), file.name).toBe(false)
    }
  })
})
