import { constants, verify, X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../../../doorstep/test/support/start-doorstep.ts'
import {
  ClientCertificateCredential,
  type ClientCertificateCredentialOptions,
  CredentialOptionError,
  cached,
  memoryCache,
  nodeTransport,
} from '../../src/index.ts'
import { type MadeCertificate, makeCertificate } from '../support/client-certificate.ts'
import { claimsOf, decodedJwt } from '../support/decoded-jwt.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { startTokenServer, type TokenServer } from '../support/token-server.ts'

const GRAPH = 'https://graph.microsoft.com/.default'
const DAY = 86_400_000
const PASSWORD = 'not-a-real-password'
const tenantId = '2c1b6a0e-5d4f-4c3b-9a28-1706f5e4d3c2'
const clientId = 'd1a2b3c4-e5f6-4a7b-8c9d-0e1f2a3b4c5d'

let doorstep: RunningDoorstep
let server: TokenServer
let folder: string
let own: MadeCertificate
let renewed: MadeCertificate
let foreign: MadeCertificate
let authority: MadeCertificate
let issued: MadeCertificate
let options: Pick<ClientCertificateCredentialOptions, 'tenantId' | 'clientId' | 'authorityHost' | 'transport'>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  ;[own, renewed, foreign, authority] = await Promise.all([
    makeCertificate('own'),
    makeCertificate('renewed'),
    makeCertificate('foreign'),
    makeCertificate('authority'),
  ])
  issued = await authority.issue('issued')
  const keyCredentials = [own, renewed, issued].map(({ keyCredential }) => keyCredential)
  const applications = [{ displayName: 'daemon', appId: clientId, keyCredentials }]
  const tenants = [{ tenantId, displayName: 'Contoso', domain: 'contoso.example', applications }]
  ;[server, doorstep] = await Promise.all([startTokenServer(), startDoorstep({ seed: JSON.stringify({ tenants }) })])
  options = { tenantId, clientId, authorityHost: doorstep.url, transport: nodeTransport({ ca: doorstep.ca }) }
})
beforeEach(() => {
  server.requests.length = 0
})
afterAll(async () => {
  await Promise.all([doorstep?.stop(), server?.close()])
  await rm(folder, { recursive: true, force: true })
})

const file = async (name: string, content: string | Buffer) => {
  const path = join(folder, name)
  await writeFile(path, content, { mode: 0o600 })
  return path
}
const pemOf = ({ key, certificate }: MadeCertificate) => key + certificate
const encrypted = ({ privateKey, certificate }: MadeCertificate, type: 'pkcs8' | 'pkcs1') =>
  privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSWORD }) + certificate
const tokenBy = (source: Partial<ClientCertificateCredentialOptions>, scopes: string | string[] = GRAPH, call = {}) =>
  new ClientCertificateCredential({ ...options, ...source }).getToken(scopes, call)

describe('a token by certificate', () => {
  it('comes for a PEM file, over v2.0 and v1.0', async () => {
    const certificatePath = await file('own.pem', pemOf(own))
    const v2 = await tokenBy({ certificatePath })
    expect(claimsOf(v2.token)).toMatchObject({ appid: clientId, tid: tenantId, appidacr: '2' })
    const v1 = await tokenBy({ certificatePath }, [], { resource: 'https://graph.microsoft.com' })
    expect(claimsOf(v1.token)).toMatchObject({ appid: clientId, aud: 'https://graph.microsoft.com' })
  })

  it.each<[string, () => Partial<ClientCertificateCredentialOptions>]>([
    ['text, the certificate in front', () => ({ certificate: own.certificate + own.key })],
    ['text with other line ends and remarks', () => ({ certificate: `Bag\n${pemOf(own)}`.replaceAll('\n', '\r\n') })],
    ['a key encrypted as PKCS #8', () => ({ certificate: encrypted(own, 'pkcs8'), certificatePassword: PASSWORD })],
    ['a key encrypted by OpenSSL 1', () => ({ certificate: encrypted(own, 'pkcs1'), certificatePassword: PASSWORD })],
    ['a password that nothing needs', () => ({ certificate: pemOf(own), certificatePassword: PASSWORD })],
    ['its issuer before it', () => ({ certificate: authority.certificate + pemOf(issued) })],
    [
      'the chain sent along',
      () => ({ certificate: pemOf(issued) + authority.certificate, sendCertificateChain: true }),
    ],
  ])('comes for %s', async (_, source) => {
    expect(claimsOf((await tokenBy(source())).token).appid).toBe(clientId)
  })

  it('comes by a file that was renewed meanwhile', async () => {
    const certificatePath = await file('renewed.pem', pemOf(own))
    const credential = new ClientCertificateCredential({ ...options, certificatePath })
    await credential.getToken(GRAPH)
    await writeFile(certificatePath, pemOf(renewed))
    expect((await credential.getToken(GRAPH)).token).toBeTruthy()
    await writeFile(certificatePath, pemOf(foreign))
    expect(await refusalOf(credential.getToken(GRAPH))).toMatchObject({ error: 'invalid_client', code: 700027 })
  })

  it('is shared in a cache by credentials of the same file or text', async () => {
    const certificatePath = await file('shared.pem', pemOf(own))
    const cache = memoryCache()
    const make = (source: Partial<ClientCertificateCredentialOptions>) =>
      cached(new ClientCertificateCredential({ ...options, ...source }), cache).getToken(GRAPH)
    const first = await make({ certificatePath })
    expect((await make({ certificatePath })).token).toBe(first.token)
    expect((await make({ certificate: pemOf(own) })).token).not.toBe(first.token)
  })
})

