import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { alice } from '../../../../conformance/support/cloud-of-people.ts'
import { Person } from '../../../../conformance/support/person.ts'
import { InteractiveBrowserCredential, memorySignIns, type TransportResponse } from '../../src/index.ts'
import { orders, rejection, startWorld, type World } from '../support/people.ts'

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterEach(() => world.spoil())
afterAll(() => world?.stop())

type Members = Record<string, unknown>

const decoded = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as Members
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Changes the ID token of a token response. */
function withIdToken(response: TransportResponse, change: (parts: readonly string[]) => string | undefined) {
  const body: Members = JSON.parse(response.body)
  if (typeof body.id_token !== 'string') return response
  return { ...response, body: JSON.stringify({ ...body, id_token: change(body.id_token.split('.')) }) }
}

const claims =
  (members: Members) =>
  ([header = '', payload = '', signature = '']: readonly string[]) =>
    `${header}.${encoded({ ...decoded(payload), ...members })}.${signature}`
const header =
  (members: Members, keep = true) =>
  ([first = '', payload = '', signature = '']: readonly string[]) =>
    `${encoded({ ...decoded(first), ...members })}.${payload}.${keep ? signature : ''}`

describe('an ID token that is not the answer to the sign-in', () => {
  it.each<[string, (parts: readonly string[]) => string | undefined, RegExp]>([
    ['that belongs to another sign-in', claims({ nonce: 'of-another' }), /nonce differs/],
    ['without a nonce', claims({ nonce: undefined }), /nonce differs/],
    ['of another issuer', claims({ iss: 'https://evil.example' }), /issuer 'https:\/\/evil\.example'/],
    ['for another application', claims({ aud: orders.appId }), /is for '5b8f3e74/],
    ['for several applications', claims({ aud: [orders.appId, '6c90485f-ae31-4dc8-b04f-915c2d7eaf43'] }), /several/],
    ['that has expired', claims({ exp: 1_700_000_000 }), /has expired/],
    ['without an end', claims({ exp: undefined }), /has expired/],
    ['from the future', claims({ nbf: 4_000_000_000 }), /from the future/],
    ['with another name in it', claims({ preferred_username: 'mallory@contoso.example' }), /signature/],
    ['without a signature', header({ alg: 'none' }, false), /signature|does not publish/],
    ['that says it has none', header({ alg: 'none', kid: undefined }, false), /signature|does not publish/],
    ['signed with the public key as a secret', header({ alg: 'HS256' }), /signature/],
    ['of an unknown key', header({ kid: 'unknown' }), /does not publish/],
    ['that is none', () => 'nonsense', /not a JWT/],
    ['that is missing', () => undefined, /no ID token/],
  ])('%s is refused, and nothing is kept', async (_, change, reason) => {
    world.spoil(({ method }, response) => (method === 'POST' ? withIdToken(response, change) : response))
    const signIns = memorySignIns()
    const refused = rejection(new InteractiveBrowserCredential({ ...world.own, signIns }).getToken(orders.scope))
    const page = await new Person(world.cloud.doorstep, alice).signInAndReturn(await world.browser.openedAddress())
    const error = await refused
    expect(error).toMatchObject({ name: 'SignInError', reason: 'untrustedAnswer' })
    expect(Object(error).message).toMatch(reason)
    expect(page).toContain('Not signed in')
    expect(await signIns.list()).toEqual([])
  })
})
