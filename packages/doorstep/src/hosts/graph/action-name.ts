/**
 * Takes the namespace from the name of an action, as Azure PowerShell writes it:
 * `/applications/{id}/microsoft.graph.addPassword` is `/applications/{id}/addPassword` (OData 4.01 URL Conventions
 * §4.5.5). Only of what is posted: elsewhere such a segment is a cast to a type.
 */
export function withShortActionName(method: string | undefined, url: string): string {
  if (method !== 'POST') return url
  return url.replace(/^([^?]*\/)microsoft\.graph\.(\w+\/?(?:\?|$))/i, '$1$2')
}
