import { describe, expect, it } from 'vitest'
import { newApplication, type SignInAudience } from '../directory/application.ts'
import { personalAccountsTenantId } from '../directory/personal-accounts.ts'
import type { Tenant } from '../directory/tenant.ts'
import { canBeIn, issuingTenantId, refuseAccount, refuseSegment, refuseVersion } from './sign-in-audience.ts'
import type { TenantSegment } from './tenant-segment.ts'

function tenant(id: string): Tenant {
  return {
    id,
    displayName: id,
    verifiedDomains: [],
    createdDateTime: '',
    countryLetterCode: null,
    usersCanRegisterApplications: true,
    usersCanConsent: true,
  }
}

const identity = { id: 'o', appId: 'app', tenantId: 'home', publisherDomain: 'd.example', createdDateTime: '' }
const application = (signInAudience: SignInAudience) => newApplication({ displayName: 'App', signInAudience }, identity)

const segments: Readonly<Record<string, TenantSegment>> = {
  home: { kind: 'tenant', tenant: tenant('home') },
  other: { kind: 'tenant', tenant: tenant('other') },
  common: { kind: 'alias', alias: 'common' },
  organizations: { kind: 'alias', alias: 'organizations' },
  consumers: { kind: 'personal' },
}
const segment = (name: string): TenantSegment => segments[name] ?? { kind: 'personal' }

describe('an application and the tenant in the URL', () => {
  it.each([
    ['AzureADMyOrg', 'home', 0],
    ['AzureADMyOrg', 'other', 700016],
    ['AzureADMyOrg', 'common', 50194],
    ['AzureADMyOrg', 'organizations', 50194],
    ['AzureADMyOrg', 'consumers', 9002332],
    ['AzureADMultipleOrgs', 'other', 0],
    ['AzureADMultipleOrgs', 'common', 0],
    ['AzureADMultipleOrgs', 'organizations', 0],
    ['AzureADMultipleOrgs', 'consumers', 9002332],
    ['AzureADandPersonalMicrosoftAccount', 'common', 0],
    ['AzureADandPersonalMicrosoftAccount', 'consumers', 0],
    ['AzureADandPersonalMicrosoftAccount', 'other', 0],
    ['PersonalMicrosoftAccount', 'consumers', 0],
    ['PersonalMicrosoftAccount', 'home', 9002331],
    ['PersonalMicrosoftAccount', 'common', 9002331],
  ] as const)('%s through %s: %i', (audience, name, code) => {
    const check = () => refuseSegment(application(audience), segment(name))
    if (code === 0) expect(check).not.toThrow()
    else expect(check).toThrow(expect.objectContaining({ code }))
  })
})

describe('an account and the tenant that tokens are for', () => {
  it('is the home of the account where the URL names none', () => {
    expect(issuingTenantId(segment('other'), 'home')).toBe('other')
    expect(issuingTenantId(segment('common'), 'home')).toBe('home')
    expect(issuingTenantId(segment('organizations'), 'home')).toBe('home')
    expect(issuingTenantId(segment('common'), personalAccountsTenantId)).toBe(personalAccountsTenantId)
  })

  it('is that of personal accounts over consumers, whoever signs in', () => {
    expect(issuingTenantId(segment('consumers'), personalAccountsTenantId)).toBe(personalAccountsTenantId)
    expect(issuingTenantId(segment('consumers'), 'home')).toBe(personalAccountsTenantId)
  })

  it('is none for a personal account over organizations', () => {
    expect(() => issuingTenantId(segment('organizations'), personalAccountsTenantId)).toThrow(
      expect.objectContaining({ code: 500200 }),
    )
  })

  it.each([
    ['AzureADMyOrg', 'home', 'home', true, 0],
    ['AzureADMyOrg', 'home', 'other', true, 0],
    ['AzureADMyOrg', 'home', 'other', false, 50020],
    ['AzureADMyOrg', 'other', 'other', true, 700016],
    ['AzureADMultipleOrgs', 'other', 'other', true, 0],
    ['AzureADMultipleOrgs', 'home', personalAccountsTenantId, false, 500200],
    ['AzureADMultipleOrgs', 'home', personalAccountsTenantId, true, 0],
    ['AzureADandPersonalMicrosoftAccount', 'home', personalAccountsTenantId, false, 50020],
    ['AzureADMultipleOrgs', personalAccountsTenantId, personalAccountsTenantId, true, 500200],
    ['AzureADandPersonalMicrosoftAccount', personalAccountsTenantId, personalAccountsTenantId, true, 0],
    ['PersonalMicrosoftAccount', personalAccountsTenantId, personalAccountsTenantId, true, 0],
    ['PersonalMicrosoftAccount', personalAccountsTenantId, 'home', false, 50020],
  ] as const)('%s in %s by an account of %s (there: %s): %i', (audience, id, homeTenantId, isInTenant, code) => {
    const check = () => refuseAccount(application(audience), tenant(id), { homeTenantId, isInTenant })
    if (code === 0) expect(check).not.toThrow()
    else expect(check).toThrow(expect.objectContaining({ code }))
  })

  it('names live.com as the identity provider of a personal account', () => {
    const account = { homeTenantId: personalAccountsTenantId, isInTenant: false }
    expect(() => refuseAccount(application('AzureADandPersonalMicrosoftAccount'), tenant('home'), account)).toThrow(
      "AADSTS50020: User account '{EmailHidden}' from identity provider 'live.com' does not exist in tenant 'home'",
    )
  })

  it('names the identity provider of a stranger, not the person', () => {
    const account = { homeTenantId: 'fabrikam', isInTenant: false }
    expect(() => refuseAccount(application('AzureADMyOrg'), tenant('home'), account)).toThrow(
      "AADSTS50020: User account '{EmailHidden}' from identity provider 'https://sts.windows.net/fabrikam/' does not exist in tenant 'home' and cannot access the application 'app'(App) in that tenant.",
    )
  })
})

describe('an application', () => {
  it.each([
    ['AzureADMyOrg', 'home', true],
    ['AzureADMyOrg', 'other', false],
    ['AzureADMyOrg', personalAccountsTenantId, false],
    ['AzureADMultipleOrgs', 'other', true],
    ['AzureADMultipleOrgs', personalAccountsTenantId, false],
    ['AzureADandPersonalMicrosoftAccount', 'other', true],
    ['AzureADandPersonalMicrosoftAccount', personalAccountsTenantId, true],
    ['PersonalMicrosoftAccount', 'home', true],
    ['PersonalMicrosoftAccount', 'other', false],
    ['PersonalMicrosoftAccount', personalAccountsTenantId, true],
  ] as const)('for %s can be in %s: %s', (audience, id, expected) => {
    expect(canBeIn(application(audience), id)).toBe(expected)
  })
})

describe('v1.0', () => {
  it('is not for personal accounts', () => {
    expect(() => refuseVersion('v1', personalAccountsTenantId)).toThrow(expect.objectContaining({ code: 90027 }))
    expect(() => refuseVersion('v2', personalAccountsTenantId)).not.toThrow()
    expect(() => refuseVersion('v1', 'home')).not.toThrow()
  })
})
