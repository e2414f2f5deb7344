import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimsOf } from '../../packages/doorstep/test/login/browser.ts'
import { programMissing } from '../../packages/doorstep/test/support/require-program.ts'
import { type RunningDoorstep, startDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'
import { readGuide } from '../support/guide.ts'
import { Person } from '../support/person.ts'
import { execute } from '../support/run-under-doorstep.ts'

/** docs/guides/user-token-by-code.md, command by command; a person without scripts takes the place of the browser. */
describe.skipIf(programMissing('curl'))('the guide to a user’s token by browser and curl', () => {
  let doorstep: RunningDoorstep
  const known = new Map<string, string>()

  beforeAll(async () => {
    doorstep = await startDoorstep()
  })
  afterAll(() => doorstep?.stop())

  const filled = (text: string) => [...known].reduce((line, [name, value]) => line.replaceAll(`<${name}>`, value), text)
  const typed = async (command: string): Promise<string> => {
    const environment = { DOORSTEP_DATA: doorstep.dataDirectory }
    const { code, stdout, stderr } = await execute(['sh', '-c', filled(command)], environment)
    expect(code, stderr).toBe(0)
    return stdout
  }

  it('leads from nothing to a refreshed token, as it is printed', async () => {
    const text = (await readGuide('user-token-by-code.md')).commands.join('\n')
    const [, create = '', browse = '', redeem = '', refresh = ''] = text.split(/\n(?=\S+ \S+ (?:up|app|browse|run) )/)
    const made = JSON.parse(await typed(`${create} --json`))
    for (const [name, value] of [
      ['tenant-id', made.tenant],
      ['client-id', made.appId],
      ['client-secret', made.password],
    ] as const)
      known.set(name, value)

    const { administrator } = doorstep
    const account = { name: administrator.userPrincipalName, password: administrator.password ?? '' }
    const address = /'(https:[^']+)'/.exec(browse)?.[1] ?? ''
    const { url } = await new Person(doorstep, account).signIn(filled(address))
    expect(url.href).toMatch(/^http:\/\/localhost:8080\/\?code=[^&]+&state=12345&session_state=[\da-f-]{36}/)
    known.set('code', /code=([^&]+)&state/.exec(url.href)?.[1] ?? '')

    const tokens = JSON.parse(await typed(redeem))
    expect(claimsOf(tokens.access_token)).toMatchObject({ aud: made.appId, name: 'Administrator' })
    expect(claimsOf(tokens.id_token).aud).toBe(made.appId)
    known.set('refresh-token', tokens.refresh_token)
    expect(claimsOf(JSON.parse(await typed(refresh)).access_token).aud).toBe(made.appId)
  })
})
