import { spawn } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alice, graph, peopleSeed, stock } from '../login/people.ts'
import { makeSelfSignedCertificate } from '../support/self-signed-certificate.ts'
import { claimsIn, type SignInPlace, signInPlace, toolWords } from './signed-in.ts'

const launcher = fileURLToPath(new URL('../../bin/doorstep.cjs', import.meta.url))

let place: SignInPlace
/** The environment of a machine whose clock is ahead. */
let ahead: (minutes: number) => NodeJS.ProcessEnv
beforeAll(async () => {
  place = await signInPlace(peopleSeed())
  const preload = join(place.root, 'clock.cjs')
  await writeFile(
    preload,
    `const real = Date, now = () => real.now() + Number(process.env.AHEAD)
globalThis.Date = class extends real { constructor(...given) { given.length ? super(...given) : super(now()) } static now() { return now() } }`,
  )
  ahead = (minutes) => ({ NODE_OPTIONS: `--require "${preload}"`, AHEAD: String(minutes * 60_000) })
  await place.loginAsAlice(toolWords)
})
afterAll(() => place.close())

const token = async (words: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) => {
  const { exitCode, stdout, stderr } = await place.doorstep(['token', ...words], environment)
  expect(exitCode, stderr).toBe(0)
  return stdout.trim()
}
const minutesLeft = async () => {
  const { expiresOnTimestamp } = JSON.parse(await token(['--format', 'json']))
  return (expiresOnTimestamp - Date.now()) / 60_000
}

describe('the token of a login', () => {
  it('comes from the cache, the same each time', async () => {
    const first = await token()
    expect(claimsIn(first)).toMatchObject({ upn: alice.name, aud: graph })
    expect(await token()).toBe(first)
  })

  it('is for whatever is asked, by scope or resource, from the one sign-in', async () => {
    const forStock = await token(['--scope', `${stock.uri}/Stock.Read`])
    expect(claimsIn(forStock)).toMatchObject({ ver: '2.0', scp: 'Stock.Read' })
    expect(await token(['--scope', `${stock.uri}/Stock.Read`])).toBe(forStock)
    const forDiary = await token(['--resource', 'https://diary.contoso.example/'])
    expect(claimsIn(forDiary)).toMatchObject({ ver: '1.0', aud: 'https://diary.contoso.example/' })
  })

  it('is printed in every form', async () => {
    const raw = await token()
    expect(await token(['--format', 'header'])).toBe(`Authorization: Bearer ${raw}`)
    expect(await token(['--format', 'env'])).toBe(`export ACCESS_TOKEN=${raw}`)
    expect(JSON.parse(await token(['--json']))).toMatchObject({ token: raw, tokenType: 'Bearer' })
    const answer = JSON.parse(await token(['--format', 'az']))
    expect(answer).toEqual({
      accessToken: raw,
      expiresOn: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
      expires_on: expect.any(Number),
      subscription: place.cloud.ready.subscriptionId,
      tenant: claimsIn(raw).tid,
      tokenType: 'Bearer',
    })
    expect(new Date(answer.expiresOn).getTime()).toBe(answer.expires_on * 1000)
  })

  it.skipIf(process.platform !== 'linux')('ends in one line where it cannot be written', async () => {
    await token()
    const full = await open('/dev/full', 'w')
    const child = spawn(process.execPath, [launcher, 'token'], {
      env: place.environment,
      stdio: ['ignore', full.fd, 'pipe'],
    })
    const [stderr, [exitCode]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')])
    await full.close()
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^error: The result could not be written .*ENOSPC.*\n$/),
    })
  })

  it('is refreshed when that is due, by one of all who ask', async () => {
    const before = await token()
    const late = ahead((await minutesLeft()) - 3)
    const after = await Promise.all([1, 2, 3, 4].map(() => token([], late)))
    expect(new Set(after).size).toBe(1)
    expect(after[0]).not.toBe(before)
  })

  it('is asked for once by two processes that need it at the same time', async () => {
    const words = ['--scope', `${stock.uri}/.default`]
    const [one, other] = await Promise.all([token(words), token(words)])
    expect(one).toBe(other)
  })

  it('goes on after a restart of the local cloud, on another port', async () => {
    const before = await token()
    await place.doorstep(['down'])
    const good = await place.doorstep(['token'])
    expect(good).toMatchObject({ exitCode: 0, stdout: `${before}\n` })
    const due = await place.doorstep(['token'], ahead((await minutesLeft()) - 3))
    expect(due).toMatchObject({ exitCode: 0, stdout: `${before}\n` })
    expect(due.stderr).toMatch(/^The token could not be refreshed, and is good until .*No local cloud is running/)
    const gone = await place.doorstep(['token'], ahead((await minutesLeft()) + 1))
    expect(gone).toMatchObject({ exitCode: 3, stdout: '' })
    expect(gone.stderr).toContain('No local cloud is running')
    await place.up()
    const refreshed = await token([], ahead((await minutesLeft()) - 3))
    expect(refreshed).not.toBe(before)
    expect(claimsIn(refreshed)).toMatchObject({ upn: alice.name })
    expect(await token()).toBe(refreshed)
  })
})

