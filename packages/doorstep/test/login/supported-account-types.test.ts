import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { Browser } from './browser.ts'
import { contoso, fabrikam } from './contoso.ts'
import { claimsOf, encodedForm, type Form, requestToken } from './request-token.ts'

const personal = { tenantId: '9188040d-6c67-4c5b-b112-36a304b66dad' }
const password = 'Correct-horse-7-battery'
const redirectUri = 'http://localhost:8080'

/** Who signs in. Both guests are guests of Contoso. */
const people = {
  member: 'alice@contoso.example',
  guest: 'gina@fabrikam.example',
  stranger: 'sam@fabrikam.example',
  personal: 'dave@outlook.example',
  'personal guest': 'erin@outlook.example',
} as const
type Person = keyof typeof people
const everybody = Object.keys(people) as Person[]

/** The registrations, all at home in Contoso. */
const appIds = {
  AzureADMyOrg: '0a000000-c987-4234-abcd-1a2b3c4d5e01',
  AzureADMultipleOrgs: '0a000000-c987-4234-abcd-1a2b3c4d5e02',
  AzureADandPersonalMicrosoftAccount: '0a000000-c987-4234-abcd-1a2b3c4d5e03',
  PersonalMicrosoftAccount: '0a000000-c987-4234-abcd-1a2b3c4d5e04',
} as const
type Audience = keyof typeof appIds
const audiences = Object.keys(appIds) as Audience[]

const segments = {
  home: contoso.tenantId,
  domain: contoso.domain,
  foreign: fabrikam.tenantId,
  common: 'common',
  organizations: 'organizations',
  consumers: 'consumers',
  'the id of consumers': personal.tenantId,
} as const
type Segment = keyof typeof segments
const everySegment = Object.keys(segments) as Segment[]

/** The tenant that issues the tokens, or the code of the refusal. */
type Outcome = 'Contoso' | 'Fabrikam' | 'personal accounts' | number
const tenantNames: Readonly<Record<string, Outcome>> = {
  [contoso.tenantId]: 'Contoso',
  [fabrikam.tenantId]: 'Fabrikam',
  [personal.tenantId]: 'personal accounts',
}

const seed = JSON.stringify({
  consent: 'auto',
  tenants: [
    {
      tenantId: contoso.tenantId,
      displayName: contoso.name,
      domain: contoso.domain,
      users: [{ userPrincipalName: people.member, displayName: 'Alice', password }],
      guests: [people.guest, people['personal guest']],
      applications: audiences.map((signInAudience) => ({
        displayName: signInAudience,
        appId: appIds[signInAudience],
        signInAudience,
        isFallbackPublicClient: true,
        publicClient: { redirectUris: ['http://localhost'] },
        ...(signInAudience.includes('Personal') && { api: { requestedAccessTokenVersion: 2 } }),
      })),
    },
    {
      tenantId: fabrikam.tenantId,
      displayName: fabrikam.name,
      domain: fabrikam.domain,
      users: [people.guest, people.stranger].map((userPrincipalName) => ({
        userPrincipalName,
        displayName: userPrincipalName,
        password,
      })),
    },
  ],
  personalAccounts: [people.personal, people['personal guest']].map((userPrincipalName) => ({
    userPrincipalName,
    displayName: userPrincipalName,
    password,
  })),
})

let doorstep: RunningDoorstep

beforeAll(async () => {
  doorstep = await startDoorstep({ seed })
})
afterAll(() => doorstep?.stop())

function authorizePath(audience: Audience, segment: Segment): string {
  const query = {
    client_id: appIds[audience],
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile offline_access User.Read',
  }
  return `/${segments[segment]}/oauth2/v2.0/authorize?${encodedForm(query)}`
}

/** Signs a person in by the pages; the answer is a redirect, or a page with a refusal. */
async function signIn(audience: Audience, segment: Segment, person: Person): Promise<Answer> {
  const browser = new Browser(doorstep)
  const first = await browser.open(authorizePath(audience, segment))
  if (first.status !== 200) return first
  return browser.signIn(first, { name: people[person], password })
}

async function tokensOf(audience: Audience, segment: Segment, person: Person): Promise<Answer> {
  const answer = await signIn(audience, segment, person)
  const code = new URL(String(answer.headers.location)).searchParams.get('code') ?? ''
  return ask(audience, segment, { grant_type: 'authorization_code', code, redirect_uri: redirectUri })
}

const ask = (audience: Audience, segment: Segment, form: Form) =>
  requestToken(doorstep, { client_id: appIds[audience], ...form }, { tenant: segments[segment] })

