import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { Browser, claimsOf } from './browser.ts'
import { contoso } from './contoso.ts'
import { alice, disabled, newcomer, peopleSeed, stock, tool } from './people.ts'
import { encodedForm, requestToken } from './request-token.ts'

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: peopleSeed() })
})
afterAll(() => doorstep?.stop())

interface Device {
  readonly userCode: string
  poll(): Promise<Answer>
}

async function begin(clientId = tool.appId, tenant = contoso.tenantId, name = 'Stock.Read'): Promise<Device> {
  const form = { client_id: clientId, scope: `${stock.uri}/${name} openid profile offline_access` }
  const { body } = await doorstep.request('POST', `/${tenant}/oauth2/v2.0/devicecode`, encodedForm(form))
  const poll = {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: clientId,
    device_code: body.device_code,
  }
  return { userCode: body.user_code, poll: () => requestToken(doorstep, poll, { tenant }) }
}

async function enter(browser: Browser, { userCode }: Device): Promise<Answer> {
  return browser.send(await browser.open('/devicelogin'), { otc: userCode })
}

describe('a device', () => {
  it('gets tokens after its code was typed, somebody signed in, and said that it is his', async () => {
    const device = await begin()
    const browser = new Browser(doorstep)
    expect((await device.poll()).body.error).toBe('authorization_pending')
    const confirm = await browser.signIn(await enter(browser, device), alice)
    expect(confirm.text).toContain('id="appConfirmTitle"')
    expect(confirm.text).toContain(device.userCode)
    expect((await device.poll()).body.error).toBe('authorization_pending')
    const done = await browser.send(confirm)
    expect(done.text).toContain('You have signed in to the')
    const { status, body } = await device.poll()
    expect(status).toBe(200)
    expect(claimsOf(body.access_token)).toMatchObject({ oid: alice.id, scp: 'Stock.Read', tid: contoso.tenantId })
    expect(claimsOf(body.id_token).preferred_username).toBe(alice.name)
    expect((await device.poll()).body.error_codes).toEqual([7000014])
  })

  it('is asked for whatever the code looks like: in lower case, in groups, from a link', async () => {
    const device = await begin()
    const { userCode } = device
    const browser = new Browser(doorstep)
    const linked = await browser.open(`/common/oauth2/deviceauth?otc=${userCode}`)
    expect(linked.text).toContain(`value="${userCode}"`)
    const typed = `${userCode.slice(0, 4)}-${userCode.slice(4)} `.toLowerCase()
    expect((await browser.send(linked, { otc: typed })).text).toContain('id="i0116"')
  })

  it('lets pick the account even where one is signed in', async () => {
    const browser = new Browser(doorstep)
    await browser.send(await browser.signIn(await enter(browser, await begin()), alice))
    const device = await begin()
    const picker = await enter(browser, device)
    expect(picker.text).toContain('id="tilesHolder"')
    const confirm = await browser.send(picker, { account: alice.id })
    expect((await browser.send(confirm)).text).toContain('You have signed in to the')
    expect((await device.poll()).status).toBe(200)
  })

  it('hears when the person says no', async () => {
    const device = await begin()
    const browser = new Browser(doorstep)
    const declined = await browser.send(await browser.signIn(await enter(browser, device), alice), {}, 'cancel')
    expect(declined.text).toContain('You declined')
    expect((await device.poll()).body).toMatchObject({ error: 'authorization_declined' })
    expect((await enter(new Browser(doorstep), device)).text).toContain('AADSTS90120')
  })

  it('hears when the person declines the permissions', async () => {
    const device = await begin(newcomer.appId)
    const browser = new Browser(doorstep)
    const consent = await browser.signIn(await enter(browser, device), alice)
    expect(consent.text).toContain('id="consentHeader"')
    await browser.send(consent, {}, 'cancel')
    expect((await device.poll()).body.error).toBe('authorization_declined')
  })

  it('asks for consent once, and gets what was agreed to', async () => {
    const browser = new Browser(doorstep)
    const device = await begin(newcomer.appId)
    const consent = await browser.signIn(await enter(browser, device), alice)
    await browser.send(await browser.send(consent))
    expect(claimsOf((await device.poll()).body.access_token).scp).toBe('Stock.Read')
    const again = await begin(newcomer.appId)
    const page = await browser.send(await enter(browser, again), { account: alice.id })
    expect(page.text).toContain('id="appConfirmTitle"')
  })
})

it('a scope that the API does not have is set against those that it has', async () => {
  const device = await begin(tool.appId, contoso.tenantId, 'Stock.Invented')
  const browser = new Browser(doorstep)
  const page = await browser.signIn(await enter(browser, device), alice)
  expect(page.status).toBe(400)
  expect(page.text).toContain('AADSTS650053')
  expect(page.text.replaceAll('<wbr>', '')).toContain('<mark>Stock.Invented</mark>')
  expect(page.text.replaceAll('<wbr>', '')).toContain('Stock.Write')
})

describe('the page for codes', () => {
  it.each([
    ['nothing', '', 90119],
    ['a code that nobody waits with', 'AAAAAAAAA', 70018],
    ['markup', '"><script>alert(1)</script>', 70018],
  ])('says beside the field what is wrong with %s', async (_name, otc, code) => {
    const browser = new Browser(doorstep)
    const page = await browser.send(await browser.open('/devicelogin'), { otc })
    expect(page.status).toBe(200)
    expect(page.text).toContain(`AADSTS${code}`)
    expect(page.text).toContain('id="otcError"')
    expect(page.text).not.toContain('<script>alert')
  })

  it('refuses a code of a quarter of an hour ago', async () => {
    const device = await begin()
    await doorstep.control.request('POST', '/clock', { advanceSeconds: 901 })
    expect((await enter(new Browser(doorstep), device)).text).toContain('AADSTS70018')
    await doorstep.control.request('POST', '/clock', { reset: true })
  })

  it('never answers for an account that is disabled', async () => {
    const device = await begin()
    const browser = new Browser(doorstep)
    const page = await browser.signIn(await enter(browser, device), disabled)
    expect(page.text).toContain('role="alert"')
    expect((await device.poll()).body.error).toBe('authorization_pending')
  })
})

it('a code that two people answer at once is answered once', async () => {
  const device = await begin()
  const confirms = await Promise.all(
    [new Browser(doorstep), new Browser(doorstep)].map(async (browser) => ({
      browser,
      page: await browser.signIn(await enter(browser, device), alice),
    })),
  )
  const answers = await Promise.all(confirms.map(({ browser, page }) => browser.send(page)))
  expect(answers.filter(({ text }) => text.includes('You have signed in to the'))).toHaveLength(1)
  expect(answers.filter(({ text }) => text.includes('AADSTS90120'))).toHaveLength(1)
})