describe('the assertion', () => {
  const assertionFor = async (source: Partial<ClientCertificateCredentialOptions>, call: object, scopes: string[]) => {
    const { authorityHost, certificate: ca } = server
    await tokenBy({ ...source, authorityHost, transport: nodeTransport({ ca }) }, scopes, call)
    return server.requests.at(-1)?.form ?? {}
  }

  it.each([
    ['v2.0', [GRAPH], {}, 'oauth2/v2.0/token'],
    ['v1.0', [], { resource: 'https://a.example' }, 'oauth2/token'],
  ])('names client and %s endpoint, is signed with PS256 and short-lived', async (_version, scopes, call, path) => {
    const before = Math.floor(Date.now() / 1000)
    const form = await assertionFor({ certificate: pemOf(own) }, call, scopes)
    expect(form.client_assertion_type).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    expect(form).not.toHaveProperty('client_secret')
    const { header, claims, signed, signature } = decodedJwt(form.client_assertion ?? '')
    expect(header).toEqual({ alg: 'PS256', typ: 'JWT', 'x5t#S256': own.thumbprint.sha256 })
    const aud = `${server.authorityHost}/${tenantId}/${path}`
    expect(claims).toMatchObject({ aud, iss: clientId, sub: clientId, jti: expect.any(String) })
    expect(claims.nbf).toBeGreaterThanOrEqual(before)
    expect(claims.exp).toBe(claims.nbf + 600)
    const { publicKey } = new X509Certificate(own.certificate)
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    expect(verify('sha256', Buffer.from(signed), { key: publicKey, ...padding }, signature)).toBe(true)
  })

  it('is a new one each time', async () => {
    const first = await assertionFor({ certificate: pemOf(own) }, {}, [GRAPH])
    const second = await assertionFor({ certificate: pemOf(own) }, {}, [GRAPH])
    const [jti, other] = [first, second].map((form) => decodedJwt(form.client_assertion ?? '').claims.jti)
    expect(jti).not.toBe(other)
  })

  it('carries the chain when it is to: the own certificate, its issuer, and nothing that is neither', async () => {
    const certificate = authority.certificate + foreign.certificate + pemOf(issued)
    const form = await assertionFor({ certificate, sendCertificateChain: true }, {}, [GRAPH])
    const der = ({ keyCredential }: MadeCertificate) => keyCredential.key
    expect(decodedJwt(form.client_assertion ?? '').header.x5c).toEqual([der(issued), der(authority)])
  })
})

