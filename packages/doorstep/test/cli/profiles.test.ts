import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contoso } from '../login/contoso.ts'
import { alice, manager, peopleSeed, stock, tool } from '../login/people.ts'
import { claimsIn, type SignInPlace, signInPlace } from './signed-in.ts'

let place: SignInPlace
let folder: string
beforeAll(async () => {
  place = await signInPlace(peopleSeed())
  folder = join(place.root, 'config', 'doorstep')
  await mkdir(folder, { recursive: true })
})
afterAll(() => place.close())

const configure = (text: string) => writeFile(join(folder, 'doorstep.config.yaml'), text)

describe('profiles of doorstep.config.yaml', () => {
  it('say what login is not told, and which one is the default', async () => {
    await configure(`
defaultProfile: work
profiles:
  work: { cloud: local, tenant: ${contoso.domain}, clientId: ${tool.appId}, scopes: ["${stock.uri}/Stock.Read"] }
`)
    const { stdout } = await place.loginAsAlice()
    expect(stdout).toContain('(profile work)')
    const token = await place.doorstep(['token'])
    expect(claimsIn(token.stdout)).toMatchObject({ azp: tool.appId, scp: 'Stock.Read' })
    expect((await place.doorstep(['accounts'])).stdout).toMatch(/^\*\s+work\s/m)
  })

  it('are asked of the nearest file, from the working folder upwards', async () => {
    const project = join(place.root, 'project')
    await mkdir(join(project, 'src'), { recursive: true })
    await writeFile(join(project, 'doorstep.config.yaml'), 'defaultProfile: of-project\nprofiles: {}\n')
    const inProject = place.start(['token'], {}, undefined, join(project, 'src'))
    expect((await inProject.ended).stderr).toContain('Nobody is signed in as profile of-project.')
    expect((await place.doorstep(['token'])).exitCode).toBe(0)
  })

  it('need no login when an application signs in itself', async () => {
    await configure(`
profiles:
  ci: { tenant: ${contoso.domain}, clientId: ${manager.appId}, clientSecretEnv: CI_SECRET }
`)
    const token = await place.doorstep(['token', '--profile', 'ci'], { CI_SECRET: manager.secret })
    expect(token.exitCode, token.stderr).toBe(0)
    expect(claimsIn(token.stdout)).toMatchObject({ appid: manager.appId, idtyp: 'app' })
    const kept = await place.doorstep(['token', '--profile', 'ci'])
    expect(kept.stdout).toBe(token.stdout)
  })

  it('have tokens of the local cloud that is meant now, and none from before its reset', async () => {
    const environment = { CI_SECRET: manager.secret }
    const words = ['token', '--profile', 'ci']
    const here = await place.doorstep(words)
    expect(here.exitCode, here.stderr).toBe(0)
    const elsewhere = { DOORSTEP_DATA: join(place.root, 'other') }
    const none = await place.doorstep(words, { ...environment, ...elsewhere })
    expect({ exitCode: none.exitCode, stdout: none.stdout }).toEqual({ exitCode: 3, stdout: '' })
    await place.up(['--seed', join(place.root, 'seed.json')], elsewhere)
    const there = await place.doorstep(words, { ...environment, ...elsewhere })
    expect(there.exitCode, there.stderr).toBe(0)
    expect(there.stdout).not.toBe(here.stdout)
    expect((await place.doorstep(['reset', '--yes'], elsewhere)).exitCode).toBe(0)
    const gone = await place.doorstep(words, elsewhere)
    expect({ exitCode: gone.exitCode, stdout: gone.stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(gone.stderr).toContain('set the variable CI_SECRET')
    expect((await place.doorstep(words)).stdout).toBe(here.stdout)
    await place.doorstep(['down'], elsewhere)
  })

  it('are not used for another application than the one that was signed in to', async () => {
    await configure(`profiles: { work: { clientId: ${manager.appId} } }`)
    const { exitCode, stdout, stderr } = await place.doorstep(['token', '--profile', 'work'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/says clientId: .*, but is signed in with .* Sign in anew: .* login --profile work/)
  })

  const wrong: [string, RegExp][] = [
    ['profiles: { a: { cluod: public } }', /profiles\.a\.cluod is not known here: expected cloud, tenant, clientId/],
    ['profiles: { a: { cloud: moon } }', /profiles\.a\.cloud: expected local, public, usgov, china, but got 'moon'/],
    [
      'profiles: { a: { clientSecret: Abc8Q~hush } }',
      /profiles\.a\.clientSecret: a secret does not belong into this file/,
    ],
    ['profiles: { a: { clientId: 5 } }', /profiles\.a\.clientId: expected a text/],
    ['profiles: { A: {} }', /profiles: 'A' is no name of a profile/],
    ['profiles: []', /profiles: expected names with values/],
    ['profile: {}', /profile is not known here: expected defaultProfile, profiles/],
    ['defaultProfile: "a b"', /defaultProfile 'a b' is no name/],
    ['profiles: { a', /is no YAML/],
  ]
  it.each(wrong)('are refused: %s', async (text, message) => {
    await configure(text)
    const { exitCode, stdout, stderr } = await place.doorstep(['token'])
    expect(stderr).toMatch(message)
    expect(stderr).toContain('doorstep.config.yaml')
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).not.toContain('hush')
    await rm(join(folder, 'doorstep.config.yaml'))
  })

  it('take the keys that docs/config-file.md describes, all of them and no others', async () => {
    await configure('profiles: { a: { unknown: x } }')
    const { stderr } = await place.doorstep(['token'])
    const taken = /expected ([\w, ]+)\./.exec(stderr)?.[1]?.split(', ')
    const page = await readFile(new URL('../../../../docs/config-file.md', import.meta.url), 'utf8')
    const described = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key)
    expect(described).toEqual(['defaultProfile', 'profiles', ...(taken ?? [])])
    await rm(join(folder, 'doorstep.config.yaml'))
  })

  it('DOORSTEP_PROFILE chooses one, and --profile goes before it', async () => {
    await place.loginAsAlice(['--profile', 'one', '--client-id', tool.appId])
    const named = await place.doorstep(['token', '--json'], { DOORSTEP_PROFILE: 'one' })
    expect(claimsIn(JSON.parse(named.stdout).token)).toMatchObject({ upn: alice.name })
    const other = await place.doorstep(['token', '--profile', 'two'], { DOORSTEP_PROFILE: 'one' })
    expect(other.stderr).toContain('profile two')
  })
})
