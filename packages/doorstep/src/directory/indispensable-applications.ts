import { bootstrapAppId, firstPartyAppIds } from './first-party-ids.ts'
import type { ServicePrincipal } from './service-principal.ts'

const firstParty: readonly string[] = Object.values(firstPartyAppIds)

/**
 * Why nobody but Doorstep itself changes an application, its secrets or its presence in a tenant; undefined when
 * others may. Without the bootstrap application the command line is locked out of its own local cloud.
 */
export function reservedApplicationProblem(appId: string): string | undefined {
  if (appId !== bootstrapAppId) return undefined
  return "The application 'Doorstep bootstrap' is Doorstep's own: with it the command line administers the local cloud. It cannot be changed or deleted."
}

/** Why a service principal stays; undefined when it may be deleted. Those of Microsoft's own APIs and tools come back by nothing here. */
export function deletionProblem({ appId, displayName }: Pick<ServicePrincipal, 'appId' | 'displayName'>) {
  if (!firstParty.includes(appId)) return undefined
  return `The service principal '${displayName}' is one of the platform's own, which every tenant needs. It cannot be deleted.`
}

/** Why a service principal stays enabled; undefined when it may be disabled. Through Microsoft Graph it would be enabled again. */
export function disablementProblem({ appId }: Pick<ServicePrincipal, 'appId'>): string | undefined {
  if (appId !== firstPartyAppIds.microsoftGraph) return undefined
  return "The service principal 'Microsoft Graph' cannot be disabled: without it nothing in the tenant can be changed."
}
