import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'
import { readGuide } from '../support/guide.ts'
import { execute, type Outcome } from '../support/run-under-doorstep.ts'
import { azMissing, currentAz } from './az-programs.ts'

const timeout = 120_000

describe.skipIf(azMissing(currentAz))('the commands of register-an-app-with-azure-cli.md', { timeout }, () => {
  let doorstep: RunningDoorstep
  let home: string
  let commands: readonly string[]

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'doorstep-'))
    doorstep = await startDoorstep()
    const [up, folder = '', ...rest] = (await readGuide('register-an-app-with-azure-cli.md')).commands
    expect(up).toMatch(/ up$/)
    commands = rest.map((command) => `${folder}; ${command}`)
  })
  afterAll(async () => {
    await doorstep?.stop()
    await rm(home, { recursive: true, force: true })
  })

  async function typed(part: string, filled: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const [found = '', ...others] = commands.filter((command) => command.includes(part))
    expect(others).toEqual([])
    const command = Object.entries(filled).reduce((text, [name, value]) => text.replace(`<${name}>`, value), found)
    const outcome = await execute(['sh', '-c', command], {
      HOME: home,
      PATH: `${dirname(currentAz)}${delimiter}${process.env.PATH}`,
      DOORSTEP_DATA: doorstep.dataDirectory,
    })
    expect(outcome.code, outcome.stderr).toBe(0)
    return outcome
  }

  it('sign in, register the app and get its token', async () => {
    await typed('az login --use-device-code')
    const account = JSON.parse((await typed('az account show')).stdout)
    expect(account.user).toEqual({ name: 'admin@doorstep.example', type: 'user' })
    const made = JSON.parse((await typed('create-for-rbac')).stdout)
    expect(Object.keys(made)).toEqual(['appId', 'displayName', 'password', 'tenant'])
    await typed('--service-principal', made)
    const { accessToken, tenant } = JSON.parse((await typed('get-access-token')).stdout)
    expect(tenant).toBe(made.tenant)
    const claims = JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url').toString('utf8'))
    expect(claims).toMatchObject({ appid: made.appId, aud: 'https://graph.microsoft.com/' })
  })
})
