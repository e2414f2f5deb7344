import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alice, type CloudOfPeople, orders, startCloudOfPeople } from '../support/cloud-of-people.ts'
import { expectTokenOfAlice } from '../support/expect-user-token.ts'
import { type BrowserProgram, startBrowserProgram } from '../support/opened-address.ts'
import { Person } from '../support/person.ts'

const desktopApp = { appId: 'b1ef94da-f386-42bd-859e-e6ab71c3f498' }
const words = (program: string) => [process.execPath, fileURLToPath(new URL(program, import.meta.url)), orders.scope]

describe('@azure/identity signs a person in', () => {
  let cloud: CloudOfPeople
  let browser: BrowserProgram

  beforeAll(async () => {
    browser = await startBrowserProgram()
    cloud = await startCloudOfPeople([
      {
        displayName: 'Desktop app',
        appId: desktopApp.appId,
        publicClient: { redirectUris: ['http://localhost:53000'] },
        isFallbackPublicClient: true,
        permissions: ['Orders API/Orders.Read'],
      },
    ])
  })
  afterAll(async () => {
    await cloud?.stop()
    await browser?.close()
  })

  const settings = (redirectUri = 'http://localhost:53000') => ({
    CLIENT_ID: desktopApp.appId,
    REDIRECT_URI: redirectUri,
    ...browser.environment,
  })
  const expectOrdersToken = (stdout: string) =>
    expectTokenOfAlice(cloud, stdout.trim().split('\n').at(-1) ?? '', {
      audience: orders.appId,
      appId: desktopApp.appId,
      scope: 'Orders.Read',
      version: '2.0',
    })

  it('by InteractiveBrowserCredential, whose page opens in doorstep browse', async () => {
    const started = cloud.start(words('interactive-browser-credential.mjs'), settings())
    await new Person(cloud.doorstep, alice).signInAndReturn(await browser.openedAddress())
    const { code, stdout, stderr } = await started.outcome
    expect(code, stderr).toBe(0)
    await expectOrdersToken(stdout)
  })

  it('and InteractiveBrowserCredential shows the reason when the person leaves', async () => {
    const started = cloud.start(words('interactive-browser-credential.mjs'), settings())
    await new Person(cloud.doorstep, alice).signInAndReturn(await browser.openedAddress(), { cancel: true })
    const { code, stderr } = await started.outcome
    expect(code).toBe(1)
    expect(stderr).toContain('access_denied')
  })

  it('by DeviceCodeCredential', async () => {
    const started = cloud.start(words('device-code-credential.mjs'), settings())
    const said = await started.says(/open the page (\S+) and enter the code (\w+) to authenticate/)
    const [, address = '', userCode = ''] = said
    expect(await new Person(cloud.doorstep, alice).answerDevice(address, userCode)).toContain('You’re signed in')
    const { code, stdout, stderr } = await started.outcome
    expect(code, stderr).toBe(0)
    await expectOrdersToken(stdout)
  })

  it.each([
    ['InteractiveBrowserCredential', 'interactive-browser-credential.mjs'],
    ['DeviceCodeCredential', 'device-code-credential.mjs'],
  ])('by %s without a person, under doorstep run --sign-in-as', async (_, program) => {
    const { CLIENT_ID, REDIRECT_URI } = settings()
    const options = ['--sign-in-as', alice.name, '--consent']
    const { code, stdout, stderr } = await cloud.run(words(program), { CLIENT_ID, REDIRECT_URI }, options)
    expect(code, stderr).toBe(0)
    await expectOrdersToken(stdout)
  })
})
