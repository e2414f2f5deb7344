import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alice, bob, type CloudOfPeople, contoso, orders, startCloudOfPeople } from '../support/cloud-of-people.ts'
import { expectTokenOfAlice } from '../support/expect-user-token.ts'
import { type BrowserProgram, startBrowserProgram } from '../support/opened-address.ts'
import { Person } from '../support/person.ts'
import type { Outcome } from '../support/run-under-doorstep.ts'

const desktopApp = { appId: '9fcd72b8-d164-40fb-a37c-c48f5fa1d276' }
const words = (program: string, scope = orders.scope) => [
  process.execPath,
  fileURLToPath(new URL(program, import.meta.url)),
  scope,
]

describe('PublicClientApplication of @azure/msal-node', () => {
  let cloud: CloudOfPeople
  let browser: BrowserProgram
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
    browser = await startBrowserProgram()
    cloud = await startCloudOfPeople([
      {
        displayName: 'Desktop app',
        appId: desktopApp.appId,
        publicClient: { redirectUris: ['http://localhost'] },
        isFallbackPublicClient: true,
        permissions: ['Microsoft Graph/User.Read', 'Orders API/Orders.Read'],
      },
    ])
  })
  afterAll(async () => {
    await cloud?.stop()
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const settings = (cacheFile = 'cache.json') => ({
    CLIENT_ID: desktopApp.appId,
    CACHE_FILE: join(folder, cacheFile),
    ...browser.environment,
  })
  const said = ({ code, stdout, stderr }: Outcome) => {
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  }
  const expectOrdersToken = (token: string) =>
    expectTokenOfAlice(cloud, token, {
      audience: orders.appId,
      appId: desktopApp.appId,
      scope: 'Orders.Read',
      version: '2.0',
    })

  it('signs a person in by the browser, then silently from its cache, and by refresh token after the hour', async () => {
    const started = cloud.start(words('interactive.mjs'), settings())
    const page = await new Person(cloud.doorstep, alice).signInAndReturn(await browser.openedAddress())
    expect(page).not.toMatch(/error/i)
    const signedIn = said(await started.outcome)
    expect(signedIn.userName).toBe(alice.name)
    expect(signedIn.homeAccountId).toBe(`${alice.id}.${contoso.tenantId}`)
    expect(signedIn.scopes).toContain(orders.scope)
    await expectOrdersToken(signedIn.accessToken)

    const silent = async () => said(await cloud.run(words('silent.mjs'), settings()))
    expect(await silent()).toEqual({ accessToken: signedIn.accessToken, fromCache: true })
    await cloud.command('clock', 'advance', '2h')
    try {
      const renewed = await silent()
      expect(renewed.fromCache).toBe(false)
      await expectOrdersToken(renewed.accessToken)
    } finally {
      await cloud.command('clock', 'reset')
    }
  })

  it('gets a token of another API silently, by the same refresh token', async () => {
    const scope = 'https://graph.microsoft.com/User.Read'
    const { accessToken } = said(await cloud.run(words('silent.mjs', scope), settings()))
    await expectTokenOfAlice(cloud, accessToken, {
      audience: 'https://graph.microsoft.com',
      appId: desktopApp.appId,
      scope: 'User.Read',
    })
  })

  it('fails with the reason when its refresh token has run out', async () => {
    await cloud.command('clock', 'advance', '91d')
    try {
      const { code, stderr } = await cloud.run(words('silent.mjs'), settings())
      expect(code).toBe(1)
      expect(stderr).toContain('AADSTS700082')
    } finally {
      await cloud.command('clock', 'reset')
    }
  })

  it('fails with the reason when the person leaves', async () => {
    const started = cloud.start(words('interactive.mjs'), settings('nobody.json'))
    const address = await browser.openedAddress()
    await new Person(cloud.doorstep, alice).signInAndReturn(address, { cancel: true })
    const { code, stderr } = await started.outcome
    expect(code).toBe(1)
    expect(stderr).toContain('access_denied')
  })

  it('fails with the reason when the person declines consent', async () => {
    const started = cloud.start(words('interactive.mjs'), settings('nobody.json'))
    const address = await browser.openedAddress()
    await new Person(cloud.doorstep, bob).signInAndReturn(address, { consent: 'decline' })
    const { code, stderr } = await started.outcome
    expect(code).toBe(1)
    expect(stderr).toContain('AADSTS65004')
  })

  const verification = /open the page (\S+) and enter the code (\w+) to authenticate/

  it('signs a person in by device code, at the page', async () => {
    const started = cloud.start(words('device-code.mjs'), settings())
    const [, address = '', userCode = ''] = await started.says(verification)
    expect(await new Person(cloud.doorstep, alice).answerDevice(address, userCode)).toContain('You’re signed in')
    const { accessToken, userName } = said(await started.outcome)
    expect(userName).toBe(alice.name)
    await expectOrdersToken(accessToken)
  })

  it('signs a person in by device code that the command line approves', async () => {
    const started = cloud.start(words('device-code.mjs'), settings())
    const [, , userCode = ''] = await started.says(verification)
    const approved = await cloud.command('approve', userCode, '--as', alice.name, '--consent')
    expect(approved.code, approved.stderr).toBe(0)
    const { accessToken, userName } = said(await started.outcome)
    expect(userName).toBe(alice.name)
    await expectOrdersToken(accessToken)
  })

  it('fails with the reason when the person declines the device code', async () => {
    const started = cloud.start(words('device-code.mjs'), settings())
    const [, address = '', userCode = ''] = await started.says(verification)
    const page = await new Person(cloud.doorstep, alice).answerDevice(address, userCode, { consent: 'decline' })
    expect(page).toContain('You declined')
    const { code, stderr } = await started.outcome
    expect(code).toBe(1)
    expect(stderr).toContain('authorization_declined')
  })

  describe('without a person, under doorstep run --sign-in-as', () => {
    const signedInAs = async (program: string, ...options: readonly string[]) => {
      const { CLIENT_ID } = settings()
      const CACHE_FILE = join(folder, `${program}.json`)
      return cloud.run(words(program), { CLIENT_ID, CACHE_FILE }, ['--sign-in-as', alice.name, ...options])
    }

    it.each(['interactive.mjs', 'device-code.mjs'])('%s signs in, with consent', async (program) => {
      const { accessToken, userName } = said(await signedInAs(program, '--consent'))
      expect(userName).toBe(alice.name)
      await expectOrdersToken(accessToken)
    })
  })
})
