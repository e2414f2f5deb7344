import { describe, expect, it } from 'vitest'
import { firstPartyAppIds, microsoftServicesTenantId } from '../directory/first-party-ids.ts'
import { needsPreAuthorization } from './pre-authorization.ts'

const ofMicrosoft = (appId: string) => ({ appId, tenantId: microsoftServicesTenantId })

describe('consent between applications of Microsoft', () => {
  it('cannot be given by people', () => {
    expect(needsPreAuthorization(ofMicrosoft(firstPartyAppIds.azureCli), firstPartyAppIds.microsoftGraph)).toBe(true)
    expect(needsPreAuthorization(ofMicrosoft(firstPartyAppIds.visualStudio), firstPartyAppIds.keyVault)).toBe(true)
  })

  it('is asked for by the tools that are made to try Microsoft Graph', () => {
    for (const appId of [firstPartyAppIds.graphCommandLineTools, firstPartyAppIds.graphExplorer]) {
      expect(needsPreAuthorization(ofMicrosoft(appId), firstPartyAppIds.microsoftGraph)).toBe(false)
    }
  })

  it('is given to others, and for the APIs of others, as ever', () => {
    const own = { appId: firstPartyAppIds.azureCli, tenantId: 'home' }
    expect(needsPreAuthorization(own, firstPartyAppIds.microsoftGraph)).toBe(false)
    expect(needsPreAuthorization(ofMicrosoft(firstPartyAppIds.azureCli), 'an API of one’s own')).toBe(false)
  })
})
