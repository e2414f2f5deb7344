import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newApplication } from '../../directory/application.ts'
import { newUser } from '../../directory/user.ts'
import { sessionUsedBy } from '../../protocol/session-clients.ts'
import type { BrowserSession } from '../../protocol/sign-in-records.ts'
import { openStores } from '../../stores/open.ts'
import type { Stores } from '../../stores/stores.ts'
import { loginHost } from './index.ts'

const tenantId = randomUUID()
const createdDateTime = '2029-01-01T00:00:00.000Z'
const now = Date.UTC(2030, 0, 2)
const issuer = `https://login.microsoftonline.com/${tenantId}/v2.0`
const back = 'https://first.example/bye'

const user = (name: string) =>
  newUser(
    { userPrincipalName: `${name}@contoso.example`, displayName: name },
    { id: randomUUID(), tenantId, createdDateTime },
  )
const [alice, bob] = [user('alice'), user('bob')]

const application = (displayName: string, logoutUrl: string | null) => {
  const identity = {
    id: randomUUID(),
    appId: randomUUID(),
    tenantId,
    publisherDomain: 'contoso.example',
    createdDateTime,
  }
  const made = newApplication({ displayName }, identity)
  return { ...made, web: { ...made.web, logoutUrl, redirectUris: displayName === 'first' ? [back] : [] } }
}
const first = application('first', 'https://first.example/front?x=1')
const second = application('second', 'http://localhost:4000/front')
const silent = application('silent', null)
const odd = application('odd', 'javascript:alert(1)')

let folder: string
let stores: Stores
let server: Server

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  stores = await openStores({ directory: folder })
  const tenant = {
    id: tenantId,
    displayName: 'Contoso',
    verifiedDomains: [{ name: 'contoso.example', isDefault: true, isInitial: true }],
    createdDateTime,
    countryLetterCode: null,
    usersCanRegisterApplications: true,
    usersCanConsent: true,
  }
  await stores.commit([
    { change: 'createTenant', tenant },
    ...[alice, bob].map((each) => ({ change: 'createUser', user: each }) as const),
    ...[first, second, silent, odd].map((each) => ({ change: 'createApplication', application: each }) as const),
  ])
  const host = await loginHost({
    ...stores,
    secrets: { matchesAny: async () => false },
    hashPassword: async (password) => password,
    pairwiseHash: (text) => text,
    issuer: { sign: async () => '' },
    graphTokens: {
      verify: async () => {
        throw new Error('Nobody brings a token.')
      },
    },
    keys: { certificates: async () => new Map() },
    foreignKeys: { find: async () => undefined },
    clock: { now: () => now },
    seal: { seal: (text) => text, open: (text) => text },
    newId: () => randomUUID(),
    reportFault: (fault) => {
      throw fault
    },
  })
  const asked = { kind: 'entra', host: 'login.microsoftonline.com' } as const
  server = createServer((sent, answer) => host.handle(sent, answer, asked))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await new Promise((resolve) => server?.close(resolve))
  await stores?.close()
  await rm(folder, { recursive: true })
})

/** A kept session in which Alice has used some applications and Bob one; resolves with its cookie. */
async function openSession(ofAlice: readonly string[], ofBob: readonly string[] = []) {
  const secret = randomUUID()
  let session: BrowserSession = {
    id: createHash('sha256').update(secret).digest('base64url'),
    sessionId: randomUUID(),
    accounts: [alice, ...(ofBob.length > 0 ? [bob] : [])].map(({ id }) => ({
      homeTenantId: tenantId,
      homeUserId: id,
      method: 'pwd',
      authenticatedAt: now,
    })),
    persistent: true,
    createdAt: now,
    expiresAt: now + 60 * 60_000,
  }
  for (const [person, appIds] of [
    [alice, ofAlice],
    [bob, ofBob],
  ] as const) {
    for (const appId of appIds) session = sessionUsedBy(session, person.id, { appId, issuer }) ?? session
  }
  await stores.commit([{ change: 'putSession', session }])
  return { cookie: `ESTSAUTHPERSISTENT=${secret}`, sessionId: session.sessionId, session }
}

