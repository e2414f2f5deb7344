import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'
import { type Guide, readGuide, saveFiles } from '../support/guide.ts'
import { withPort53000 } from '../support/port-53000.ts'
import { execute } from '../support/run-under-doorstep.ts'
import { cdf } from './expect-token-of-alice.ts'
import { python, pythonMissing } from './interpreter.ts'

/*
 * docs/guides as their readers use them: files saved under their names, commands typed into a shell.
 */
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const typed = (line: string, environment: NodeJS.ProcessEnv = {}) =>
  execute(['sh', '-c', `cd "$GUIDE_FOLDER" && ${line}`], {
    GUIDE_FOLDER: folder,
    HOME: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
    PATH: [dirname(python), process.env.PATH].join(delimiter),
    ...environment,
  })

describe('register an app for Cognite’s SDK', () => {
  let guide: Guide
  let doorstep: RunningDoorstep

  beforeAll(async () => {
    guide = await readGuide('register-an-app-for-cognite.md')
    const seed = guide.files.get('doorstep.yaml')
    doorstep = await startDoorstep(seed === undefined ? {} : { seed })
  })
  afterAll(() => doorstep?.stop())

  it('registers with its commands what people sign in to', async () => {
    expect(guide.commands).toHaveLength(10)
    const shown: string[] = []
    for (const line of guide.commands) {
      const { code, stdout, stderr } = await typed(line, { DOORSTEP_DATA: doorstep.dataDirectory })
      expect(code, stderr).toBe(0)
      shown.push(stdout)
    }
    const [, , , , granted, application, together, az, seed] = shown
    const cdfPermissions = 'CDF westeurope-1/user_impersonation, CDF westeurope-1/IDENTITY'
    expect(granted).toBe(
      ['Microsoft Graph/User.Read', ...cdfPermissions.split(', ')].map((name) => `Granted ${name}.\n`).join(''),
    )
    expect(application).toContain(`Microsoft Graph/User.Read, ${cdfPermissions}\n`)
    expect(together).toContain(`granted             Microsoft Graph/User.Read, ${cdfPermissions}\n`)
    expect(az).toContain('az ad app permission admin-consent')
    expect(seed).toContain('adminConsent: true')
    expect(application).toMatch(/publicClient +http:\/\/localhost:53000 https:\/\/oauth\.pstmn\.io\/v1\/callback/)
    expect(application).toMatch(/allowPublicClientFlows +yes/)
  })
})

describe.skipIf(pythonMissing())('get a user’s token in Python', () => {
  let guide: Guide
  let registered: Guide

  beforeAll(async () => {
    guide = await readGuide('get-a-user-token-in-python.md')
    registered = await readGuide('register-an-app-for-cognite.md')
  })
  beforeEach(async () => {
    await saveFiles(registered, folder)
    await saveFiles(guide, folder)
  })

  /** Types the command that runs a program of the guide; returns the headers it printed and what the run said. */
  const headersOf = async (
    program: string,
  ): Promise<{ readonly headers: readonly string[]; readonly said: string }> => {
    const lines = guide.commands.filter((line) => line.endsWith(` ${program}`))
    expect(lines).toHaveLength(1)
    const { code, stdout, stderr } = await withPort53000(() => typed(lines.join()))
    expect(code, stderr).toBe(0)
    return { headers: stdout.split('\n').filter((line) => line.startsWith('Authorization ')), said: stderr }
  }

  const claimsOf = (header = '') => decodeJwt(header.replace('Authorization Bearer ', ''))

  it.each([
    ['interactive.py', 1],
    ['device_code.py', 1],
    ['callable.py', 2],
  ])('signs Alice in once with %s', async (program, count) => {
    const { headers, said } = await headersOf(program)
    expect(headers).toHaveLength(count)
    expect(new Set(headers).size).toBe(1)
    expect(said.match(/^Doorstep: signed in /gm)).toHaveLength(1)
    expect(claimsOf(headers[0])).toMatchObject({
      aud: cdf,
      upn: 'alice@contoso.example',
      scp: 'IDENTITY user_impersonation',
    })
  })

  it('gets a token with the secret of client_secret.py', async () => {
    const { headers } = await headersOf('client_secret.py')
    expect(headers).toHaveLength(1)
    expect(claimsOf(headers[0])).toMatchObject({ aud: cdf, idtyp: 'app' })
  })

  it('has no program or command that is not run here', () => {
    expect([...guide.files.keys()]).toEqual(['interactive.py', 'device_code.py', 'callable.py', 'client_secret.py'])
    expect(guide.commands).toHaveLength(4)
  })
})
