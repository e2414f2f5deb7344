import type { Application } from '../directory/application.ts'
import { firstPartyAppIds, microsoftServicesTenantId } from '../directory/first-party-ids.ts'

const firstPartyApis: ReadonlySet<string> = new Set(Object.values(firstPartyAppIds))

/** Microsoft's own clients that ask people like any other application. */
const askingPeople: readonly string[] = [firstPartyAppIds.graphCommandLineTools, firstPartyAppIds.graphExplorer]

/**
 * Whether nobody can consent: between Microsoft's own tools and Microsoft's own APIs only what the API has authorized
 * beforehand counts (65002).
 */
export function needsPreAuthorization(
  { appId, tenantId }: Pick<Application, 'appId' | 'tenantId'>,
  resourceAppId: string,
): boolean {
  return tenantId === microsoftServicesTenantId && !askingPeople.includes(appId) && firstPartyApis.has(resourceAppId)
}
