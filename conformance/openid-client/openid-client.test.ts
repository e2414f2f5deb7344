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
import { type StartedProgram, startProgram } from '../support/run-under-doorstep.ts'

const program = fileURLToPath(new URL('web-app.mjs', import.meta.url))
const webApp = { appId: '6c9a4f85-ae31-4dc8-b04f-915c2d7eaf43', secret: 'Web8Q~only-secret-of-the-web-app-0001' }
const spare = { ...webApp, secret: 'Web8Q~x:y%2F+z=only-with-odd-letters' }

describe('openid-client, a strict OpenID Connect client', () => {
  let cloud: CloudOfPeople

  beforeAll(async () => {
    cloud = await startCloudOfPeople([
      {
        displayName: 'Web app',
        appId: webApp.appId,
        web: { redirectUris: ['http://localhost/callback'] },
        passwordCredentials: [{ secretText: webApp.secret }, { secretText: spare.secret }],
        permissions: ['Microsoft Graph/User.Read', 'Orders API/Orders.Read'],
        adminConsent: true,
      },
    ])
  })
  afterAll(() => cloud?.stop())

  const settings = () => ({
    CLIENT_ID: webApp.appId,
    CLIENT_SECRET: webApp.secret,
    SCOPE: `openid profile email offline_access ${orders.scope}`,
  })

  const underRealName = (environment: NodeJS.ProcessEnv = {}) =>
    cloud.start([process.execPath, program], {
      ISSUER: `https://login.microsoftonline.com/${contoso.tenantId}/v2.0`,
      ...settings(),
      ...environment,
    })
  /** With nothing but the CA. */
  const atLocalAddress = (environment: NodeJS.ProcessEnv) =>
    startProgram([process.execPath, program], {
      ISSUER: `${cloud.doorstep.url}/${contoso.tenantId}/v2.0`,
      NODE_EXTRA_CA_CERTS: cloud.doorstep.caCertificate,
      ...settings(),
      ...environment,
    })

  async function signIn(started: StartedProgram, intent?: Intent) {
    const [, address = ''] = await started.says(/Sign in at (\S+)/)
    const page = await new Person(cloud.doorstep, alice).signInAndReturn(address, intent)
    const { stdout } = await started.outcome
    return { page, said: JSON.parse(stdout.trim().split('\n').at(-1) ?? '') }
  }

  describe.each([
    ['https://login.microsoftonline.com', underRealName],
    ['https://localhost', atLocalAddress],
  ])('at %s', (origin, start) => {
    it.each([
      ['query', {}],
      ['form_post', { RESPONSE_MODE: 'form_post' }],
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