describe('the token of a login at a local cloud whose clock was moved', () => {
  const inspected = async (printed: string) => {
    const { exitCode, stdout } = await place.start(['inspect', '-'], {}, printed).ended
    return { exitCode, times: /^times\s.*$/m.exec(stdout)?.[0] }
  }
  const move = async (...words: string[]) => expect((await place.doorstep(['clock', ...words])).exitCode).toBe(0)
  const profile = ['--profile', 'app']
  beforeAll(async () => {
    const { clientId, clientSecret, tenantId } = JSON.parse(await readFile(join(place.data, 'bootstrap.json'), 'utf8'))
    const words = ['login', ...profile, '--tenant', tenantId, '--client-id', clientId, '--client-secret-env', 'S']
    expect((await place.doorstep(words, { S: clientSecret })).exitCode).toBe(0)
    environment = { S: clientSecret }
  })
  let environment: NodeJS.ProcessEnv

  it('is judged by that clock, forward and back, outside of a run and inside', async () => {
    const first = await token(profile, environment)
    await move('advance', '2h')
    expect((await inspected(first)).exitCode).toBe(1)
    const second = await token(profile, environment)
    expect(await inspected(second)).toMatchObject({ exitCode: 0 })
    expect(await token(profile)).toBe(second)
    const { expiresOnTimestamp } = JSON.parse(await token([...profile, '--json']))
    expect(expiresOnTimestamp / 1000).toBeCloseTo(Number(claimsIn(second).exp) - 7200, -1)
    const launcher = join(import.meta.dirname, '../../bin/doorstep.cjs')
    const inRun = ['run', '--', 'sh', '-c', `"$0" "$1" login --profile app $2 && "$0" "$1" token --profile app`]
    const { clientId, tenantId } = JSON.parse(await readFile(join(place.data, 'bootstrap.json'), 'utf8'))
    const signIn = `--tenant ${tenantId} --client-id ${clientId} --client-secret-env S`
    const ofRun = await place.doorstep([...inRun, process.execPath, launcher, signIn], environment)
    expect(await inspected(ofRun.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ exitCode: 0 })
    await move('reset')
    const third = await token(profile, environment)
    expect(third).not.toBe(second)
    expect(await inspected(third)).toMatchObject({ exitCode: 0 })
  })

  it('is had with a certificate, whose proof goes by that clock too', async () => {
    const { clientId, clientSecret, tenantId } = JSON.parse(await readFile(join(place.data, 'bootstrap.json'), 'utf8'))
    const administrator = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret }
    const { appId, objectId } = JSON.parse((await place.doorstep(['app', 'create', 'certified', '--json'])).stdout)
    const { certificate, pkcs8, keyCredential } = await makeSelfSignedCertificate('certified')
    const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' })
    const file = join(place.root, 'certified.pem')
    await writeFile(file, `${certificate}${key}`)
    const keyCredentials = [{ type: 'AsymmetricX509Cert', usage: 'Verify', ...keyCredential }]
    const address = `https://graph.microsoft.com/v1.0/applications/${objectId}`
    const added = await place.doorstep(
      ['call', 'PATCH', address, '--data', JSON.stringify({ keyCredentials })],
      administrator,
    )
    expect(added.exitCode, added.stdout).toBe(0)
    await move('advance', '2h')
    const words = ['--profile', 'certified', '--tenant', tenantId, '--client-id', appId, '--certificate', file]
    const signedIn = await place.doorstep(['login', ...words])
    expect(signedIn.exitCode, signedIn.stderr).toBe(0)
    const other = await token(['--profile', 'certified', '--resource', 'https://management.azure.com/'])
    expect(await inspected(other)).toMatchObject({ exitCode: 0 })
    await move('reset')
  })

  it('is kept too where that clock is behind', async () => {
    await move('set', new Date(Date.now() - 5 * 3_600_000).toISOString())
    const kept = await token()
    expect(await inspected(kept)).toMatchObject({ exitCode: 0 })
    expect(await token()).toBe(kept)
    await move('reset')
    const after = await token()
    expect(after).not.toBe(kept)
    expect(await inspected(after)).toMatchObject({ exitCode: 0 })
  })

  it('is refreshed when that is due by that clock', async () => {
    const before = await token(profile, environment)
    await move('advance', `${Math.floor((Number(claimsIn(before).exp) - Date.now() / 1000) / 60) - 3}m`)
    const after = await token(profile, environment)
    expect(after).not.toBe(before)
    await move('reset')
  })
})

