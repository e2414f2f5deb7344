import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  answerYes,
  chromiumMissing,
  enterCredentials,
  launchChromium,
  type RunningChromium,
} from '../support/chromium.ts'
import { alice, type CloudOfPeople, contoso, orders, startCloudOfPeople } from '../support/cloud-of-people.ts'
import { expectTokenOfAlice } from '../support/expect-user-token.ts'
import { type Intent, Person } from '../support/person.ts'
import { type Outcome, type StartedProgram, startProgram } from '../support/run-under-doorstep.ts'

const program = (name: string) => [process.execPath, fileURLToPath(new URL(name, import.meta.url))]
const webApp = { appId: '6c9a4f85-ae31-4dc8-b04f-915c2d7eaf43', secret: 'Web8Q~only-secret-of-the-web-app-0001' }
const device = { appId: 'd3a1b6fc-15a8-44df-87b0-a8cd93e5160b' }
const spare = { ...webApp, secret: 'Web8Q~x:y%2F+z=only-with-odd-letters' }

describe('openid-client, a strict OpenID Connect client', () => {
  let cloud: CloudOfPeople

  beforeAll(async () => {
    cloud = await startCloudOfPeople([
      {
        displayName: 'Web app',
        appId: webApp.appId,
        web: {
          redirectUris: ['http://localhost/callback'],
          implicitGrantSettings: { enableIdTokenIssuance: true },
        },
        passwordCredentials: [{ secretText: webApp.secret }, { secretText: spare.secret }],
        permissions: ['Microsoft Graph/User.Read', 'Orders API/Orders.Read'],
        adminConsent: true,
      },
      {
        displayName: 'Device',
        appId: device.appId,
        isFallbackPublicClient: true,
        permissions: ['Orders API/Orders.Read'],
      },
    ])
  })
  afterAll(() => cloud?.stop())

  const settings = () => ({
    CLIENT_ID: webApp.appId,
    CLIENT_SECRET: webApp.secret,
    SCOPE: `openid profile email offline_access ${orders.scope}`,
  })

  const underRealName = (environment: NodeJS.ProcessEnv = {}, name = 'web-app.mjs') =>
    cloud.start(program(name), {
      ISSUER: `https://login.microsoftonline.com/${contoso.tenantId}/v2.0`,
      ...settings(),
      ...environment,
    })
  /** With nothing but the CA. */
  const atLocalAddress = (environment: NodeJS.ProcessEnv = {}, name = 'web-app.mjs') =>
    startProgram(program(name), {
      ISSUER: `${cloud.doorstep.url}/${contoso.tenantId}/v2.0`,
      NODE_EXTRA_CA_CERTS: cloud.doorstep.caCertificate,
      ...settings(),
      ...environment,
    })

  async function signIn(started: StartedProgram, intent?: Intent, person = new Person(cloud.doorstep, alice)) {
    const [, address = ''] = await started.says(/Sign in at (\S+)/)
    const page = await person.signInAndReturn(address, intent)
    return { page, said: lastLine(await started.outcome) }
  }
  const lastLine = ({ stdout }: Outcome) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')

  describe.each([
    ['https://login.microsoftonline.com', underRealName],
    ['https://localhost', atLocalAddress],
  ])('at %s', (origin, start) => {
    it.each([
      ['query', {}],
      ['form_post', { RESPONSE_MODE: 'form_post' }],
      ['form_post, with an ID token beside the code', { RESPONSE_MODE: 'form_post', RESPONSE_TYPE: 'code id_token' }],
      ['query, with its secret as HTTP Basic', { CLIENT_AUTHENTICATION: 'basic' }],
      [
        'query, with a secret that means something else after form decoding, as HTTP Basic',
        { CLIENT_AUTHENTICATION: 'basic', CLIENT_SECRET: spare.secret },
      ],
    ])('signs a person in by %s and refreshes', async (_, environment) => {
      const { page, said } = await signIn(start(environment))
      expect(said).not.toHaveProperty('failure')
      expect(page).toBe('You are signed in.')
      const issuer = origin.includes('microsoftonline') ? origin : cloud.doorstep.url.replace(/\/$/, '')
      expect(said.claims).toMatchObject({
        iss: `${issuer}/${contoso.tenantId}/v2.0`,
        aud: webApp.appId,
        oid: alice.id,
        tid: contoso.tenantId,
        name: alice.displayName,
        preferred_username: alice.name,
      })
      expect(said.refreshedClaims.sub).toBe(said.claims.sub)
      expect(said.refreshed.access_token).not.toBe(said.tokens.access_token)
      expect(said.tokens.scope.split(' ')).toContain(orders.scope)
      expect(said.userInfo).toMatchObject({ sub: said.claims.sub, name: alice.displayName })
    })

    it('signs a person in by an ID token alone', async () => {
      const { said } = await signIn(
        start({ RESPONSE_MODE: 'form_post', RESPONSE_TYPE: 'id_token', SCOPE: 'openid profile' }),
      )
      expect(said.claims).toMatchObject({ aud: webApp.appId, oid: alice.id, nonce: expect.any(String) })
    })

    it('signs the person out, who comes back', async () => {
      const person = new Person(cloud.doorstep, alice)
      const { said } = await signIn(start({}), {}, person)
      const { url, parameters } = await person.signIn(said.signOutAddress)
      expect(url.pathname).toBe('/callback')
      expect(parameters.get('state')).toBe('signed-out')
      const next = start({ PROMPT: 'none' })
      expect((await signIn(next, {}, person)).said.failure).toMatchObject({
        error: 'login_required',
        text: expect.stringMatching(/^AADSTS50058: /),
      })
    })

    it('signs a person in by device code', async () => {
      const started = start({ CLIENT_ID: device.appId }, 'device.mjs')
      const [, address = '', userCode = ''] = await started.says(/Open (\S+) and enter (\S+)/)
      await new Person(cloud.doorstep, alice).answerDevice(address, userCode)
      expect(lastLine(await started.outcome).claims).toMatchObject({ aud: device.appId, oid: alice.id })
    })

    it('hears that the person left', async () => {
      const { page, said } = await signIn(start({}), { cancel: true })
      expect(page).toBe('You are not signed in.')
      expect(said.failure).toMatchObject({ code: 'OAUTH_AUTHORIZATION_RESPONSE_ERROR', error: 'access_denied' })
    })

    it('hears that its secret is wrong', async () => {
      const { said } = await signIn(start({ CLIENT_SECRET: 'not-the-secret' }))
      expect(said.failure).toMatchObject({ error: 'invalid_client', text: expect.stringMatching(/^AADSTS7000215: /) })
    })
  })

  it('gets Entra’s access token under the real name', async () => {
    const { said } = await signIn(underRealName())
    await expectTokenOfAlice(cloud, said.refreshed.access_token, {
      audience: orders.appId,
      appId: webApp.appId,
      scope: 'Orders.Read',
      version: '2.0',
    })
  })

  describe.skipIf(chromiumMissing())('with a person at Chromium', () => {
    let browser: RunningChromium

    beforeAll(async () => {
      browser = await launchChromium(cloud.doorstep)
    })
    afterAll(() => browser?.close())

    it.each([
      ['query', 'the real name', underRealName],
      ['form_post', 'the real name', underRealName],
      ['query', 'the local address', atLocalAddress],
      ['form_post', 'the local address', atLocalAddress],
    ])('answers by %s under %s', async (mode, _, start) => {
      await browser.context.clearCookies()
      const page = await browser.context.newPage()
      const started = start({ RESPONSE_MODE: mode })
      const [, address = ''] = await started.says(/Sign in at (\S+)/)
      await page.goto(address)
      await enterCredentials(page, alice)
      // A browser does not keep people signed in at localhost, whose cookies every port sees.
      if (start === underRealName) await answerYes(page, 'KmsiDescription')
      await page.getByText('You are signed in.').waitFor()
      expect((await started.outcome).code).toBe(0)
    })
  })
})
