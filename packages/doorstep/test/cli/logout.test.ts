import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileStore } from '@doorstep/client'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contoso } from '../login/contoso.ts'
import { alice, manager, peopleSeed, stock } from '../login/people.ts'
import { eventually } from './doorstep-command.ts'
import { approve, type SignInPlace, signInPlace, toolWords } from './signed-in.ts'

let place: SignInPlace
beforeAll(async () => {
  place = await signInPlace(peopleSeed())
})
afterAll(() => place.close())
beforeEach(() => place.doorstep(['logout', '--all']))

const store = () => join(place.root, 'share', 'doorstep', 'client')
const record = (profile: string) => join(store(), 'profiles', `${profile}.json`)
const signIns = async () => (await fileStore({ directory: store(), keychain: 'off' })).signIns.list()

describe('logout', () => {
  it('leaves the access tokens of other profiles, which some cannot have anew', async () => {
    await place.loginAsAlice(['--profile', 'job', ...toolWords])
    const words = ['login', '--profile', 'jobin', '--tenant', contoso.domain, '--client-id', manager.appId]
    await place.start([...words, '--client-secret-stdin'], {}, manager.secret).ended
    expect((await place.doorstep(['logout', '--profile', 'job'])).exitCode).toBe(0)
    const { exitCode, stderr } = await place.doorstep(['token', '--profile', 'jobin'])
    expect(exitCode, stderr).toBe(0)
  })

  it('removes a damaged record, and its sign-in', async () => {
    await place.loginAsAlice(['--profile', 'work', ...toolWords])
    await place.loginAsAlice(['--profile', 'whole', ...toolWords])
    await writeFile(record('work'), 'damaged')
    expect((await place.doorstep(['accounts'])).stderr).toContain('The login of profile work is damaged. Remove it: ')
    const gone = await place.doorstep(['logout', '--profile', 'work'])
    expect(gone).toMatchObject({ exitCode: 0, stdout: 'Removed the damaged login of profile work.\n' })
    expect(await signIns()).toHaveLength(1)
    const whole = await place.doorstep(['token', '--profile', 'whole', '--scope', `${stock.uri}/Stock.Read`])
    expect(whole.exitCode, whole.stderr).toBe(0)
  })

  it('of all removes sign-ins whose records are damaged or gone', async () => {
    await place.loginAsAlice(['--profile', 'damaged', ...toolWords])
    await place.loginAsAlice(['--profile', 'lost', ...toolWords])
    await writeFile(record('damaged'), '{}')
    await rm(record('lost'))
    expect(await signIns()).toHaveLength(2)
    const gone = await place.doorstep(['logout', '--all'])
    expect(gone).toMatchObject({ exitCode: 0, stdout: 'Removed the damaged login of profile damaged.\n' })
    expect(await signIns()).toEqual([])
    expect(await readdir(store())).not.toContain('profiles')
  })
})

describe('login', () => {
  it('over a damaged record leaves the new sign-in alone', async () => {
    await place.loginAsAlice(toolWords)
    await writeFile(record('default'), 'damaged')
    await place.loginAsAlice(toolWords)
    expect(await signIns()).toHaveLength(1)
    expect((await place.doorstep(['token'])).exitCode).toBe(0)
  })

  it('that cannot write its record leaves no sign-in behind', async () => {
    await writeFile(join(store(), 'profiles'), 'in the way')
    const started = place.start(['login', '--device-code', ...toolWords])
    await approve(place, started.stderr, alice.name)
    const { exitCode, stderr } = await started.ended
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^error: The login cannot be kept: .*profiles.*$/m)
    expect(stderr).not.toContain('    at ')
    await rm(join(store(), 'profiles'))
    expect(await signIns()).toEqual([])
  })

  it('says that nothing can be kept before anybody signs in', async () => {
    const share = join(place.root, 'unusable')
    await writeFile(share, 'a file where a folder is expected')
    const started = place.start(['login', '--device-code'], { XDG_DATA_HOME: share })
    await eventually(async () => started.process.exitCode !== null || started.stderr().includes('code '), 'it went on')
    const { exitCode, stdout, stderr } = await started.ended
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('The sign-in cannot be kept.')
    expect(stderr).not.toContain('enter the code')
  })
})