describe('the application of the environment', () => {
  it('goes before the default login, and after a profile that is named', async () => {
    const { clientId, clientSecret, tenantId } = JSON.parse(await readFile(join(place.data, 'bootstrap.json'), 'utf8'))
    const environment = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret }
    const words = ['--scope', `${graph}/.default`]
    expect(claimsIn(await token(words, environment))).toMatchObject({ appid: clientId, idtyp: 'app' })
    expect(await token(['--profile', 'default'], environment)).toBe(await token())
    expect(await token([], { ...environment, DOORSTEP_PROFILE: 'default' })).toBe(await token())
  })
})

describe('a token that cannot be had', () => {
  const refused = async (words: readonly string[], environment: NodeJS.ProcessEnv = {}) => {
    const { exitCode, stdout, stderr } = await place.doorstep(['token', ...words], environment)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    return stderr
  }

  it('is none without a login, and login is named', async () => {
    expect(await refused(['--profile', 'nobody'])).toMatch(
      /^error: Nobody is signed in as profile nobody. Sign in first: npx --no-install doorstep login --profile nobody\nThere are the profiles [\w, ]*\bdefault\b[\w, ]*: choose with --profile\.\n$/,
    )
    const elsewhere = { XDG_DATA_HOME: join(place.root, 'elsewhere') }
    expect(await refused(['--scope', `${graph}/.default`], elsewhere)).toContain('Nobody is signed in. Sign in first:')
  })

  it('says that the person has to agree first, and how', async () => {
    await place.loginAsAlice(['--profile', 'cli'])
    const stderr = await refused(['--profile', 'cli', '--scope', `${stock.uri}/Stock.Read`])
    expect(stderr).toMatch(/^error: The person has to agree first: AADSTS65001:/)
    expect(stderr).toMatch(
      /Sign in again: .*login --profile cli .* --scope https:\/\/stock\.contoso\.example\/Stock\.Read$/m,
    )
  })

  it('says why when the sign-in is revoked', async () => {
    await place.loginAsAlice(['--profile', 'revoked', ...toolWords])
    const revoke = ['call', 'POST', 'https://graph.microsoft.com/v1.0/me/revokeSignInSessions', '--profile', 'cli']
    const revoked = await place.doorstep(revoke)
    expect(revoked.exitCode, revoked.stdout).toBe(0)
    const stderr = await refused(['--profile', 'revoked', '--scope', `${stock.uri}/Stock.Read`])
    expect(stderr).toMatch(/^error: The sign-in has ended: AADSTS50173:/)
  })

  it('says why when the refresh token has expired, and how to sign in again', async () => {
    await place.loginAsAlice(['--profile', 'expired', ...toolWords])
    await place.doorstep(['clock', 'advance', '91d'])
    const stderr = await refused(['--profile', 'expired', '--scope', `${stock.uri}/Stock.Read`])
    expect(stderr).toMatch(/^error: The sign-in has ended: AADSTS700082:/)
    expect(stderr).toContain('Sign in again: npx --no-install doorstep login --profile expired --tenant organizations')
    expect(stderr).not.toMatch(/1\.A[\w-]{30}/)
    expect(await refused(['--profile', 'expired', '--scope', `${stock.uri}/Stock.Read`])).toContain(
      'Nobody is signed in any more.',
    )
  })
})

it('a login of a local cloud ends with its reset', async () => {
  await place.loginAsAlice(['--profile', 'before', ...toolWords])
  expect((await place.doorstep(['reset', '--yes'])).exitCode).toBe(0)
  const { exitCode, stderr } = await place.doorstep(['token', '--profile', 'before'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Nobody is signed in as profile before.')
})
