import { roleTemplateId } from './directory-role.ts'
import { firstPartyAppIds } from './first-party-ids.ts'

const fullAdministrators = [roleTemplateId('Global Administrator'), roleTemplateId('Privileged Role Administrator')]
const applicationAdministrators = [
  roleTemplateId('Application Administrator'),
  roleTemplateId('Cloud Application Administrator'),
]

/** A permission that consent is to be given to. */
export interface ConsentObject {
  readonly kind: 'delegated' | 'application'
  /** Client id of the API that has it. */
  readonly resourceAppId: string
}

/**
 * Whether somebody with these directory roles may consent for everybody ("Microsoft Entra built-in roles").
 * Administrators of applications may, except to application permissions of Microsoft Graph.
 */
export function mayConsentForAll(
  directoryRoleIds: readonly string[],
  permissions: readonly ConsentObject[] = [],
): boolean {
  if (directoryRoleIds.some((role) => fullAdministrators.includes(role))) return true
  const isReserved = permissions.some(
    ({ kind, resourceAppId }) => kind === 'application' && resourceAppId === firstPartyAppIds.microsoftGraph,
  )
  return !isReserved && directoryRoleIds.some((role) => applicationAdministrators.includes(role))
}
