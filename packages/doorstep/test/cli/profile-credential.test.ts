import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alice, peopleSeed, stock } from '../login/people.ts'
import { claimsIn, type SignInPlace, signInPlace, toolWords } from './signed-in.ts'

const program = fileURLToPath(new URL('programs/profile-token.mjs', import.meta.url))

interface Outcome {
  readonly path: string
  readonly token?: string
  readonly name?: string
  readonly message?: string
}

let place: SignInPlace
beforeAll(async () => {
  place = await signInPlace(peopleSeed())
  await place.loginAsAlice(toolWords)
})
afterAll(() => place.close())

/** Runs a user's program, which knows nothing of the local cloud. */
async function run(scopes: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const words = [program, JSON.stringify(scopes)]
  const child = spawn(process.execPath, words, {
    env: { ...place.environment, DOORSTEP_DATA: undefined, ...environment },
  })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  expect(stdout, stderr).not.toBe('')
  return JSON.parse(stdout)
}

const tokenOf = async (words: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) => {
  const { exitCode, stdout, stderr } = await place.doorstep(['token', ...words], environment)
  expect(exitCode, stderr).toBe(0)
  return stdout.trim()
}

describe('a program with ProfileCredential', () => {
  it('gets the token that `doorstep token` prints', async () => {
    expect((await run([])).token).toBe(await tokenOf())
    const scope = `${stock.uri}/Stock.Read`
    const { token = '' } = await run([scope])
    expect(claimsIn(token)).toMatchObject({ ver: '2.0', scp: 'Stock.Read' })
    expect(await tokenOf(['--scope', scope])).toBe(token)
  })

  it('asks once together with `doorstep token` and other programs', async () => {
    const scope = `${stock.uri}/.default`
    const tokens = await Promise.all([run([scope]), tokenOf(['--scope', scope]), run([scope])])
    const texts = tokens.map((given) => (typeof given === 'string' ? given : given.token))
    expect(new Set(texts).size).toBe(1)
  })

  it('is told the command when nobody is signed in as the profile', async () => {
    expect(await run([], { DOORSTEP_PROFILE: 'nobody' })).toMatchObject({
      name: 'CredentialUnavailableError',
      message: expect.stringContaining('npx --no-install doorstep login --profile nobody'),
    })
  })

  it('is told the command when the record is damaged', async () => {
    await place.loginAsAlice(['--profile', 'spoiled', ...toolWords])
    const path = join(place.root, 'share', 'doorstep', 'client', 'profiles', 'spoiled.json')
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, 20))
    expect((await run([], { DOORSTEP_PROFILE: 'spoiled' })).message).toContain('login --profile spoiled')
  })
})

describe('inside `doorstep run`', () => {
  const launcher = fileURLToPath(new URL('../../bin/doorstep.cjs', import.meta.url))
  const inRun = (words: readonly string[]) => place.doorstep(['run', '--', process.execPath, ...words])

  it('a program keeps its tokens with the local cloud, and finds no login from outside', async () => {
    const inside = JSON.parse((await inRun([program, '[]'])).stdout)
    expect(inside).toMatchObject({ path: join(place.data, 'client-of-runs', 'tokens') })
    expect(inside.name).toBe('CredentialUnavailableError')
    expect((await run([])).path).toMatch(/share.doorstep.client.tokens/)
  })

  it('it gets the token of a login that was made there', async () => {
    const { clientId, clientSecret, tenantId } = JSON.parse(await readFile(join(place.data, 'bootstrap.json'), 'utf8'))
    const login = ['login', '--tenant', tenantId, '--client-id', clientId, '--client-secret-env', 'APP_SECRET']
    const words = ['run', '--', process.execPath, launcher, ...login]
    const signedIn = await place.doorstep(words, { APP_SECRET: clientSecret })
    expect(signedIn.exitCode, signedIn.stderr).toBe(0)
    const { token } = JSON.parse((await inRun([program, '[]'])).stdout)
    expect(claimsIn(token)).toMatchObject({ appid: clientId, idtyp: 'app' })
    expect((await inRun([launcher, 'token'])).stdout.trim()).toBe(token)
    expect(claimsIn(await tokenOf())).toMatchObject({ upn: alice.name })
  })
})
