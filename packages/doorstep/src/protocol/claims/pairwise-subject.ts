/** A keyed hash of a text, base64url; its key never leaves the local cloud. */
export type KeyedHash = (text: string) => string

/**
 * `sub` of a user's token: another one for each audience, so that two applications cannot tell by it that they have
 * the same user (OpenID Connect Core §8.1). 43 characters of base64url.
 */
export function pairwiseSubject(
  { userId, appId, tenantId }: { readonly userId: string; readonly appId: string; readonly tenantId: string },
  keyedHash: KeyedHash,
): string {
  return keyedHash(`${userId} ${appId} ${tenantId}`)
}
