import { createPrivateKey, createPublicKey, randomUUID, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimsOf } from '../login/request-token.ts'
import { makeSelfSignedCertificate, type SelfSignedCertificate } from '../support/self-signed-certificate.ts'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'

const audience = 'api://AzureADTokenExchange'
const subject = 'repo:acme/app:ref:refs/heads/main'
const kid = 'key-of-the-issuer'

let doorstep: RunningDoorstep
let issuerServer: Server
let issuer: string
let pair: SelfSignedCertificate
let folder: string
/** Of those paths of the issuer that count their requests. */
const requests = new Map<string, number>()

beforeAll(async () => {
  pair = await makeSelfSignedCertificate('issuer', { hosts: ['localhost'] })
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  const ca = join(folder, 'issuer.pem')
  await writeFile(ca, pair.certificate.toString())
  const key = createPrivateKey({ key: pair.pkcs8, format: 'der', type: 'pkcs8' })
  const jwk = createPublicKey(key).export({ format: 'jwk' })
  const server = { key: key.export({ format: 'pem', type: 'pkcs8' }), cert: pair.certificate.toString() }
  issuerServer = createServer(server, (request, response) => {
    const { url = '' } = request
    requests.set(url, (requests.get(url) ?? 0) + 1)
    const documents: Readonly<Record<string, object>> = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
      '/imposter/.well-known/openid-configuration': { issuer: 'https://ci.example', jwks_uri: `${issuer}/keys` },
      '/keys': { keys: [{ ...jwk, kid, use: 'sig' }] },
    }
    const document = documents[url]
    if (url.startsWith('/moved')) return response.writeHead(302, { location: `${issuer}${url.slice(6)}` }).end()
    return response.writeHead(document ? 200 : 404).end(JSON.stringify(document ?? {}))
  })
  await new Promise<void>((resolve) => issuerServer.listen(0, resolve))
  issuer = `https://localhost:${(issuerServer.address() as AddressInfo).port}`
  doorstep = await startDoorstep({ environment: { NODE_EXTRA_CA_CERTS: ca } })
})
afterAll(async () => {
  await doorstep?.stop()
  issuerServer?.closeAllConnections()
  await new Promise((resolve) => issuerServer.close(resolve))
  await rm(folder, { recursive: true, force: true })
})

const graph = (method: string, path: string, body?: unknown, version = 'v1.0') =>
  doorstep.graph.request(method, `/${version}${path}`, body)

async function newApplication() {
  const { body } = await graph('POST', '/applications', { displayName: 'ci' })
  await graph('POST', '/servicePrincipals', { appId: body.appId })
  return { ...body, path: `/applications/${body.id}/federatedIdentityCredentials` }
}

const credential = (more: object = {}) => ({ name: 'ci-main', issuer, subject, audiences: [audience], ...more })

const now = () => Math.floor(Date.now() / 1000)

/** A token of the issuer, as long as nothing else is said. */
function assertion(claims: object = {}, header: object = {}, signer: SelfSignedCertificate = pair): string {
  const whole = [
    { alg: 'RS256', typ: 'JWT', kid, ...header },
    { iss: issuer, sub: subject, aud: audience, iat: now(), nbf: now(), exp: now() + 600, ...claims },
  ]
  const encoded = whole.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const key = { key: signer.pkcs8, format: 'der', type: 'pkcs8' } as const
  return `${encoded}.${sign('sha256', Buffer.from(encoded), key).toString('base64url')}`
}