/** What became of a sign-in: it is redeemed where it was begun. */
async function outcomeOfSignIn(audience: Audience, segment: Segment, person: Person): Promise<Outcome> {
  const answer = await signIn(audience, segment, person)
  const { location } = answer.headers
  const said =
    location === undefined ? answer.text : (new URL(String(location)).searchParams.get('error_description') ?? '')
  const refusal = /AADSTS(\d+)/.exec(said)?.[1]
  if (refusal !== undefined) return Number(refusal)
  const code = new URL(String(location)).searchParams.get('code') ?? ''
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
  return outcomeOf(await ask(audience, segment, form))
}

function outcomeOf(answer: Answer): Outcome {
  if (answer.status !== 200) return answer.body.error_codes[0]
  const { tid } = claimsOf(answer)
  return tenantNames[String(tid)] ?? 0
}

type Row = Readonly<Record<Person, Outcome>>
const all = (outcome: Outcome): Row => ({
  member: outcome,
  guest: outcome,
  stranger: outcome,
  personal: outcome,
  'personal guest': outcome,
})
const inContoso: Row = {
  member: 'Contoso',
  guest: 'Contoso',
  stranger: 50020,
  personal: 500200,
  'personal guest': 'Contoso',
}
const inFabrikam: Row = {
  member: 50020,
  guest: 'Fabrikam',
  stranger: 'Fabrikam',
  personal: 500200,
  'personal guest': 500200,
}
const atHome: Row = {
  member: 'Contoso',
  guest: 'Fabrikam',
  stranger: 'Fabrikam',
  personal: 500200,
  'personal guest': 500200,
}
const personalAtHome = { personal: 'personal accounts', 'personal guest': 'personal accounts' } as const
const onlyPersonal: Row = { member: 50020, guest: 50020, stranger: 50020, ...personalAtHome }

const signIns: Readonly<Record<Audience, Readonly<Record<Segment, Row>>>> = {
  AzureADMyOrg: {
    home: inContoso,
    domain: inContoso,
    foreign: all(700016),
    common: all(50194),
    organizations: all(50194),
    consumers: all(9002332),
    'the id of consumers': all(9002332),
  },
  AzureADMultipleOrgs: {
    home: inContoso,
    domain: inContoso,
    foreign: inFabrikam,
    common: atHome,
    organizations: atHome,
    consumers: all(9002332),
    'the id of consumers': all(9002332),
  },
  AzureADandPersonalMicrosoftAccount: {
    home: { ...inContoso, personal: 50020 },
    domain: { ...inContoso, personal: 50020 },
    foreign: { ...inFabrikam, personal: 50020, 'personal guest': 50020 },
    common: { ...atHome, ...personalAtHome },
    organizations: atHome,
    consumers: onlyPersonal,
    'the id of consumers': onlyPersonal,
  },
  PersonalMicrosoftAccount: {
    home: all(9002331),
    domain: all(9002331),
    foreign: all(9002331),
    common: all(9002331),
    organizations: all(9002331),
    consumers: onlyPersonal,
    'the id of consumers': onlyPersonal,
  },
}

describe.each(audiences)('an application for %s', (audience) => {
  it.each(everySegment)('signs people in through %s as its account types say', async (segment) => {
    const outcomes: Partial<Record<Person, Outcome>> = {}
    for (const person of everybody) outcomes[person] = await outcomeOfSignIn(audience, segment, person)
    expect(outcomes).toEqual(signIns[audience][segment])
  })
})

const byPassword: Readonly<Record<Audience, Readonly<Record<Segment, Outcome | Row>>>> = {
  AzureADMyOrg: {
    ...signIns.AzureADMyOrg,
    home: { ...all(50034), member: 'Contoso' },
    domain: { ...all(50034), member: 'Contoso' },
  },
  AzureADMultipleOrgs: {
    ...signIns.AzureADMultipleOrgs,
    home: { ...all(50034), member: 'Contoso' },
    domain: { ...all(50034), member: 'Contoso' },
    foreign: { ...all(50034), guest: 'Fabrikam', stranger: 'Fabrikam' },
    common: all(9001023),
    organizations: { ...atHome, personal: 50128, 'personal guest': 50128 },
  },
  AzureADandPersonalMicrosoftAccount: {
    home: { ...all(50034), member: 'Contoso' },
    domain: { ...all(50034), member: 'Contoso' },
    foreign: { ...all(50034), guest: 'Fabrikam', stranger: 'Fabrikam' },
    common: all(9001023),
    organizations: { ...atHome, personal: 50128, 'personal guest': 50128 },
    consumers: all(9001023),
    'the id of consumers': all(9001023),
  },
  PersonalMicrosoftAccount: {
    ...signIns.PersonalMicrosoftAccount,
    // No service principal there, and nobody could ever make one.
    foreign: all(700016),
    consumers: all(9001023),
    'the id of consumers': all(9001023),
  },
}

