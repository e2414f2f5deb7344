import type { GetTokenOptions, TokenCredential } from './credential.ts'

/** Value of the `Authorization` header for a request to the API that the scopes name. RFC 6750 §2.1. */
export async function authorizationHeader(
  credential: TokenCredential,
  scopes: string | string[],
  options?: GetTokenOptions,
): Promise<string> {
  const { token } = await credential.getToken(scopes, options)
  return `Bearer ${token}`
}
