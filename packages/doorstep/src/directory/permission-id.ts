/** The bytes of a GUID in the order in which Windows keeps them: the first three groups little-endian. */
function guidBytes(guid: string): readonly number[] {
  const bytes = (guid.replaceAll('-', '').match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
  const group = (from: number, to: number) => bytes.slice(from, to)
  return [...group(0, 4).reverse(), ...group(4, 6).reverse(), ...group(6, 8).reverse(), ...group(8, 16)]
}

function base64url(bytes: readonly number[]): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/**
 * The id of a delegated consent, made of whom it is for, as Graph makes it: one client, one API and one principal
 * (null for everybody) have one grant.
 */
export function permissionGrantId(clientId: string, resourceId: string, principalId: string | null): string {
  return base64url([clientId, resourceId, ...(principalId === null ? [] : [principalId])].flatMap(guidBytes))
}

/** The id of an app role assignment, as Graph makes it: the principal, then a GUID of the assignment's own. */
export function appRoleAssignmentId(principalId: string, ownGuid: string): string {
  return base64url([principalId, ownGuid].flatMap(guidBytes))
}
