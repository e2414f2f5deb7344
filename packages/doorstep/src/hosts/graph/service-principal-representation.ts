import { type Application, newApplication } from '../../directory/application.ts'
import type { PasswordCredential } from '../../directory/password-credential.ts'
import { newServicePrincipal, type ServicePrincipal, servicePrincipalNames } from '../../directory/service-principal.ts'
import { noVerifiedPublisher } from './application-representation.ts'
import type { Entity } from './call.ts'
import { keyCredentialEntity } from './key-credentials.ts'
import type { EntityType } from './odata/known-properties.ts'
import { passwordCredentialEntity } from './password-credential-representation.ts'
import { graphTimestamp } from './representation.ts'

export interface ServicePrincipalView {
  /** What Graph mirrors comes from here; undefined when the registration is gone. */
  readonly application: Application | undefined
  readonly credentials: readonly PasswordCredential[]
  readonly precision: 'created' | 'read'
  /** Certificates are shown on request only. */
  readonly withKeys?: boolean
}

/** A service principal as Graph shows it: complete, with nulls and empty lists. */
export function servicePrincipalEntity(servicePrincipal: ServicePrincipal, view: ServicePrincipalView): Entity {
  const { application } = view
  return {
    id: servicePrincipal.id,
    deletedDateTime: servicePrincipal.deletedDateTime,
    accountEnabled: servicePrincipal.accountEnabled,
    alternativeNames: servicePrincipal.alternativeNames,
    appDisplayName: application?.displayName ?? servicePrincipal.displayName,
    appDescription: application?.description ?? null,
    appId: servicePrincipal.appId,
    applicationTemplateId: null,
    appOwnerOrganizationId: servicePrincipal.appOwnerOrganizationId,
    appRoleAssignmentRequired: servicePrincipal.appRoleAssignmentRequired,
    createdDateTime: graphTimestamp(servicePrincipal.createdDateTime, view.precision),
    description: servicePrincipal.description,
    disabledByMicrosoftStatus: null,
    displayName: servicePrincipal.displayName,
    homepage: servicePrincipal.homepage,
    loginUrl: servicePrincipal.loginUrl,
    logoutUrl: application?.web.logoutUrl ?? null,
    notes: servicePrincipal.notes,
    notificationEmailAddresses: servicePrincipal.notificationEmailAddresses,
    preferredSingleSignOnMode: servicePrincipal.preferredSingleSignOnMode,
    preferredTokenSigningKeyThumbprint: null,
    replyUrls: application ? replyUrls(application) : [],
    servicePrincipalNames: application ? servicePrincipalNames(application) : [servicePrincipal.appId],
    servicePrincipalType: servicePrincipal.servicePrincipalType,
    signInAudience: application?.signInAudience ?? null,
    tags: servicePrincipal.tags,
    tokenEncryptionKeyId: null,
    samlSingleSignOnSettings: null,
    addIns: [],
    appRoles: (application?.appRoles ?? []).map((role) => ({ ...role, origin: 'Application' })),
    info: application?.info ?? null,
    keyCredentials: servicePrincipal.keyCredentials.map((key) => keyCredentialEntity(key, view.withKeys ?? false)),
    oauth2PermissionScopes: application?.api.oauth2PermissionScopes ?? [],
    passwordCredentials: view.credentials.map(passwordCredentialEntity),
    resourceSpecificApplicationPermissions: [],
    verifiedPublisher: noVerifiedPublisher,
  }
}

const nowhere = { id: '', appId: '', tenantId: '', publisherDomain: '', createdDateTime: '' }

export const servicePrincipalType: EntityType = {
  name: 'servicePrincipal',
  collection: 'servicePrincipals',
  properties: Object.keys(
    servicePrincipalEntity(newServicePrincipal(newApplication({ displayName: '' }, nowhere), nowhere), {
      application: undefined,
      credentials: [],
      precision: 'read',
    }),
  ),
}

/** Where users are sent, of every platform. */
export function replyUrls({ web, spa, publicClient }: Application): readonly string[] {
  return [...web.redirectUris, ...spa.redirectUris, ...publicClient.redirectUris]
}
