import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './doorstep-command.ts'
import { alice, dave, disabled, granted, newcomer, signInSeed, tenant } from './sign-in-seed.ts'

let place: Workplace
beforeAll(async () => {
  place = await workplace()
  const seed = join(place.root, 'seed.yaml')
  await writeFile(seed, signInSeed)
  await place.up(['--seed', seed])
})
afterAll(() => place.close())

interface Device {
  readonly userCode: string
  readonly deviceCode: string
}

/** Posts a form to the token service from inside a run, as a device would that knows nothing of Doorstep. */
async function post(path: string, form: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const address = `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/${path}`
  const script = `fetch('${address}', { method: 'POST', body: '${new URLSearchParams(form)}', headers: { 'content-type': 'application/x-www-form-urlencoded' } }).then((answer) => answer.text()).then(console.log)`
  return JSON.parse((await place.doorstep(['run', '--', process.execPath, '-e', script])).stdout)
}

async function deviceOf(clientId: string): Promise<Device> {
  const answer = await post('devicecode', { client_id: clientId, scope: 'openid profile User.Read' })
  return { userCode: answer.user_code ?? '', deviceCode: answer.device_code ?? '' }
}

function poll({ deviceCode }: Device, clientId: string) {
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
  return post('token', { grant_type, client_id: clientId, device_code: deviceCode })
}

const approve = (...words: readonly string[]) => place.doorstep(['approve', ...words])

describe('doorstep approve', () => {
  it('signs the device in and says who where', async () => {
    const device = await deviceOf(granted)
    expect(await approve(device.userCode, '--as', dave)).toEqual({
      exitCode: 0,
      stdout: `Signed in ${dave} to granted.\n`,
      stderr: '',
    })
    const { id_token = '' } = await poll(device, granted)
    const claims = JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ preferred_username: dave })
  })

  it('--json prints one document', async () => {
    const { userCode } = await deviceOf(granted)
    const { exitCode, stdout } = await approve(userCode, '--as', alice, '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ status: 'approved', application: 'granted', userPrincipalName: alice })
  })

  it('--decline tells the device so', async () => {
    const device = await deviceOf(granted)
    const { exitCode, stdout } = await approve(device.userCode, '--as', alice, '--decline')
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `Declined granted for ${alice}.\n` })
    expect(await poll(device, granted)).toMatchObject({ error: 'authorization_declined' })
  })

  it('is refused for want of consent, which leaves the code open, and goes through with --consent', async () => {
    const device = await deviceOf(newcomer)
    const { exitCode, stdout, stderr } = await approve(device.userCode, '--as', alice)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^error: AADSTS65001: .*\n.*\S/)
    expect(await poll(device, newcomer)).toMatchObject({ error: 'authorization_pending' })
    expect((await approve(device.userCode, '--as', alice, '--consent')).exitCode).toBe(0)
    expect(await poll(device, newcomer)).toHaveProperty('access_token')
  })

  it.each([
    ['a code that no device has', 'AAAAAAAAA', alice, /AADSTS(70018|7000014|90119|90120): /],
    ['an unknown account', undefined, 'nobody@contoso.example', /AADSTS50034: /],
    ['a disabled account', undefined, disabled, /AADSTS50057: /],
  ])('refuses %s', async (_name, code, user, message) => {
    const userCode = code ?? (await deviceOf(granted)).userCode
    const { exitCode, stdout, stderr } = await approve(userCode, '--as', user)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it('refuses a code that was answered already', async () => {
    const { userCode } = await deviceOf(granted)
    expect((await approve(userCode, '--as', alice)).exitCode).toBe(0)
    expect((await approve(userCode, '--as', dave)).exitCode).toBe(1)
  })

  it.each([[['AAAAAAAAA']], [['--as', alice]], [['AAAAAAAAA', '--as', alice, '--consent', '--decline']]])(
    'takes %j for a mistake',
    async (words) => {
      expect((await approve(...words)).exitCode).toBe(2)
    },
  )

  it('says so when no local cloud is running', async () => {
    const own = { DOORSTEP_DATA: join(place.root, 'nothing') }
    expect((await place.doorstep(['approve', 'AAAAAAAAA', '--as', alice], own)).exitCode).toBe(3)
  })
})
