import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  answerYes,
  chromiumMissing,
  enterCredentials,
  launchChromium,
  type RunningChromium,
} from '../support/chromium.ts'
import { alice, type CloudOfPeople, contoso, orders, startCloudOfPeople } from '../support/cloud-of-people.ts'
import { expectTokenOfAlice } from '../support/expect-user-token.ts'
import { type ServedPage, servePage } from './serve-page.ts'

const singlePage = { appId: 'c2f0a5eb-0497-43ce-96af-f7bc82d405a9' }

describe.skipIf(chromiumMissing())('@azure/msal-browser in Chromium', () => {
  let cloud: CloudOfPeople
  let served: ServedPage
  let browser: RunningChromium
  let page: Page

  beforeAll(async () => {
    cloud = await startCloudOfPeople([
      {
        displayName: 'Single page',
        appId: singlePage.appId,
        spa: { redirectUris: ['http://localhost/redirect.html'] },
        permissions: ['Microsoft Graph/User.Read', 'Orders API/Orders.Read'],
      },
    ])
    served = await servePage({
      clientId: singlePage.appId,
      authority: `https://login.microsoftonline.com/${contoso.tenantId}`,
      scope: orders.scope,
      loginHint: alice.name,
    })
    browser = await launchChromium(cloud.doorstep)
    page = await openPage()
  })
  afterAll(async () => {
    await browser?.close()
    await served?.close()
    await cloud?.stop()
  })

  async function openPage(): Promise<Page> {
    const opened = await browser.context.newPage()
    opened.setDefaultTimeout(10_000)
    await opened.goto(served.origin)
    await ready(opened)
    return opened
  }
  const ready = (opened: Page) => opened.locator('body[data-ready=yes]').waitFor()

  /** What the page shows when an action has ended. */
  async function result(action: string, at = page) {
    const shown = at.locator('#result', { hasText: `"action":"${action}"` })
    return JSON.parse(await shown.innerText())
  }
  async function press(action: string) {
    await page.locator(`#${action}`).click()
    return result(action)
  }
  const expectOrdersToken = (token: string) =>
    expectTokenOfAlice(cloud, token, {
      audience: orders.appId,
      appId: singlePage.appId,
      scope: 'Orders.Read',
      version: '2.0',
    })

  it('hears without a page that nobody has signed in', async () => {
    const { failure } = await press('ssoSilent')
    expect(failure).toMatchObject({ name: 'InteractionRequiredAuthError', errorCode: 'login_required' })
    expect(failure.message).toContain('AADSTS50058')
  })

  it('signs a person in by redirect, with consent', async () => {
    await page.locator('#loginRedirect').click()
    await enterCredentials(page, alice)
    await answerYes(page, 'KmsiDescription')
    await answerYes(page, 'consentHeader')
    const signedIn = await result('redirect')
    expect(signedIn).toMatchObject({
      userName: alice.name,
      homeAccountId: `${alice.id}.${contoso.tenantId}`,
      nonce: expect.any(String),
      fromCache: false,
    })
    await expectOrdersToken(signedIn.accessToken)
  })

  it('gets the token from its cache', async () => {
    expect(await press('acquireTokenSilent')).toMatchObject({ userName: alice.name, fromCache: true })
  })

  it('finds the session in a hidden frame', async () => {
    const found = await press('ssoSilent')
    expect(found).toMatchObject({ userName: alice.name, fromCache: false })
    await expectOrdersToken(found.accessToken)
  })

  describe('when time passes', () => {
    const hour = 3_600_000
    const later = async (hours: number) => {
      await cloud.command('clock', 'reset')
      await cloud.command('clock', 'advance', `${hours}h`)
      await page.clock.setSystemTime(Date.now() + hours * hour)
    }
    afterAll(async () => {
      await cloud?.command('clock', 'reset')
      await page?.clock.setSystemTime(Date.now())
    })

    it('renews an expired token by its refresh token', async () => {
      await later(2)
      const renewed = await press('acquireTokenSilent')
      expect(renewed).toMatchObject({ userName: alice.name, fromCache: false })
      await expectOrdersToken(renewed.accessToken)
    })

    it('asks the session in a hidden frame when the refresh token has run out after a day', async () => {
      await later(30)
      const asked = page.waitForRequest(/\/authorize\?.*&prompt=none&/)
      const renewed = await press('acquireTokenSilent')
      expect((await asked).frame().parentFrame()).toBe(page.mainFrame())
      expect(renewed).toMatchObject({ userName: alice.name, fromCache: false })
      await expectOrdersToken(renewed.accessToken)
    })
  })

  it('signs the person out and comes back', async () => {
    const asked = page.waitForRequest(/\/oauth2\/v2\.0\/logout\?/)
    await page.locator('#logoutRedirect').click()
    await asked
    await page.waitForURL(`${served.origin}/`)
    expect((await result('redirect')).accounts).toEqual([])
    expect((await press('ssoSilent')).failure).toMatchObject({ errorCode: 'login_required' })
  })

  describe('beside the page', () => {
    beforeEach(async () => {
      await page.close()
      await browser.context.clearCookies()
      page = await openPage()
      await page.evaluate('localStorage.clear()')
      await page.reload()
      await ready(page)
    })

    async function openPopup(action: string): Promise<Page> {
      const opened = browser.context.waitForEvent('page')
      await page.locator(`#${action}`).click()
      return opened
    }

    it('signs a person in', async () => {
      const popup = await openPopup('loginPopup')
      await enterCredentials(popup, alice)
      await answerYes(popup, 'KmsiDescription')
      const signedIn = await result('loginPopup')
      expect(signedIn).toMatchObject({ userName: alice.name, accounts: [alice.name] })
      await expectOrdersToken(signedIn.accessToken)
      expect(popup.isClosed() || (await popup.waitForEvent('close'))).toBeTruthy()
    })

    it('signs the person out', async () => {
      const signedIn = await openPopup('loginPopup')
      await enterCredentials(signedIn, alice)
      await answerYes(signedIn, 'KmsiDescription')
      await result('loginPopup')
      const popup = await openPopup('logoutPopup')
      expect(await result('logoutPopup')).toMatchObject({ accounts: [] })
      expect(popup.isClosed() || (await popup.waitForEvent('close'))).toBeTruthy()
      expect((await press('ssoSilent')).failure).toMatchObject({ errorCode: 'login_required' })
    })

    it('hears that the person left', async () => {
      const popup = await openPopup('loginPopup')
      await popup.locator('#idBtn_Back').click()
      const { failure } = await result('loginPopup')
      expect(failure).toMatchObject({ name: 'ServerError', errorCode: 'access_denied' })
    })
  })
})
