import { createPrivateKey } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contoso } from '../login/contoso.ts'
import { graph, manager, peopleSeed, stock } from '../login/people.ts'
import { makeSelfSignedCertificate } from '../support/self-signed-certificate.ts'
import { claimsIn, type SignInPlace, signInPlace, toolWords } from './signed-in.ts'

const password = 'Key-of-the-certificate-1'

let place: SignInPlace
let certificate: string
beforeAll(async () => {
  const made = await makeSelfSignedCertificate('manager')
  const seed = JSON.parse(peopleSeed())
  const application = seed.tenants[0].applications.find((one: { appId: string }) => one.appId === manager.appId)
  application.keyCredentials = [made.keyCredential]
  place = await signInPlace(JSON.stringify(seed))
  const key = createPrivateKey({ key: made.pkcs8, format: 'der', type: 'pkcs8' })
  const encrypted = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: password })
  certificate = join(place.root, 'manager.pem')
  await writeFile(certificate, `${made.certificate.toString()}\n${encrypted}`, { mode: 0o600 })
})
afterAll(() => place.close())

const scope = ['--scope', `${graph}/.default`]
const application = { AZURE_TENANT_ID: contoso.tenantId, AZURE_CLIENT_ID: manager.appId }
const bySecret = { ...application, AZURE_CLIENT_SECRET: manager.secret }
const token = async (words: readonly string[], environment: NodeJS.ProcessEnv = {}) => {
  const { exitCode, stdout, stderr } = await place.doorstep(['token', ...words], environment)
  expect(exitCode, stderr).toBe(0)
  return stdout
}
const refused = async (words: readonly string[], environment: NodeJS.ProcessEnv = {}) => {
  const { exitCode, stdout, stderr } = await place.doorstep(words, environment)
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  return stderr
}

describe('the token of the application that the environment names', () => {
  it('is asked for once by all who run one after the other', async () => {
    const first = await token(scope, bySecret)
    expect(await token(scope, bySecret)).toBe(first)
    expect(await token(['--cloud', 'local', ...scope], bySecret)).toBe(first)
    expect(await token(['--scope', `${stock.uri}/.default`], bySecret)).not.toBe(first)
  })

  it('is not given to somebody with another secret', async () => {
    await token(scope, bySecret)
    expect(await refused(['token', ...scope], { ...bySecret, AZURE_CLIENT_SECRET: 'Wrong8Q~secret' })).toContain(
      'AADSTS7000215',
    )
  })

  it('is not one from before the reset of the local cloud', async () => {
    const before = await token(scope, bySecret)
    expect((await place.doorstep(['reset', '--yes'])).exitCode).toBe(0)
    expect(await token(scope, bySecret)).not.toBe(before)
  })

  it('is given where nothing can be kept', async () => {
    const share = join(place.root, 'no-folder')
    await writeFile(share, 'a file where a folder is expected')
    const first = await token(scope, { ...bySecret, XDG_DATA_HOME: share })
    expect(await token(scope, { ...bySecret, XDG_DATA_HOME: share })).not.toBe(first)
  })

  it('is proved by a certificate whose key is encrypted', async () => {
    const byCertificate = { ...application, AZURE_CLIENT_CERTIFICATE_PATH: certificate }
    const given = await token(scope, { ...byCertificate, AZURE_CLIENT_CERTIFICATE_PASSWORD: password })
    expect(claimsIn(given)).toMatchObject({ appid: manager.appId, idtyp: 'app' })
  })

  it('goes nowhere when the authority is a stranger', async () => {
    const words = ['call', `${place.cloud.ready.url}/graph/v1.0/applications`]
    const foreign = { ...bySecret, AZURE_AUTHORITY_HOST: 'https://login.example' }
    const { exitCode, stdout, stderr } = await place.doorstep(words, foreign)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('AZURE_AUTHORITY_HOST names https://login.example, which is no cloud that is known here')
    const own = await place.doorstep(words, { ...bySecret, AZURE_AUTHORITY_HOST: place.cloud.ready.url })
    expect(own.exitCode, own.stderr).toBe(0)
  })
})