describe('a certificate that cannot work is refused before anything is sent', () => {
  const dated = (from: number, until: number) =>
    makeCertificate('dated', { from: new Date(Date.now() + from), until: new Date(Date.now() + until) })

  it.each<[string, () => string | Promise<string>, string]>([
    ['no private key', () => own.certificate, 'holds no private key'],
    ['no certificate', () => own.key, 'holds no certificate'],
    ["another certificate's key", () => foreign.key + own.certificate, 'does not belong to its certificate'],
    ['a certificate that expired', async () => pemOf(await dated(-2 * DAY, -DAY)), 'expired on 20'],
    ['a certificate of tomorrow', async () => pemOf(await dated(DAY, 2 * DAY)), 'valid from 20'],
    ['a key of another kind', async () => pemOf(await makeCertificate('ec', { kind: 'EC' })), 'RSA keys only'],
    ['an encrypted key and no password', () => encrypted(own, 'pkcs8'), 'certificatePassword'],
    ['a key cut in half', () => own.key.replace(/\n.{64}\n.{64}\n/, '\n') + own.certificate, 'cut off or damaged'],
    ['a certificate cut in half', () => own.key + own.certificate.replace(/\n.{64}\n.{64}\n/, '\n'), 'copy it again'],
    ['text of something else', () => 'hello', 'is not PEM text'],
  ])('%s', async (_, pem, sentence) => {
    const certificate = await pem()
    const unreached = { authorityHost: server.authorityHost, transport: nodeTransport({ ca: server.certificate }) }
    const certificatePath = await file('refused.pem', certificate)
    for (const source of [{ certificate }, { certificatePath }]) {
      const error = await refusalOf(tokenBy({ ...source, ...unreached }))
      expect(error).toBeInstanceOf(CredentialOptionError)
      const [option = ''] = Object.keys(source)
      expect(error).toMatchObject({ option, message: expect.stringMatching(new RegExp(`^${option} `)) })
      expect(error).toMatchObject({ message: expect.stringContaining(sentence) })
      expect(error).not.toHaveProperty('cause')
    }
    expect(server.requests).toEqual([])
  })

  it('a wrong password, without repeating it', async () => {
    const error = await refusalOf(tokenBy({ certificate: encrypted(own, 'pkcs8'), certificatePassword: 'wrong-one' }))
    expect(error).toMatchObject({ option: 'certificate', message: expect.stringContaining('check the password') })
    expect(inspect(error, { depth: 9 })).not.toContain('wrong-one')
  })

  it('a .pfx file, with the command that turns it into PEM', async () => {
    const certificatePath = await file('own.pfx', Buffer.from([0x30, 0x82, 0x0a, 0x01, 0xff, 0x00]))
    const error = await refusalOf(tokenBy({ certificatePath }))
    expect(error).toMatchObject({ message: expect.stringContaining('openssl pkcs12 -in') })
  })

  it.each([
    ['a file that is not there', () => join(folder, 'absent.pem'), 'does not exist'],
    ['a folder', () => folder, 'EISDIR'],
  ])('%s', async (_, path, sentence) => {
    const error = await refusalOf(tokenBy({ certificatePath: path() }))
    expect(error).toMatchObject({ option: 'certificatePath', message: expect.stringContaining(sentence) })
  })

  it.each<[string, () => Partial<ClientCertificateCredentialOptions>, string, string]>([
    ['neither file nor text', () => ({}), 'certificatePath', 'AZURE_CLIENT_CERTIFICATE_PATH'],
    ['both', () => ({ certificate: pemOf(own), certificatePath: 'own.pem' }), 'certificate', 'not both'],
    [
      'text as the name of a file',
      () => ({ certificatePath: pemOf(own) }),
      'certificatePath',
      'pass that as certificate',
    ],
    ['no client', () => ({ certificate: pemOf(own), clientId: '' }), 'clientId', 'AZURE_CLIENT_ID'],
    ['many tenants', () => ({ certificate: pemOf(own), tenantId: 'common' }), 'tenantId', 'many tenants'],
  ])('%s, when the credential is made', (_, source, option, sentence) => {
    const make = () => new ClientCertificateCredential({ ...options, ...source() })
    expect(make).toThrow(expect.objectContaining({ name: 'CredentialOptionError', option }))
    expect(make).toThrow(sentence)
  })
})

describe('the private key', () => {
  it('is in nothing that prints the credential', () => {
    const certificate = encrypted(own, 'pkcs8')
    const credential = new ClientCertificateCredential({ ...options, certificate, certificatePassword: PASSWORD })
    const line = own.key.split('\n')[2] ?? ''
    for (const text of [inspect(credential, { depth: 9, showHidden: true }), JSON.stringify(credential)]) {
      expect(text).not.toContain(PASSWORD)
      expect(text).not.toContain(line)
      expect(text).not.toContain('ENCRYPTED')
    }
    expect(credential.cachePartition).not.toContain(line)
  })
})
