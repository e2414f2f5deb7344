import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programMissing } from '../support/require-program.ts'
import { type Workplace, workplace } from './doorstep-command.ts'

let place: Workplace
let home: string
beforeAll(async () => {
  place = await workplace()
  home = join(place.root, 'home')
  await mkdir(home)
})
afterAll(() => place?.close())

const trust = (words: string, environment: NodeJS.ProcessEnv = {}) =>
  place.doorstep(['trust', ...words.split(' ')], { HOME: home, ...environment })

describe('doorstep trust before the first start', () => {
  it('install says what makes the root', async () => {
    const { exitCode, stdout, stderr } = await trust('install --nss')
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(`There is no localhost root in ${place.data} yet`)
    expect(stderr).toContain('doorstep up')
  })

  it('status and remove find nothing, and that is no failure', async () => {
    const status = await trust('status --nss --json')
    expect(status).toMatchObject({ exitCode: 0, stderr: '' })
    expect(JSON.parse(status.stdout)).toEqual({ stores: [] })
    expect(await trust('remove --nss')).toMatchObject({ exitCode: 0, stderr: '' })
  })
})

describe('doorstep trust with a localhost root', () => {
  beforeAll(async () => {
    await place.doorstep(['run', '--', process.execPath, '-e', '0'])
    await mkdir(join(home, '.pki', 'nssdb'), { recursive: true })
  })

  it('refuses a file that is not the localhost root, such as the root of the intercepted names', async () => {
    const folder = join(place.root, 'swapped')
    await mkdir(folder)
    await writeFile(join(folder, 'ca.pem'), await readFile(join(place.data, 'intercept-ca.pem')))
    const { exitCode, stdout, stderr } = await trust('install --nss', { DOORSTEP_DATA: folder })
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('is not the localhost root of a local cloud')
  })

  it('changes nothing without certutil, and names its package and what can be done without it', async () => {
    await writeFile(join(home, '.pki', 'nssdb', 'cert9.db'), '')
    const { exitCode, stdout, stderr } = await trust('install --nss', { PATH: join(home, 'nothing') })
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('Nothing was changed.')
    expect(stderr).toContain('libnss3-tools')
    expect(stderr).toContain(`doorstep trust install --system --data ${place.data}`)
    const status = await trust('status --nss', { PATH: join(home, 'nothing') })
    expect(status).toMatchObject({ exitCode: 0, stdout: `unknown  nss  ${join(home, '.pki/nssdb')}\n` })
  })

  it('--system says whether the system trusts it, and changes nothing', async () => {
    const { exitCode, stdout } = await trust('status --system --json')
    expect(exitCode).toBe(0)
    const { caCertificate, fingerprint, stores } = JSON.parse(stdout)
    expect(caCertificate).toBe(join(place.data, 'ca.pem'))
    expect(fingerprint).toMatch(/^[\da-f]{64}$/)
    for (const store of stores) expect(store.kind).toBe('system')
  })

  it.skipIf(programMissing('certutil'))('installs and removes step by step, as often as one likes', async () => {
    const environment = { HOME: join(place.root, 'another home') }
    const store = join(environment.HOME, '.pki', 'nssdb')
    await mkdir(store, { recursive: true })
    execFileSync('certutil', ['-N', '-d', `sql:${store}`, '--empty-password'])

    const first = await trust('install --nss', environment)
    expect(first).toMatchObject({ exitCode: 0, stderr: '' })
    expect(first.stdout).toMatch(
      /^\S*certutil -d "sql:.+nssdb" -A -n "Doorstep localhost root [\da-f]{8}" -t C,, -i \S+\n/,
    )
    expect(first.stdout).toContain(`trusted  nss  ${store}\n`)
    expect((await trust('install --nss', environment)).stdout).toMatch(/^Nothing had to be done\.\n/)

    const removed = await trust('remove --nss --json', environment)
    const { steps, stores } = JSON.parse(removed.stdout)
    expect(steps).toHaveLength(1)
    expect(stores).toEqual([{ kind: 'nss', place: store, state: 'absent', roots: [] }])
    expect((await trust('remove --nss', environment)).stdout).toMatch(/^Nothing had to be done\.\n/)
  })
})
