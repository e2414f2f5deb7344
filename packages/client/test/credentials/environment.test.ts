import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../../../doorstep/test/support/start-doorstep.ts'
import {
  CredentialUnavailableError,
  EnvironmentCredential,
  type EnvironmentCredentialOptions,
  nodeTransport,
} from '../../src/index.ts'
import { makeCertificate } from '../support/client-certificate.ts'
import { claimsOf } from '../support/decoded-jwt.ts'
import { refusalOf } from '../support/refusal-of.ts'

const GRAPH = 'https://graph.microsoft.com/.default'
const PASSWORD = 'not-a-real-password'
const tenantId = '2c1b6a0e-5d4f-4c3b-9a28-1706f5e4d3c2'
const clientId = 'd1a2b3c4-e5f6-4a7b-8c9d-0e1f2a3b4c5d'
const secret = 'Env8Q~secret-of-the-environment-00001'

let doorstep: RunningDoorstep
let folder: string
let certificatePath: string
let application: Record<string, string>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  const { privateKey, certificate, keyCredential } = await makeCertificate('daemon')
  const key = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSWORD })
  certificatePath = join(folder, 'daemon.pem')
  await writeFile(certificatePath, key + certificate)
  const daemon = { displayName: 'daemon', appId: clientId, keyCredentials: [keyCredential] }
  const applications = [{ ...daemon, passwordCredentials: [{ secretText: secret }] }]
  const tenants = [{ tenantId, displayName: 'Contoso', domain: 'contoso.example', applications }]
  doorstep = await startDoorstep({ seed: JSON.stringify({ tenants }) })
  application = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_AUTHORITY_HOST: doorstep.url }
})
afterAll(async () => {
  await doorstep?.stop()
  await rm(folder, { recursive: true, force: true })
})

const make = (environment: Record<string, string | undefined>, more: EnvironmentCredentialOptions = {}) =>
  new EnvironmentCredential({ environment, transport: nodeTransport({ ca: doorstep.ca }), ...more })

describe('a token by environment variables', () => {
  it('comes for a secret', async () => {
    const { token } = await make({ ...application, AZURE_CLIENT_SECRET: secret }).getToken(GRAPH)
    expect(claimsOf(token)).toMatchObject({ appid: clientId, appidacr: '1' })
  })

  it('comes for a certificate with an encrypted key', async () => {
    const { token } = await make({
      ...application,
      AZURE_CLIENT_CERTIFICATE_PATH: certificatePath,
      AZURE_CLIENT_CERTIFICATE_PASSWORD: PASSWORD,
    }).getToken([], { resource: 'https://graph.microsoft.com' })
    expect(claimsOf(token)).toMatchObject({ appid: clientId, appidacr: '2' })
  })

  it('comes by the secret where both are set', async () => {
    const both = { AZURE_CLIENT_SECRET: secret, AZURE_CLIENT_CERTIFICATE_PATH: 'absent.pem' }
    expect(claimsOf((await make({ ...application, ...both }).getToken(GRAPH)).token).appidacr).toBe('1')
  })

  it('comes from the authority that the program names rather than the variable', async () => {
    const environment = { ...application, AZURE_AUTHORITY_HOST: 'http://wrong', AZURE_CLIENT_SECRET: secret }
    expect((await make(environment, { authorityHost: doorstep.url }).getToken(GRAPH)).token).toBeTruthy()
  })

  it('is that of a credential with the same options, for a shared cache', () => {
    const credential = make({ ...application, AZURE_CLIENT_SECRET: secret })
    expect(credential.cachePartition).toBe(make({ ...application, AZURE_CLIENT_SECRET: secret }).cachePartition)
    expect(credential.cachePartition).toBeTruthy()
    expect(make({}).cachePartition).toBeUndefined()
  })
})

describe('variables that are not set', () => {
  it.each<[string[], Record<string, string>]>([
    [['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH)'], {}],
    [['AZURE_CLIENT_ID'], { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_SECRET: secret }],
    [['AZURE_TENANT_ID'], { AZURE_CLIENT_ID: clientId, AZURE_CLIENT_CERTIFICATE_PATH: 'x.pem', AZURE_TENANT_ID: '' }],
  ])('%j are named, and nothing is thrown before a token is asked for', async (missing, environment) => {
    const error = await refusalOf(make(environment).getToken(GRAPH))
    expect(error).toBeInstanceOf(CredentialUnavailableError)
    const verb = missing.length === 1 ? 'is' : 'are'
    expect(error).toMatchObject({ message: expect.stringMatching(`^${escaped(missing.join(', '))} ${verb} not set`) })
    expect(String(error)).not.toContain(secret)
  })
})

describe('variables that cannot work are named', () => {
  it.each([
    ['AZURE_TENANT_ID', 'a/b', 'neither a tenant id nor a domain name'],
    ['AZURE_CLIENT_ID', ' x', 'white space'],
    ['AZURE_CLIENT_SECRET', `${secret}\n`, 'white space'],
    ['AZURE_AUTHORITY_HOST', 'http://localhost:8443', 'must begin with https://'],
  ])('%s', async (variable, value, sentence) => {
    const error = await refusalOf(
      make({ ...application, AZURE_CLIENT_SECRET: secret, [variable]: value }).getToken(GRAPH),
    )
    expect(error).toMatchObject({ name: 'CredentialOptionError', option: variable })
    expect(error).toMatchObject({ message: expect.stringMatching(`^In ${variable}: `) })
    expect(String(error)).toContain(sentence)
    expect(String(error)).not.toContain(secret)
  })

  it('AZURE_CLIENT_CERTIFICATE_PATH of a file that is not there', async () => {
    const error = await refusalOf(
      make({ ...application, AZURE_CLIENT_CERTIFICATE_PATH: join(folder, 'absent.pem') }).getToken(GRAPH),
    )
    expect(error).toMatchObject({ option: 'AZURE_CLIENT_CERTIFICATE_PATH' })
    expect(String(error)).toContain('does not exist')
  })
})

const escaped = (text: string) => text.replace(/[()]/g, '\\$&')
