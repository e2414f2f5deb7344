import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { newApplication, type OptionalClaim } from '../../directory/application.ts'
import { newServicePrincipal } from '../../directory/service-principal.ts'
import type { Tenant } from '../../directory/tenant.ts'
import { newUser } from '../../directory/user.ts'
import type { SignedInClient } from '../grants/grant.ts'
import { groupClaims } from './group-overage.ts'
import { idTokenClaims } from './id-token.ts'
import { clientInfo, ordered, type UserIssuance } from './user-claims.ts'

const tenant: Tenant = {
  id: 'a0000000-0000-4000-8000-000000000000',
  displayName: 'Contoso',
  verifiedDomains: [],
  createdDateTime: '2030-01-01T00:00:00Z',
  countryLetterCode: 'NO',
  usersCanRegisterApplications: true,
  usersCanConsent: true,
}
const place = { tenantId: tenant.id, createdDateTime: tenant.createdDateTime }
const member = newUser({ userPrincipalName: 'alice@contoso.example', displayName: 'Alice' }, { ...place, id: 'alice' })
const guest = newUser(
  {
    userPrincipalName: 'bob_fabrikam.example#EXT#@contoso.example',
    displayName: 'Bob',
    mail: 'bob@fabrikam.example',
    userType: 'Guest',
    home: { tenantId: 'fabrikam', userId: 'bob at home' },
  },
  { ...place, id: 'bob here' },
)

const issuance: UserIssuance = {
  authority: { kind: 'entra', host: 'login.microsoftonline.com' },
  tenant,
  now: Date.UTC(2030, 0, 1),
  lifetimeInSeconds: 60,
  opaque: { uti: 'uti', aio: 'aio', rh: 'rh', xms_ftd: 'ftd' },
  keyedHash: (text) => createHash('sha256').update(text).digest('base64url'),
  clientAddress: '192.0.2.1',
}

function signedIn(members: Partial<SignedInClient> = {}, idToken: readonly OptionalClaim[] = []): SignedInClient {
  const application = newApplication(
    { displayName: 'client', optionalClaims: { idToken, accessToken: [], saml2Token: [] } },
    { ...place, id: 'object', appId: 'client', publisherDomain: 'contoso.example' },
  )
  const servicePrincipal = newServicePrincipal(application, { ...place, id: 'principal' })
  return {
    client: { application, servicePrincipal, authenticatedBy: 'nothing' },
    tenant,
    user: member,
    signIn: { method: 'pwd', authenticatedAt: Date.UTC(2030, 0, 1) - 5000, sessionId: 'session' },
    openId: new Set(['openid', 'profile']),
    nonce: null,
    clientMemberships: { roles: [], groups: [], wids: [] },
    ...members,
  }
}

const optional = (name: string, additionalProperties: readonly string[] = []): OptionalClaim => ({
  name,
  source: null,
  essential: false,
  additionalProperties,
})

describe('an id_token', () => {
  it('without profile tells neither name nor oid', () => {
    const claims = idTokenClaims(signedIn({ openId: new Set(['openid']) }), 'v2', issuance)
    expect(Object.keys(claims)).toEqual(['aud', 'iss', 'iat', 'nbf', 'exp', 'aio', 'rh', 'sub', 'tid', 'uti', 'ver'])
  })

  it('lives an hour, whatever the life of access tokens', () => {
    const { iat, exp } = idTokenClaims(signedIn(), 'v2', issuance)
    expect(Number(exp) - Number(iat)).toBe(3900)
  })

  it('of a guest says where he is at home', () => {
    const claims = idTokenClaims(signedIn({ user: guest }), 'v2', issuance)
    expect(claims).toMatchObject({
      email: 'bob@fabrikam.example',
      idp: 'https://sts.windows.net/fabrikam/',
      oid: 'bob here',
      preferred_username: 'bob@fabrikam.example',
      tid: tenant.id,
    })
    expect(idTokenClaims(signedIn({ user: guest }), 'v1', issuance)).not.toHaveProperty('upn')
  })

  it('vouches for the code and the access token it comes with', () => {
    const code = 'Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk'
    const accessToken = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y'
    expect(idTokenClaims(signedIn(), 'v2', issuance, { code, accessToken })).toMatchObject({
      c_hash: 'LDktKdoQak3Pk0cnXxCltA',
      at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
    })
  })

  it('tells what the registration asks for besides', () => {
    const wanted = ['acct', 'auth_time', 'sid', 'tenant_ctry', 'upn', 'email', 'nobody-knows'].map((name) =>
      optional(name),
    )
    expect(idTokenClaims(signedIn({}, wanted), 'v2', issuance)).toMatchObject({
      acct: 0,
      auth_time: Date.UTC(2030, 0, 1) / 1000 - 5,
      sid: 'session',
      tenant_ctry: 'NO',
      upn: 'alice@contoso.example',
    })
    const claims = idTokenClaims(signedIn({}, wanted), 'v2', issuance)
    expect(claims).not.toHaveProperty('email')
    expect(claims).not.toHaveProperty('nobody-knows')
  })

  it('tells the upn of a guest only when the foreign one is asked for', () => {
    const plain = signedIn({ user: guest }, [optional('upn')])
    expect(idTokenClaims(plain, 'v2', issuance)).not.toHaveProperty('upn')
    const foreign = signedIn({ user: guest }, [optional('upn', ['include_externally_authenticated_upn'])])
    expect(idTokenClaims(foreign, 'v2', issuance)).toMatchObject({ upn: guest.userPrincipalName })
  })
})

describe('client_info', () => {
  it('names the account in its home tenant', () => {
    const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString())
    expect(read(clientInfo(member))).toEqual({ uid: 'alice', utid: tenant.id })
    expect(read(clientInfo(guest))).toEqual({ uid: 'bob at home', utid: 'fabrikam' })
  })
})

describe('groups', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `group ${index}`)

  it.each([
    [0, []],
    [200, ['groups']],
    [201, ['_claim_names', '_claim_sources']],
  ])('of %i make the claims %o', (count, names) => {
    expect(Object.keys(groupClaims(ids(count), member, tenant))).toEqual(names)
  })
})

describe('claims', () => {
  it('stand in the order of real tokens', () => {
    const claims = { ver: '2.0', exp: 3, aud: 'a', azp: 'b', nbf: 2, iat: 1, iss: 'c' }
    expect(Object.keys(ordered(claims))).toEqual(['aud', 'iss', 'iat', 'nbf', 'exp', 'azp', 'ver'])
  })
})