describe('login with a certificate whose key is encrypted', () => {
  const words = ['login', '--profile', 'sealed', '--tenant', contoso.domain, '--client-id', manager.appId]

  it('takes the password from a variable, keeps its name, and needs it for a new token alone', async () => {
    const named = [...words, '--certificate', certificate, '--certificate-password-env', 'KEY_PASSWORD']
    const signedIn = await place.doorstep(named, { KEY_PASSWORD: password })
    expect(signedIn.exitCode, signedIn.stderr).toBe(0)
    const kept = await token(['--profile', 'sealed'])
    expect(claimsIn(kept)).toMatchObject({ appid: manager.appId })
    const other = ['--profile', 'sealed', '--scope', `${stock.uri}/.default`]
    expect(await refused(['token', ...other])).toContain('set the variable KEY_PASSWORD')
    await token(other, { KEY_PASSWORD: password })
  })

  it('is refused without its password, or where that is written in the place of its name', async () => {
    const sealed = [...words, '--certificate', certificate]
    const without = await place.doorstep(sealed)
    expect(without.exitCode).toBe(2)
    const secret = await place.doorstep([...sealed, '--certificate-password-env', password])
    expect(secret).toMatchObject({ exitCode: 2, stdout: '' })
    expect(secret.stderr).toContain('takes the name of a variable')
    expect(secret.stderr).not.toContain(password)
    const lonely = await place.doorstep([...words, '--certificate-password-env', 'KEY_PASSWORD'])
    expect(lonely.stderr).toContain('--certificate-password-env is for an encrypted certificate')
  })
})

describe('the login that is meant', () => {
  it('is the one of the folder or the cloud that is said', async () => {
    await place.loginAsAlice(['--profile', 'work', ...toolWords])
    const own = await token(['--profile', 'work'])
    await place.doorstep(['logout', '--profile', 'sealed'])
    expect(await token(['--data', place.data])).toBe(own)
    expect(await token(['--cloud', 'local'])).toBe(own)
    expect(await token(['--profile', 'work', '--data', place.data])).toBe(own)
    const elsewhere = join(place.root, 'elsewhere')
    const stderr = await refused(['token', '--profile', 'work', '--data', elsewhere])
    expect(stderr).toContain(
      `work is signed in at the local cloud of ${place.data}, not at the local cloud of ${elsewhere}`,
    )
    expect(await refused(['token', '--data', elsewhere])).toContain(
      `Nobody is signed in at the local cloud of ${elsewhere}. Sign in first: npx --no-install doorstep login --data ${elsewhere}`,
    )
    const both = await place.doorstep(['token', '--cloud', 'public', '--data', elsewhere])
    expect(both).toMatchObject({ exitCode: 2, stdout: '' })
  })

  it('is not guessed among several', async () => {
    await place.loginAsAlice(['--profile', 'second', ...toolWords])
    const { exitCode, stderr } = await place.doorstep(['token', '--data', place.data])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`: second, work. Say which with --profile.`)
  })

  it('is one of those that are listed where nobody is signed in as the profile', async () => {
    for (const words of [['token'], ['call', 'https://graph.microsoft.com/v1.0/me']]) {
      const stderr = await refused(words)
      expect(stderr).toContain('Nobody is signed in. Sign in first: npx --no-install doorstep login\n')
      expect(stderr).toContain('There are the profiles second, work: choose with --profile.')
    }
    const folder = join(place.root, 'config', 'doorstep')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'doorstep.config.yaml'), 'defaultProfile: missing\nprofiles: { ci: {} }\n')
    const stderr = await refused(['token'])
    expect(stderr).toContain(`That is defaultProfile of ${folder}`)
    expect(stderr).toContain('There are the profiles ci, second, work')
    await rm(folder, { recursive: true })
  })

  it('gives what the config file says now, and refuses another proof than it was made with', async () => {
    const folder = join(place.root, 'config', 'doorstep')
    await mkdir(folder, { recursive: true })
    const configure = (text: string) => writeFile(join(folder, 'doorstep.config.yaml'), text)
    await configure(`profiles: { work: { scopes: ["${stock.uri}/Stock.Read"] } }`)
    expect(claimsIn(await token(['--profile', 'work']))).toMatchObject({ scp: 'Stock.Read' })
    await configure(`profiles: { work: { resource: "${graph}" } }`)
    expect(claimsIn(await token(['--profile', 'work']))).toMatchObject({ aud: graph })
    const profile = `tenant: ${contoso.domain}, clientId: ${manager.appId}`
    await configure(`profiles: { job: { ${profile}, clientSecretEnv: ONE } }`)
    const secrets = { ONE: manager.secret, OTHER: manager.secret }
    expect((await place.doorstep(['login', '--profile', 'job'], secrets)).exitCode).toBe(0)
    await token(['--profile', 'job'])
    await configure(`profiles: { job: { ${profile}, clientSecretEnv: OTHER } }`)
    expect(await refused(['token', '--profile', 'job'], secrets)).toContain('names another secret or certificate')
    await configure(`profiles: { job: { ${profile}, certificate: ${certificate} } }`)
    expect(await refused(['token', '--profile', 'job'], secrets)).toContain('Sign in anew: npx --no-install doorstep')
    await rm(folder, { recursive: true })
  })
})
