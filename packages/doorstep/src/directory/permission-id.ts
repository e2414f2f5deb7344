/** The bytes of a GUID in the order in which Windows keeps them: the first three groups little-endian. */
function guidBytes(guid: string): readonly number[] {
  const bytes = (guid.replaceAll('-', '').match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
  const group = (from: number, to: number) => bytes.slice(from, to)
  return [...group(0, 4).reverse(), ...group(4, 6).reverse(), ...group(6, 8).reverse(), ...group(8, 16)]
}

/** The GUID that these bytes are. */
function guidOf(bytes: readonly number[]): string {
  const text = (from: number, to: number) =>
    bytes
      .slice(from, to)
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')
  const reversed = (from: number, to: number) => (text(from, to).match(/../g) ?? []).reverse().join('')
  return [reversed(0, 4), reversed(4, 6), reversed(6, 8), text(8, 10), text(10, 16)].join('-')
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

/** The id of a directory role's assignment for the whole tenant, made of both, as Graph makes it. */
export function directoryRoleAssignmentId(roleTemplateId: string, principalId: string): string {
  return `${base64url([roleTemplateId, principalId].flatMap(guidBytes))}-1`
}

/** What such an id is made of; undefined when it is none. */
export function directoryRoleAssignmentOf(
  id: string,
): { readonly roleTemplateId: string; readonly principalId: string } | undefined {
  const [, encoded] = /^([\w-]{43})-1$/.exec(id) ?? []
  if (encoded === undefined) return undefined
  const decoded = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Array.from(decoded, (character) => character.charCodeAt(0))
  return { roleTemplateId: guidOf(bytes.slice(0, 16)), principalId: guidOf(bytes.slice(16)) }
}