async function signOut(cookie: string, query = '') {
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/${tenantId}/oauth2/v2.0/logout?${query}`
  const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' })
  const text = await answer.text()
  const frames = [...text.matchAll(/<iframe src="([^"]*)"/g)].map(([, src = '']) => src.replaceAll('&amp;', '&'))
  return { headers: answer.headers, status: answer.status, text, frames }
}

describe('the applications that a session was used for', () => {
  it('hear of its end by hidden frames, and the policy allows these and no others', async () => {
    const { cookie, sessionId } = await openSession([first, second, silent, odd].map(({ appId }) => appId))
    const { frames, headers, text } = await signOut(cookie)
    const told = new URLSearchParams({ iss: issuer, sid: sessionId }).toString()
    expect(frames).toEqual([`https://first.example/front?x=1&${told}`, `http://localhost:4000/front?${told}`])
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain('frame-src https://first.example http://localhost:4000;')
    expect(text).not.toContain('http-equiv="refresh"')
    expect(
      await stores.sessions.byId(
        createHash('sha256')
          .update(cookie.split('=')[1] ?? '')
          .digest('base64url'),
      ),
    ).toBe(undefined)
    expect(headers.getSetCookie().filter((line) => line.includes('Max-Age=0'))).toHaveLength(2)
  })

  it('hear of it before the browser goes back', async () => {
    const { cookie } = await openSession([first.appId])
    const { status, text, headers } = await signOut(cookie, `post_logout_redirect_uri=${encodeURIComponent(back)}`)
    expect(status).toBe(200)
    expect(text).toContain(`content="5;url=${back}"`)
    expect(text).toContain(`id="postLogoutRedirect" href="${back}"`)
    const nonce = /<script nonce="([^"]+)">/.exec(text)?.[1]
    expect(headers.get('content-security-policy')).toContain(`script-src 'nonce-${nonce}'`)
  })

  it('hear of it for the account that leaves; the others stay as long as they would have', async () => {
    const { cookie, sessionId } = await openSession([first.appId], [second.appId])
    const { frames, headers } = await signOut(cookie, `logout_hint=${alice.userPrincipalName}`)
    expect(frames).toHaveLength(1)
    expect(frames[0]).toContain('https://first.example/')
    const renewed = headers.getSetCookie().find((line) => line.startsWith('ESTSAUTHPERSISTENT='))
    expect(renewed).toMatch(/^ESTSAUTHPERSISTENT=[\w-]{43};.*; Max-Age=3600$/)
    const rest = await signOut(renewed?.split(';', 1)[0] ?? '')
    expect(rest.frames).toEqual([expect.stringMatching(/^http:\/\/localhost:4000\/front\?/)])
    expect(rest.frames[0]).toContain(`sid=${sessionId}`)
  })

  it('are recorded once each, the newest last, and not beyond measure', async () => {
    const { session } = await openSession([])
    const used = (before: BrowserSession, appId: string, iss = issuer) =>
      sessionUsedBy(before, alice.id, { appId, issuer: iss })
    const once = used(session, 'a') ?? session
    expect(used(once, 'a')).toBe(undefined)
    expect(sessionUsedBy(once, bob.id, { appId: 'a', issuer })).toBe(undefined)
    expect(used(once, 'a', 'https://other/')?.accounts[0]?.clients).toEqual([{ appId: 'a', issuer: 'https://other/' }])
    let many = once
    for (let index = 0; index < 60; index++) many = used(many, `app-${index}`) ?? many
    expect(many.accounts[0]?.clients).toHaveLength(50)
    expect(many.accounts[0]?.clients?.at(-1)?.appId).toBe('app-59')
  })
})
