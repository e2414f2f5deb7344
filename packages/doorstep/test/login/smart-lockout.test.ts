import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { Browser } from './browser.ts'
import { contoso } from './contoso.ts'
import { expectRefusalBody } from './expect-refusal.ts'
import { alice, disabled, joiner, mustChange, passwordForm, peopleSeed, tool } from './people.ts'
import { requestToken } from './request-token.ts'

let doorstep: RunningDoorstep

beforeEach(async () => {
  if (doorstep) await doorstep.control.request('POST', '/reset')
  else doorstep = await startDoorstep({ seed: peopleSeed() })
})
afterAll(() => doorstep?.stop())

const ask = (password: string, username = alice.name) =>
  requestToken(doorstep, passwordForm({ password, username, client_info: undefined }))
const advance = (seconds: number) => doorstep.control.request('POST', '/clock', { advanceSeconds: seconds })

async function askWrong(count: number, username = alice.name): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (let attempt = 0; attempt < count; attempt++) answers.push(await ask(`wrong-${attempt}`, username))
  return answers
}

/** Asked on the way to a device, which needs no redirect URI. */
async function signInPage(browser: Browser): Promise<Answer> {
  const form = new URLSearchParams({ client_id: tool.appId, scope: 'openid' }).toString()
  const { body } = await doorstep.request('POST', `/${contoso.tenantId}/oauth2/v2.0/devicecode`, form)
  return browser.send(await browser.open('/devicelogin'), { otc: body.user_code })
}

const locked = {
  status: 400,
  error: 'invalid_grant',
  code: 50053,
  text: "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.",
} as const
const codesOf = (answers: readonly Answer[]) => answers.map(({ body }) => body.error_codes[0])

describe('ten wrong passwords', () => {
  it('lock the account for a minute, for the right password too, and for nobody else', async () => {
    expect(codesOf(await askWrong(10))).toEqual(Array(10).fill(50126))
    expectRefusalBody(await ask(alice.password), locked)
    expectRefusalBody(await ask('wrong-10'), locked)
    expect((await ask(joiner.password, joiner.name)).status).toBe(200)
    await advance(50)
    expectRefusalBody(await ask(alice.password), locked)
    await advance(11)
    expect((await ask(alice.password)).status).toBe(200)
    expect(codesOf(await askWrong(9))).toEqual(Array(9).fill(50126))
  })

  it('do not count when they are one, tried again and again', async () => {
    for (let attempt = 0; attempt < 12; attempt++) expect(codesOf([await ask('old habit')])).toEqual([50126])
    expect((await ask(alice.password)).status).toBe(200)
  })

  it('lock for longer when it goes on', async () => {
    await askWrong(10)
    await advance(61)
    expect(codesOf([await ask('one more')])).toEqual([50126])
    await advance(61)
    expectRefusalBody(await ask(alice.password), locked)
    await advance(60)
    expect((await ask(alice.password)).status).toBe(200)
  })

  it('that come at once do not let the right one through after them', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, index) => ask(`wrong-${index}`)))
    expectRefusalBody(await ask(alice.password), locked)
  })

  it('count on the sign-in page and in the password grant together', async () => {
    await askWrong(8)
    const browser = new Browser(doorstep)
    let page = await browser.send(await signInPage(browser), { loginfmt: alice.name })
    for (const passwd of ['ninth', 'tenth']) page = await browser.send(page, { passwd })
    expect(page.text).toContain('The password is not right.')
    page = await browser.send(page, { passwd: alice.password })
    expect(page.text).toContain('This account is locked')
    expectRefusalBody(await ask(alice.password), locked)
    await advance(61)
    expect((await browser.send(page, { passwd: alice.password })).text).not.toContain('id="i0118"')
  })

  it('are forgotten after a right one', async () => {
    await askWrong(9)
    expect((await ask(alice.password)).status).toBe(200)
    expect(codesOf(await askWrong(9))).toEqual(Array(9).fill(50126))
    expect((await ask(alice.password)).status).toBe(200)
  })

  it.each([
    ['a disabled account', disabled, 50057],
    ['an account whose password must be changed', mustChange, 50055],
  ])('lock %s as well, which says so before anything else', async (_name, person, otherwise) => {
    expect(codesOf([await ask(person.password, person.name)])).toEqual([otherwise])
    await askWrong(10, person.name)
    expectRefusalBody(await ask(person.password, person.name), locked)
  })
})
