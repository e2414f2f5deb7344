import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alice, type CloudOfPeople, contoso, orders, startCloudOfPeople } from '../support/cloud-of-people.ts'
import { expectTokenOfAlice } from '../support/expect-user-token.ts'
import { type Departure, Person } from '../support/person.ts'
import { sendToCloud } from '../support/send-request.ts'

/**
 * "Get New Access Token" of Postman, which cannot be run here: its requests, member by member. The program on a
 * machine returns to the first address, its web edition and "Authorize using browser" to the second. Nothing is ever
 * sent there: the answer is read from the redirect.
 */
const callbacks = ['https://oauth.pstmn.io/v1/callback', 'https://oauth.pstmn.io/v1/browser-callback']
const desktopApp = { appId: '7dab5096-bf42-4ed9-815a-a26d3e8fb054' }
const webApp = { appId: '8ebc61a7-c053-4fea-926b-b37e4f90c165', secret: 'Pos8Q~only-secret-of-a-postman-user-01' }

interface Answer {
  readonly status: number
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape is what they test
  readonly body: any
}

interface Settings {
  readonly callback: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string
  readonly withPkce: boolean
  /** "Send as Basic Auth header", or "Send client credentials in body". */
  readonly clientAuthentication: 'header' | 'body'
}

describe('Get New Access Token of Postman', () => {
  let cloud: CloudOfPeople

  beforeAll(async () => {
    cloud = await startCloudOfPeople([
      {
        displayName: 'Desktop app',
        appId: desktopApp.appId,
        publicClient: { redirectUris: callbacks },
        permissions: ['Orders API/Orders.Read'],
      },
      {
        displayName: 'Web app',
        appId: webApp.appId,
        web: { redirectUris: callbacks },
        passwordCredentials: [{ secretText: webApp.secret }],
        permissions: ['Orders API/Orders.Read'],
      },
    ])
  })
  afterAll(() => cloud?.stop())

  async function authorize(settings: Settings, verifier: string): Promise<Departure> {
    const query = new URLSearchParams({
      response_type: 'code',
      state: 'from-postman',
      client_id: settings.clientId,
      scope: settings.scope,
      redirect_uri: settings.callback,
    })
    if (settings.withPkce) {
      query.set('code_challenge', createHash('sha256').update(verifier).digest('base64url'))
      query.set('code_challenge_method', 'S256')
    }
    const address = `https://login.microsoftonline.com/${contoso.tenantId}/oauth2/v2.0/authorize?${query}`
    return new Person(cloud.doorstep, alice).signIn(address)
  }

  /** Empty fields of the dialog are sent as empty members. */
  function redeem(settings: Settings, code: string, verifier: string): Promise<Answer> {
    const { clientId, clientSecret, clientAuthentication } = settings
    const inHeader = clientAuthentication === 'header'
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: settings.callback,
      ...(settings.withPkce && { code_verifier: verifier }),
      ...(!inHeader && { client_id: clientId, client_secret: clientSecret }),
    })
    return send(form, inHeader ? basic(clientId, clientSecret) : {})
  }

  async function send(form: URLSearchParams, headers: Record<string, string>): Promise<Answer> {
    const address = `https://login.microsoftonline.com/${contoso.tenantId}/oauth2/v2.0/token`
    const { status, text } = await sendToCloud(cloud.doorstep, 'POST', address, {
      body: form.toString(),
      headers: {
        'user-agent': 'PostmanRuntime/7.43.0',
        accept: '*/*',
        'accept-encoding': 'gzip, deflate, br',
        ...headers,
      },
    })
    return { status, text, body: JSON.parse(text) }
  }

  const basic = (clientId: string, clientSecret: string) => ({
    authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
  })

  async function getNewAccessToken(settings: Settings): Promise<Answer> {
    const verifier = randomBytes(32).toString('base64url')
    const { url, method, parameters } = await authorize(settings, verifier)
    expect(method).toBe('GET')
    expect(url.origin + url.pathname).toBe(settings.callback)
    expect(parameters.get('state')).toBe('from-postman')
    return redeem(settings, parameters.get('code') ?? '', verifier)
  }

  const scope = `${orders.scope} openid offline_access`
  const ofDesktopApp = { clientId: desktopApp.appId, clientSecret: '', scope, withPkce: true }
  const ofWebApp = { clientId: webApp.appId, clientSecret: webApp.secret, scope, withPkce: true }
  const ways: readonly (readonly [string, Omit<Settings, 'callback'>])[] = [
    ['PKCE, an empty secret in the body', { ...ofDesktopApp, clientAuthentication: 'body' }],
    ['PKCE, an empty secret as HTTP Basic', { ...ofDesktopApp, clientAuthentication: 'header' }],
    ['PKCE, a secret in the body', { ...ofWebApp, clientAuthentication: 'body' }],
    ['PKCE, a secret as HTTP Basic', { ...ofWebApp, clientAuthentication: 'header' }],
    ['no PKCE, a secret in the body', { ...ofWebApp, withPkce: false, clientAuthentication: 'body' }],
    ['no PKCE, a secret as HTTP Basic', { ...ofWebApp, withPkce: false, clientAuthentication: 'header' }],
  ]

  describe.each(callbacks)('returning to %s', (callback) => {
    it.each(ways)('by %s', async (_, way) => {
      const { status, body, text } = await getNewAccessToken({ callback, ...way })
      expect(status, text).toBe(200)
      expect(body).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) })
      await expectTokenOfAlice(cloud, body.access_token, {
        audience: orders.appId,
        appId: way.clientId,
        scope: 'Orders.Read',
        version: '2.0',
      })
      const inHeader = way.clientAuthentication === 'header'
      const form = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: body.refresh_token,
        ...(!inHeader && { client_id: way.clientId, client_secret: way.clientSecret }),
      })
      const refreshed = await send(form, inHeader ? basic(way.clientId, way.clientSecret) : {})
      expect(refreshed.status, refreshed.text).toBe(200)
      expect(refreshed.body.access_token).not.toBe(body.access_token)
    })
  })

  const refused = { ...ofWebApp, callback: callbacks[0] ?? '', clientAuthentication: 'header' } as const

  it('is refused without the secret that a web application needs', async () => {
    const { status, body } = await getNewAccessToken({ ...refused, clientSecret: '' })
    expect({ status, error: body.error, codes: body.error_codes }).toEqual({
      status: 401,
      error: 'invalid_client',
      codes: [7000218],
    })
  })

  it('is refused with a secret that a desktop application may not send', async () => {
    const { status, body } = await getNewAccessToken({ ...refused, ...ofDesktopApp, clientSecret: 'some-secret' })
    expect({ status, error: body.error, codes: body.error_codes }).toEqual({
      status: 401,
      error: 'invalid_client',
      codes: [700025],
    })
  })

  it('is refused with another code verifier', async () => {
    const { parameters } = await authorize(refused, 'a'.repeat(43))
    const { status, body } = await redeem(refused, parameters.get('code') ?? '', 'b'.repeat(43))
    expect({ status, codes: body.error_codes }).toEqual({ status: 400, codes: [501481] })
  })

  it('shows a page, and returns nowhere, for a callback that is not registered', async () => {
    const callback = 'https://oauth.pstmn.io/v1/vscode-callback'
    await expect(authorize({ ...refused, callback }, 'a'.repeat(43))).rejects.toThrow('AADSTS50011')
  })
})
