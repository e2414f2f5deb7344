import { type GraphClient, onceReplicated, unlessMissing } from './graph-client.ts'

/** An application's presence in the tenant. */
export interface ServicePrincipal {
  /** Object id: the `oid` of the application's own tokens. */
  readonly id: string
}

/** The service principal of an application in the tenant, which is made where it is missing. */
export async function servicePrincipalOf(
  graph: GraphClient,
  { appId }: { readonly appId: string },
): Promise<ServicePrincipal> {
  const found = await unlessMissing(graph.get<ServicePrincipal>(`/servicePrincipals(appId='${appId}')`))
  return found ?? createServicePrincipal(graph, appId)
}

export function createServicePrincipal(graph: GraphClient, appId: string): Promise<ServicePrincipal> {
  return onceReplicated(graph, () => graph.post<ServicePrincipal>('/servicePrincipals', { appId }))
}