describe('federated identity credentials', () => {
  it('are created, read by id and by name, changed and deleted', async () => {
    const { id, appId, path } = await newApplication()
    const made = await graph('POST', path, credential({ description: 'main branch' }))
    expect(made.status, made.text).toBe(201)
    expect(made.body).toEqual({
      '@odata.context': expect.stringMatching(`#applications\\('${id}'\\)/federatedIdentityCredentials/\\$entity$`),
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'ci-main',
      issuer,
      subject,
      description: 'main branch',
      audiences: [audience],
    })
    for (const address of [
      `${path}/${made.body.id}`,
      `${path}/ci-main`,
      `${path}(name='ci-main')`,
      `/applications(appId='${appId}')/federatedIdentityCredentials/ci-main`,
    ]) {
      expect((await graph('GET', address)).body, address).toMatchObject({ id: made.body.id })
    }
    expect((await graph('GET', path, undefined, 'beta')).body.value).toMatchObject([{ name: 'ci-main' }])
    expect((await graph('PATCH', `${path}/ci-main`, { subject: 'repo:acme/app:pull_request' })).status).toBe(204)
    expect((await graph('GET', `${path}/ci-main`)).body).toMatchObject({
      subject: 'repo:acme/app:pull_request',
      description: 'main branch',
      audiences: [audience],
    })
    expect((await graph('DELETE', `${path}/${made.body.id}`)).status).toBe(204)
    expect((await graph('GET', `${path}/ci-main`)).status).toBe(404)
    expect((await graph('DELETE', `${path}/ci-main`)).status).toBe(404)
    expect((await graph('GET', path)).body.value).toEqual([])
  })

  it.each([
    [{ name: 'a' }, /'name'.*3 to 120/],
    [{ name: 'has blank' }, /'name'/],
    [{ issuer: 'http://ci.example' }, /'issuer'/],
    [{ issuer: 'ci' }, /'issuer'/],
    [{ issuer: 'https://me:secret@ci.example' }, /'issuer'/],
    [{ issuer: 'https://me@ci.example' }, /'issuer'/],
    [{ issuer: 'https://ci.example/?' }, /'issuer'/],
    [{ issuer: 'https://ci.example?tenant=x' }, /'issuer'/],
    [{ issuer: 'https://ci.example/#x' }, /'issuer'/],
    [{ subject: '' }, /'subject'/],
    [{ subject: 'x'.repeat(601) }, /'subject'.*600/],
    [{ subject: undefined }, /required for property 'subject'/],
    [{ audiences: [] }, /'audiences'.*exactly one/],
    [{ audiences: ['a', 'b'] }, /'audiences'.*exactly one/],
    [{ audiences: 'a' }, /'audiences'/],
    [{ id: randomUUID() }, /'id' is read-only/],
    [{ claimsMatchingExpression: {} }, /'claimsMatchingExpression'/],
  ])('are refused: %o', async (wrong, message) => {
    const { path } = await newApplication()
    const { status, body } = await graph('POST', path, credential(wrong))
    expect([status, body.error.code]).toEqual([400, 'Request_BadRequest'])
    expect(body.error.message).toMatch(message)
  })

  it('have names, and pairs of issuer and subject, of their own; a name stays', async () => {
    const { path } = await newApplication()
    await graph('POST', path, credential())
    const sameName = await graph('POST', path, credential({ name: 'CI-main', subject: 'other' }))
    expect([sameName.status, sameName.body.error.code]).toEqual([409, 'Request_MultipleObjectsWithSameKeyValue'])
    expect(sameName.body.error.message).toContain('with name CI-main already exists')
    const samePair = await graph('POST', path, credential({ name: 'ci-again' }))
    expect([samePair.status, samePair.body.error.details[0].target]).toEqual([409, 'subject'])
    const renamed = await graph('PATCH', `${path}/ci-main`, { name: 'ci-other' })
    expect([renamed.status, renamed.body.error.message]).toEqual([400, expect.stringContaining("'name'")])
    expect((await graph('PATCH', `${path}/ci-main`, { name: 'ci-main', description: null })).status).toBe(204)
  })

  it('are twenty at most', async () => {
    const { path } = await newApplication()
    for (let number = 0; number < 20; number += 1) {
      const made = await graph('POST', path, credential({ name: `ci-${number}`, subject: `branch ${number}` }))
      expect(made.status).toBe(201)
    }
    const { status, body } = await graph('POST', path, credential({ name: 'ci-20', subject: 'branch 20' }))
    expect([status, body.error.message]).toEqual([400, expect.stringContaining('at most 20')])
  })
})

