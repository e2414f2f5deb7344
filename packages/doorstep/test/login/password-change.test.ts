import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { Browser } from './browser.ts'

const tenantId = '0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b'
const appId = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'
const redirectUri = 'http://localhost:8080/callback'
const alice = 'alice@contoso.example'
const bob = 'bob@contoso.example'
const password = 'Correct-horse-7-battery'

const seed = (passwordOfAlice: string) =>
  JSON.stringify({
    consent: 'auto',
    tenants: [
      {
        displayName: 'Contoso',
        domain: 'contoso.example',
        tenantId,
        users: [
          { userPrincipalName: alice, displayName: 'Alice', password: passwordOfAlice },
          { userPrincipalName: bob, displayName: 'Bob', password },
        ],
        applications: [{ displayName: 'Native', appId, publicClient: { redirectUris: [redirectUri] } }],
      },
    ],
  })

let folder: string
let doorstep: RunningDoorstep

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  doorstep = await startDoorstep({ seed: seed(password), dataDirectory: folder })
})
afterAll(async () => {
  await doorstep?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function restart(passwordOfAlice: string): Promise<void> {
  await doorstep.stop()
  doorstep = await startDoorstep({ seed: seed(passwordOfAlice), dataDirectory: folder })
}

function authorizePath(parameters: Readonly<Record<string, string>>): string {
  const common = { client_id: appId, response_type: 'code', redirect_uri: redirectUri, scope: 'openid' }
  return `/${tenantId}/oauth2/v2.0/authorize?${new URLSearchParams({ ...common, ...parameters })}`
}

/** The browser as it is after a restart: the same cookies. */
function browserWith(cookies: ReadonlyMap<string, string>): Browser {
  const browser = new Browser(doorstep)
  for (const [name, value] of cookies) browser.cookies.set(name, value)
  return browser
}

async function isSignedIn(cookies: ReadonlyMap<string, string>, hint: string): Promise<boolean> {
  const answer = await browserWith(cookies).open(authorizePath({ prompt: 'none', login_hint: hint }))
  return new URL(String(answer.headers.location)).searchParams.has('code')
}

describe('a changed password', () => {
  it('ends the sessions of that account, in every browser, and of no other', async () => {
    const sessions: ReadonlyMap<string, string>[] = []
    for (const people of [[alice], [bob, alice]]) {
      const browser = new Browser(doorstep)
      for (const name of people) {
        await browser.signIn(await browser.open(authorizePath({ prompt: 'login' })), { name, password })
      }
      sessions.push(browser.cookies)
    }
    const [ofAlice = new Map(), ofBoth = new Map()] = sessions
    await restart(password)
    expect(await isSignedIn(ofAlice, alice)).toBe(true)
    expect(await isSignedIn(ofBoth, alice)).toBe(true)
    await restart('Another-horse-8-battery')
    expect(await isSignedIn(ofAlice, alice)).toBe(false)
    expect(await isSignedIn(ofBoth, alice)).toBe(false)
    expect(await isSignedIn(ofBoth, bob)).toBe(true)
    const browser = browserWith(ofAlice)
    const again = await browser.signIn(await browser.open(authorizePath({})), {
      name: alice,
      password: 'Another-horse-8-battery',
    })
    expect(again.status, again.text).toBe(302)
    expect(await isSignedIn(browser.cookies, alice)).toBe(true)
  })
})
