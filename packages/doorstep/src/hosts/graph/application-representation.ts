import { type Application, newApplication } from '../../directory/application.ts'
import type { PasswordCredential } from '../../directory/password-credential.ts'
import type { Entity } from './call.ts'
import { keyCredentialEntity } from './key-credentials.ts'
import type { EntityType } from './odata/known-properties.ts'
import { passwordCredentialEntity } from './password-credential-representation.ts'
import { graphTimestamp } from './representation.ts'

/** What Graph shows of an application besides the record itself. */
export interface ApplicationView {
  readonly credentials: readonly PasswordCredential[]
  readonly precision: 'created' | 'read'
  /** Certificates are shown on request only. */
  readonly withKeys: boolean
}

/** An application as Graph shows it: complete, with nulls and empty lists, since clients read fields unasked. */
export function applicationEntity(application: Application, view: ApplicationView): Entity {
  const { web } = application
  return {
    id: application.id,
    deletedDateTime: application.deletedDateTime,
    appId: application.appId,
    applicationTemplateId: null,
    disabledByMicrosoftStatus: null,
    createdDateTime: graphTimestamp(application.createdDateTime, view.precision),
    displayName: application.displayName,
    description: application.description,
    groupMembershipClaims: application.groupMembershipClaims,
    identifierUris: application.identifierUris,
    isDeviceOnlyAuthSupported: application.isDeviceOnlyAuthSupported,
    isFallbackPublicClient: application.isFallbackPublicClient,
    nativeAuthenticationApisEnabled: null,
    notes: application.notes,
    publisherDomain: application.publisherDomain,
    serviceManagementReference: application.serviceManagementReference,
    signInAudience: application.signInAudience,
    tags: application.tags,
    tokenEncryptionKeyId: null,
    uniqueName: application.uniqueName,
    samlMetadataUrl: null,
    defaultRedirectUri: null,
    certification: null,
    optionalClaims: application.optionalClaims,
    servicePrincipalLockConfiguration: null,
    requestSignatureVerification: null,
    addIns: [],
    api: application.api,
    appRoles: application.appRoles.map((role) => ({ ...role, origin: 'Application' })),
    info: application.info,
    keyCredentials: application.keyCredentials.map((key) => keyCredentialEntity(key, view.withKeys)),
    parentalControlSettings: application.parentalControlSettings,
    passwordCredentials: view.credentials.map(passwordCredentialEntity),
    publicClient: application.publicClient,
    requiredResourceAccess: application.requiredResourceAccess,
    verifiedPublisher: noVerifiedPublisher,
    web: {
      homePageUrl: web.homePageUrl,
      logoutUrl: web.logoutUrl,
      redirectUris: web.redirectUris,
      implicitGrantSettings: web.implicitGrantSettings,
      redirectUriSettings: web.redirectUris.map((uri) => ({ uri, index: null })),
    },
    spa: application.spa,
  }
}

export const noVerifiedPublisher = { displayName: null, verifiedPublisherId: null, addedDateTime: null }

export const applicationType: EntityType = {
  name: 'application',
  collection: 'applications',
  properties: Object.keys(
    applicationEntity(
      newApplication(
        { displayName: '' },
        { id: '', appId: '', tenantId: '', publisherDomain: '', createdDateTime: '' },
      ),
      { credentials: [], precision: 'read', withKeys: false },
    ),
  ),
}