describe('a token of a foreign issuer', () => {
  function ask(clientId: string, client_assertion: string): Promise<Answer> {
    return doorstep.login.post('/oauth2/v2.0/token', {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
      scope: 'https://graph.microsoft.com/.default',
    })
  }

  it('proves the application that names it', async () => {
    const { appId, path } = await newApplication()
    const before = await ask(appId, assertion())
    expect([before.status, before.body.error, before.body.error_codes]).toEqual([401, 'invalid_client', [700211]])
    await graph('POST', path, credential())
    expect(claimsOf(await ask(appId, assertion()))).toMatchObject({ appid: appId, appidacr: '2' })
    await graph('DELETE', `${path}/ci-main`)
    expect((await ask(appId, assertion())).body.error_codes).toEqual([700211])
  })

  it('is refused when anything differs', async () => {
    const { appId, path } = await newApplication()
    await graph('POST', path, credential())
    const stranger = await makeSelfSignedCertificate('stranger')
    const cases: readonly (readonly [what: string, sent: string, code: number])[] = [
      ['issuer with a slash', assertion({ iss: `${issuer}/` }), 700211],
      ['subject in another case', assertion({ sub: subject.toUpperCase() }), 700213],
      ['audience', assertion({ aud: 'api://azureadtokenexchange' }), 700212],
      ['key id', assertion({}, { kid: 'another' }), 700027],
      ['no key id', assertion({}, { kid: undefined }), 700027],
      ['signature', assertion({}, {}, stranger), 700027],
      ['algorithm', assertion({}, { alg: 'ES256' }), 700027],
      ['no algorithm', assertion({}, { alg: 'none' }), 50027],
      ['expired', assertion({ exp: now() - 600 }), 700024],
      ['not yet', assertion({ nbf: now() + 600 }), 700024],
    ]
    for (const [what, sent, code] of cases) {
      expect((await ask(appId, sent)).body.error_codes, what).toEqual([code])
    }
    expect((await ask(appId, assertion())).status).toBe(200)
  })

  it('is refused when its issuer does not answer, or calls itself otherwise', async () => {
    const { appId, path } = await newApplication()
    const silent = 'https://localhost:1'
    await graph('POST', path, credential({ issuer: silent }))
    expect((await ask(appId, assertion({ iss: silent }))).body.error_codes).toEqual([50166])
    for (const [number, name] of ['imposter', 'moved', 'absent'].entries()) {
      const elsewhere = `${issuer}/${name}`
      await graph('POST', path, credential({ name: `ci-${number}`, issuer: elsewhere }))
      const { body } = await ask(appId, assertion({ iss: elsewhere }))
      expect(body.error_codes, name).toEqual([50166])
      // Why is not for whoever sends a token: it would tell about the network of this machine.
      expect(body.error_description).toMatch(/Issuer: '[^']+'\. Trace ID/)
    }
  })

  it('does not make an issuer answer each time', async () => {
    const { appId, path } = await newApplication()
    await graph('POST', path, credential())
    expect((await ask(appId, assertion())).status).toBe(200)
    const before = requests.get('/keys')
    const answers = await Promise.all(
      ['unknown', 'unheard', kid, kid].map((name) => ask(appId, assertion({}, { kid: name }))),
    )
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200, 200])
    expect((requests.get('/keys') ?? 0) - (before ?? 0)).toBeLessThanOrEqual(1)
  })

  it('may be one of this cloud: of an application, not of a user', async () => {
    const { appId, path } = await newApplication()
    const token = await doorstep.graph.token()
    const { iss, sub, aud } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    await graph('POST', path, credential({ issuer: iss, subject: sub, audiences: [aud] }))
    expect((await ask(appId, token)).status).toBe(200)
    const forged = assertion({ iss, sub, aud })
    expect((await ask(appId, forged)).body.error_codes).toEqual([700027])
    const ofUser = assertion({ iss, sub, aud, scp: 'User.Read' })
    expect((await ask(appId, ofUser)).body.error_codes).toEqual([700229])
  })
})

describe('an issuer inside the network', () => {
  it('is asked by nobody where Doorstep is reached from other machines', async () => {
    const reachable = await startDoorstep({
      arguments: ['--host', '127.0.0.2', '--public-name', 'doorstep.test'],
      environment: { NODE_EXTRA_CA_CERTS: join(folder, 'issuer.pem') },
    })
    try {
      const { port } = new URL(issuer)
      const made = await reachable.graph.request('POST', '/v1.0/applications', { displayName: 'ci' })
      await reachable.graph.request('POST', '/v1.0/servicePrincipals', { appId: made.body.appId })
      requests.clear()
      const hosts = [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, '169.254.169.254']
      for (const [number, host] of hosts.entries()) {
        const iss = `https://${host}`
        const body = credential({ name: `ci-${number}`, issuer: iss })
        const path = `/v1.0/applications/${made.body.id}/federatedIdentityCredentials`
        expect((await reachable.graph.request('POST', path, body)).status).toBe(201)
        const answer = await reachable.login.post('/oauth2/v2.0/token', {
          grant_type: 'client_credentials',
          client_id: made.body.appId,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion({ iss }),
          scope: 'https://graph.microsoft.com/.default',
        })
        expect(answer.body.error_codes, host).toEqual([50166])
        expect(answer.body.error_description).toMatch(/Issuer: '[^']+'\. Trace ID/)
      }
      expect(requests.size).toBe(0)
    } finally {
      await reachable.stop()
    }
  })
})
