/**
 * Parts of Microsoft Graph's model of applications that are no part of the local cloud, each with its row in
 * docs/parity.md: what a tool asks for there does not exist, other than a misspelt address.
 */
const leftOut = [
  'applicationTemplates',
  'logo',
  'setVerifiedPublisher',
  'unsetVerifiedPublisher',
  'extensionProperties',
  'synchronization',
  'appManagementPolicies',
  'claimsMappingPolicies',
  'homeRealmDiscoveryPolicies',
  'tokenIssuancePolicies',
  'tokenLifetimePolicies',
  'delegatedPermissionClassifications',
  'addTokenSigningCertificate',
  'getUserOwnedObjects',
].map((segment) => segment.toLowerCase())

export function isLeftOut(segment: string): boolean {
  return leftOut.includes(segment.toLowerCase())
}
