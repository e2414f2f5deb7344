import { createHash } from 'node:crypto'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { Browser, claimsOf, hiddenFields, locationOf, redirected } from './browser.ts'

const tenantId = '0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b'
const clientId = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'
const plainId = '2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e'
const password = 'Correct-horse-7-battery'
const alice = { name: 'alice@contoso.example', password }
const redirectUri = 'https://app.contoso.example/signin-oidc'

const seed = `
tenants:
  - displayName: Contoso
    domain: contoso.example
    tenantId: ${tenantId}
    users:
      - { userPrincipalName: ${alice.name}, displayName: Alice, password: ${password} }
    groups:
${Array.from({ length: 7 }, (_, index) => `      - { displayName: Group ${index}, members: [${alice.name}] }`).join('\n')}
    applications:
      - displayName: hybrid
        appId: ${clientId}
        groupMembershipClaims: SecurityGroup
        web:
          redirectUris: ["${redirectUri}"]
          implicitGrantSettings: { enableIdTokenIssuance: true, enableAccessTokenIssuance: true }
        permissions: ["Microsoft Graph/User.Read"]
        adminConsent: true
      - displayName: plain
        appId: ${plainId}
        web: { redirectUris: ["${redirectUri}"] }
        adminConsent: true
`

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed })
})
afterAll(() => doorstep?.stop())

interface Asked extends Record<string, string | undefined> {
  readonly version?: 'v1' | 'v2'
}

async function ask({ version = 'v2', ...parameters }: Asked): Promise<Answer> {
  const defaults = { client_id: clientId, redirect_uri: redirectUri, scope: 'openid profile', nonce: 'n-1', state: 's' }
  const given = Object.entries({ ...defaults, ...parameters }).filter(([, value]) => value !== undefined)
  const query = new URLSearchParams(given as [string, string][])
  const browser = new Browser(doorstep)
  const page = await browser.open(`/${tenantId}/oauth2/${version === 'v2' ? 'v2.0/' : ''}authorize?${query}`)
  return page.status === 200 ? browser.signIn(page, alice) : page
}

const halfHash = (text: string | null) =>
  createHash('sha256').update(String(text)).digest().subarray(0, 16).toString('base64url')

describe('an id_token from the authorization endpoint', () => {
  it('comes in the fragment, signed, bound to nonce and client', async () => {
    const answer = redirected(await ask({ response_type: 'id_token' }))
    expect([...answer.keys()]).toEqual(['id_token', 'state', 'session_state'])
    const keys = (await doorstep.request('GET', `/${tenantId}/discovery/v2.0/keys`)).body
    const { payload } = await jwtVerify(String(answer.get('id_token')), createLocalJWKSet(keys), {
      audience: clientId,
      issuer: `${doorstep.url}/${tenantId}/v2.0`,
    })
    expect(payload).toMatchObject({ nonce: 'n-1', preferred_username: alice.name, ver: '2.0' })
  })

  it('on v1.0 is one of v1.0', async () => {
    const answer = redirected(await ask({ response_type: 'id_token', scope: 'openid', version: 'v1' }))
    expect(claimsOf(answer.get('id_token'))).toMatchObject({ ver: '1.0', unique_name: alice.name })
  })

  it('says in a fragment only that there are many groups, in a form which', async () => {
    const short = claimsOf(redirected(await ask({ response_type: 'id_token' })).get('id_token'))
    expect(short).toMatchObject({ hasgroups: true })
    expect(short).not.toHaveProperty('groups')
    const posted = await ask({ response_type: 'id_token', response_mode: 'form_post' })
    expect(claimsOf(hiddenFields(posted).id_token).groups).toHaveLength(7)
  })
})

describe('the hybrid flow', () => {
  it('posts a code beside an id_token that vouches for it', async () => {
    const page = await ask({ response_type: 'code id_token', response_mode: 'form_post' })
    const fields = hiddenFields(page)
    expect(Object.keys(fields)).toEqual(['code', 'id_token', 'state', 'session_state'])
    expect(claimsOf(fields.id_token).c_hash).toBe(halfHash(fields.code ?? ''))
    expect(claimsOf(fields.id_token)).not.toHaveProperty('at_hash')
  })

  it('gives an access token without a refresh token, vouched for too', async () => {
    const answer = redirected(await ask({ response_type: 'token id_token', scope: 'openid offline_access User.Read' }))
    expect([...answer.keys()]).toEqual([
      'access_token',
      'token_type',
      'expires_in',
      'scope',
      'id_token',
      'state',
      'session_state',
    ])
    const me = await doorstep.request('GET', '/graph/v1.0/me', undefined, {
      authorization: `Bearer ${answer.get('access_token')}`,
    })
    expect(me.body.userPrincipalName).toBe(alice.name)
    expect(claimsOf(answer.get('id_token')).at_hash).toBe(halfHash(answer.get('access_token')))
  })

  it('gives an access token alone, on v1.0 by its resource', async () => {
    const asked = { response_type: 'token', scope: undefined, nonce: undefined }
    const answer = redirected(await ask({ ...asked, resource: 'https://graph.microsoft.com', version: 'v1' }))
    expect(claimsOf(answer.get('access_token'))).toMatchObject({ aud: 'https://graph.microsoft.com', ver: '1.0' })
    expect(answer.has('id_token')).toBe(false)
  })
})

describe('what is refused', () => {
  it.each([
    ['an id_token where the registration does not allow it', { client_id: plainId, response_type: 'id_token' }, 700054],
    ['a token where the registration does not allow it', { client_id: plainId, response_type: 'token' }, 700051],
    ['an id_token in the query', { response_type: 'id_token', response_mode: 'query' }, 70007],
    ['an id_token without nonce', { response_type: 'id_token', nonce: undefined }, 90014],
    ['an unknown type', { response_type: 'cookie' }, 70005],
  ])('%s', async (_name, parameters, code) => {
    const answer = await ask(parameters)
    expect(redirected(answer).get('error_description')).toMatch(new RegExp(`^AADSTS${code}: `))
    expect(locationOf(answer)).toContain(redirectUri)
  })
})
