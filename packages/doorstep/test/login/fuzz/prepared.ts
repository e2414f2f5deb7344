import type { Answer } from '../../support/start-doorstep.ts'
import { Browser, hiddenFields, redirected } from '../browser.ts'
import { contoso } from '../contoso.ts'
import { encodedForm, requestToken } from '../request-token.ts'
import { realName, sendRaw } from '../send-raw.ts'
import { api, type FuzzedClient, type FuzzedCloud, manager, newcomer, page, people, tool, website } from './cloud.ts'

/** The form of a sign-in page that stands open in a browser. */
export interface OpenPage {
  readonly step: string
  readonly flow: string
  readonly cookie: string
  readonly client: FuzzedClient | undefined
}

export interface PreparedCode {
  readonly client: FuzzedClient
  readonly code: string
  readonly redirectUri: string
}

/** What is valid on the cloud under test, so that hostile requests come past the first checks. */
export interface Prepared {
  /** Cookies of browsers in which somebody is signed in. */
  readonly sessionCookies: readonly string[]
  readonly openPages: readonly OpenPage[]
  /** Each may be redeemed once. */
  readonly codes: readonly PreparedCode[]
  readonly refreshTokens: readonly { readonly client: FuzzedClient; readonly token: string }[]
  readonly deviceCodes: readonly { readonly userCode: string; readonly deviceCode: string }[]
  /** All that nobody may read in a log or an error: cookies, codes, tokens and what was there before. */
  readonly secrets: readonly string[]
}

/** Of every authorization request of the preparation; also the verifier, since its method is plain. */
export const challenge = 'fuzz-verifier-of-forty-three-letters-and-more'

const codesOfEach = 40
const devices = 12

export async function prepare(cloud: FuzzedCloud): Promise<Prepared> {
  const { doorstep } = cloud
  const [alice, admin] = [new Browser(doorstep), new Browser(doorstep)]
  await alice.signIn(await alice.open(authorizePath(tool)), people.alice)
  const adminConsent = await admin.signIn(
    await admin.open(`/${contoso.tenantId}/adminconsent?client_id=${newcomer.appId}`),
    people.admin,
  )
  const codes = await codesFor(alice)
  const refreshTokens = await Promise.all([website, tool].map((client) => refreshTokenOf(client, alice, cloud)))
  const deviceCodes = await Promise.all(Array.from({ length: devices }, () => beginDevice(cloud)))
  const openPages = [
    openPage(adminConsent, admin, newcomer),
    ...(await signInPages(cloud)),
    openPage(await alice.open(`${authorizePath(tool)}&prompt=select_account`), alice, tool),
    openPage(await alice.open(authorizePath(newcomer)), alice, newcomer),
    openPage(await alice.open('/devicelogin'), alice, undefined),
    ...(await confirmPages(alice, deviceCodes.slice(0, 6))),
  ]
  const tokens = [...codes.map(({ code }) => code), ...refreshTokens.map(({ token }) => token)]
  return {
    sessionCookies: [alice.cookie, admin.cookie],
    openPages,
    codes,
    refreshTokens,
    deviceCodes,
    secrets: [
      ...tokens,
      ...deviceCodes.map(({ deviceCode }) => deviceCode),
      ...[alice, admin].flatMap(({ cookie }) => cookie.split('; ').map((pair) => pair.slice(pair.indexOf('=') + 1))),
      people.alice.password,
      cloud.websiteSecret,
      manager.secret,
      doorstep.bootstrap.clientSecret,
      doorstep.controlToken,
    ].filter((secret) => secret.length > 12),
  }
}

function authorizePath(client: FuzzedClient, redirectUri = client.redirectUris[0] ?? ''): string {
  const query = new URLSearchParams({
    client_id: client.appId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: `${api}/Read offline_access openid`,
    code_challenge: challenge,
  })
  return `/${contoso.tenantId}/oauth2/v2.0/authorize?${query}`
}

function openPage(answer: Answer, { cookie }: Browser, client: FuzzedClient | undefined): OpenPage {
  const { flow, step } = hiddenFields(answer)
  if (!flow || !step) throw new Error(`This is no page with a form:\n${answer.status} ${answer.text}`)
  return { step, flow, cookie, client }
}

/** The pages before somebody is signed in, up to the one that the real name alone shows. */
async function signInPages({ doorstep }: FuzzedCloud): Promise<readonly OpenPage[]> {
  const browser = new Browser(doorstep)
  const userName = await browser.open(authorizePath(website))
  const password = await browser.send(userName, { loginfmt: people.alice.name })
  const staySignedIn = await sendRaw(doorstep, {
    method: 'POST',
    path: '/common/login',
    body: encodedForm({ ...hiddenFields(password), passwd: people.alice.password }),
    headers: { cookie: browser.cookie, host: realName, 'content-type': 'application/x-www-form-urlencoded' },
  })
  return [userName, password, staySignedIn].map((answer) => openPage(answer, browser, website))
}

async function codeOf(
  client: FuzzedClient,
  browser: Browser,
  redirectUri = client.redirectUris[0],
): Promise<PreparedCode> {
  const answer = await browser.open(authorizePath(client, redirectUri))
  const code = redirected(answer).get('code')
  if (!code || !redirectUri) throw new Error(`No code came:\n${answer.status} ${answer.text}`)
  return { client, code, redirectUri }
}

async function codesFor(browser: Browser): Promise<readonly PreparedCode[]> {
  const wanted = [website, page, tool].flatMap((client) => Array.from({ length: codesOfEach }, () => client))
  const codes: PreparedCode[] = []
  for (const client of wanted) codes.push(await codeOf(client, browser))
  return codes
}

async function refreshTokenOf(client: FuzzedClient, browser: Browser, { doorstep, websiteSecret }: FuzzedCloud) {
  const { code, redirectUri } = await codeOf(client, browser)
  const answer = await requestToken(doorstep, {
    grant_type: 'authorization_code',
    client_id: client.appId,
    code,
    redirect_uri: redirectUri,
    code_verifier: challenge,
    ...(client === website && { client_secret: websiteSecret }),
  })
  return { client, token: String(answer.body.refresh_token) }
}

async function beginDevice({ doorstep }: FuzzedCloud) {
  const form = encodedForm({ client_id: tool.appId, scope: `${api}/Read offline_access` })
  const { body } = await doorstep.request('POST', `/${contoso.tenantId}/oauth2/v2.0/devicecode`, form)
  return { userCode: String(body.user_code), deviceCode: String(body.device_code) }
}

/** Pages that ask whether a device may be signed in to; the last of them is answered, so that its code gives tokens. */
async function confirmPages(browser: Browser, codes: Prepared['deviceCodes']): Promise<readonly OpenPage[]> {
  const pages: OpenPage[] = []
  for (const { userCode } of codes) {
    const picker = await browser.send(await browser.open('/devicelogin'), { otc: userCode })
    const account = /name="account" value="([^"]+)"/.exec(picker.text)?.[1] ?? ''
    const confirm = await browser.send(picker, { account })
    if (userCode === codes.at(-1)?.userCode) await browser.send(confirm)
    else pages.push(openPage(confirm, browser, undefined))
  }
  return pages
}
