import { demandedProof } from '../client-authentication/client-type.ts'
import type { RedirectUriType } from '../sign-in-records.ts'
import type { TokenRequest } from '../token-request.ts'
import type { Client, RedeemContext } from './grant.ts'

/**
 * The client of a user's grant, after it has proved itself as far as the type of the redirect URI demands it.
 * @throws {EntraError} as `demandedProof`, or of client authentication.
 */
export async function provenClient(
  request: TokenRequest,
  { registered, origin, authenticate }: RedeemContext,
  redirectUriType: RedirectUriType | null,
): Promise<Client> {
  const proof = demandedProof({
    redirectUriType,
    isFallbackPublicClient: registered.application.isFallbackPublicClient ?? false,
    credential: request.credential,
    origin,
  })
  return proof === 'prove' ? authenticate() : { ...registered, authenticatedBy: 'nothing' }
}