describe.each(audiences)('a password, by an application for %s', (audience) => {
  // A tenant that has the application: somebody there has consented.
  beforeAll(async () => {
    await signIn(audience, 'foreign', 'stranger')
  })

  it.each(everySegment)('gives tokens through %s to members alone', async (segment) => {
    const outcomes: Partial<Record<Person, Outcome>> = {}
    for (const person of everybody) {
      const form = { grant_type: 'password', username: people[person], password, scope: 'User.Read' }
      outcomes[person] = outcomeOf(await ask(audience, segment, form))
    }
    expect(outcomes).toEqual(byPassword[audience][segment])
  })
})

describe('a device code', () => {
  const ok = 0
  const onlyConsumers = { consumers: ok, 'the id of consumers': ok }
  const noConsumers = { consumers: 9002332, 'the id of consumers': 9002332 }
  const organizationsAnd = { home: ok, domain: ok, foreign: ok, common: ok, organizations: ok }
  const expected: Readonly<Record<Audience, Readonly<Record<Segment, number>>>> = {
    AzureADMyOrg: { home: ok, domain: ok, foreign: 700016, common: 50194, organizations: 50194, ...noConsumers },
    AzureADMultipleOrgs: { ...organizationsAnd, ...noConsumers },
    AzureADandPersonalMicrosoftAccount: { ...organizationsAnd, ...onlyConsumers },
    PersonalMicrosoftAccount: {
      home: 9002331,
      domain: 9002331,
      foreign: 9002331,
      common: 9002331,
      organizations: 9002331,
      ...onlyConsumers,
    },
  }

  it.each(audiences)('is given to an application for %s as its account types say', async (audience) => {
    const outcomes: Partial<Record<Segment, number>> = {}
    for (const segment of everySegment) {
      const form = encodedForm({ client_id: appIds[audience], scope: 'openid User.Read' })
      const { status, body } = await doorstep.request('POST', `/${segments[segment]}/oauth2/v2.0/devicecode`, form)
      outcomes[segment] = status === 200 ? ok : body.error_codes[0]
      if (status !== 200) continue
      const poll = await ask(audience, segment, { grant_type: 'device_code', device_code: body.device_code })
      expect(poll.body.error, segment).toBe('authorization_pending')
    }
    expect(outcomes).toEqual(expected[audience])
  })
})

describe('a refresh token', () => {
  const audience = 'AzureADandPersonalMicrosoftAccount'
  const expected: Readonly<Record<Person, readonly [through: Segment, Readonly<Record<Segment, Outcome>>]>> = {
    member: ['home', wherever('Contoso', { foreign: 50020 })],
    guest: ['home', wherever('Contoso', { foreign: 'Fabrikam' })],
    stranger: ['organizations', wherever('Fabrikam', { home: 50020, domain: 50020 })],
    personal: ['consumers', personalWherever({})],
    'personal guest': ['common', personalWherever({ home: 'Contoso', domain: 'Contoso' })],
  }

  function wherever(outcome: Outcome, others: Partial<Record<Segment, Outcome>>): Record<Segment, Outcome> {
    const work = { home: outcome, domain: outcome, foreign: outcome, common: outcome, organizations: outcome }
    return { ...work, consumers: 7000012, 'the id of consumers': 7000012, ...others }
  }

  function personalWherever(others: Partial<Record<Segment, Outcome>>): Record<Segment, Outcome> {
    const own = 'personal accounts'
    return { ...wherever(7000012, { common: own, consumers: own, 'the id of consumers': own }), ...others }
  }

  it.each(everybody)('of a %s is redeemed where the account belongs', async (person) => {
    const [through, outcomes] = expected[person]
    const { body } = await tokensOf(audience, through, person)
    const found: Partial<Record<Segment, Outcome>> = {}
    for (const segment of everySegment) {
      const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token, scope: 'User.Read' }
      found[segment] = outcomeOf(await ask(audience, segment, form))
    }
    expect(found).toEqual(outcomes)
  })
})

describe('a code', () => {
  it('of common is redeemed at the tenant it is for as well, and nowhere else', async () => {
    const audience = 'AzureADandPersonalMicrosoftAccount'
    for (const [person, segment, outcome] of [
      ['personal', 'consumers', 'personal accounts'],
      ['personal', 'the id of consumers', 'personal accounts'],
      ['personal', 'home', 700005],
      ['member', 'home', 'Contoso'],
      ['member', 'consumers', 700005],
    ] as const) {
      const answer = await signIn(audience, 'common', person)
      const code = new URL(String(answer.headers.location)).searchParams.get('code') ?? ''
      const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
      expect(outcomeOf(await ask(audience, segment, form)), `${person} ${segment}`).toBe(outcome)
    }
  })
})
