import type { Application } from '../../directory/application.ts'
import { findDirectoryRole } from '../../directory/directory-role.ts'
import { firstPartyApplications } from '../../directory/first-party.ts'

/** Only names are asked for here, so the derived ids may be anything. */
const applications = firstPartyApplications((text) => text)

/** Microsoft's own application with this client id. */
export function knownClient(clientId: string): Application | undefined {
  return applications.find(({ appId }) => appId === clientId.toLowerCase())
}

/** Microsoft's own API that an `aud` names, by client id or identifier URI; case and one final slash do not matter. */
export function knownApi(audience: string): Application | undefined {
  const wanted = comparable(audience)
  return (
    knownClient(audience) ??
    applications.find(({ identifierUris }) => identifierUris.some((uri) => comparable(uri) === wanted))
  )
}

const comparable = (uri: string) => uri.toLowerCase().replace(/\/$/, '')

/** The name by which people know what an `aud` stands for. */
export function audienceName(audience: string): string | undefined {
  const cluster = /^https:\/\/([\w-]+)\.cognitedata\.com\/?$/i.exec(audience)?.[1]
  return knownApi(audience)?.displayName ?? (cluster && `Cognite Data Fusion, cluster ${cluster}`)
}

/** A permission with what it allows, where that is known: `User.Read (Sign in and read user profile)`. */
export function permissionInWords(value: string, api: Application | undefined): string {
  const scope = api?.api.oauth2PermissionScopes.find((candidate) => candidate.value === value)
  const role = api?.appRoles.find((candidate) => candidate.value === value)
  const words = scope?.adminConsentDisplayName ?? role?.displayName
  return words && words !== value ? `${value} (${words})` : value
}

/** `wids` of everybody who is a member and has no role. */
const ordinaryMember = 'b79fbf4d-3ef9-4689-8143-76b194e85509'
/** `wids` of applications in tokens for Microsoft Graph. */
const applicationDefault = '0997a1d0-0d1d-4acb-b408-d5ca73121e90'

/** A directory role of `wids` by its name, where it is known. */
export function directoryRoleInWords(roleTemplateId: string): string {
  if (roleTemplateId === ordinaryMember) return 'no role (ordinary member)'
  if (roleTemplateId === applicationDefault) return 'the default of applications'
  return findDirectoryRole(roleTemplateId)?.displayName ?? roleTemplateId
}
