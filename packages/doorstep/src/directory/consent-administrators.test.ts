import { describe, expect, it } from 'vitest'
import { mayConsentForAll } from './consent-administrators.ts'
import { roleTemplateId } from './directory-role.ts'
import { firstPartyAppIds } from './first-party-ids.ts'

describe('consent for everybody', () => {
  it('leaves application permissions of Microsoft Graph to those who run the tenant', () => {
    const reserved = [{ kind: 'application', resourceAppId: firstPartyAppIds.microsoftGraph } as const]
    expect(mayConsentForAll([roleTemplateId('Application Administrator')])).toBe(true)
    expect(mayConsentForAll([roleTemplateId('Application Administrator')], reserved)).toBe(false)
    expect(mayConsentForAll([roleTemplateId('Privileged Role Administrator')], reserved)).toBe(true)
    expect(mayConsentForAll([roleTemplateId('User Administrator')])).toBe(false)
    expect(mayConsentForAll([])).toBe(false)
  })
})
