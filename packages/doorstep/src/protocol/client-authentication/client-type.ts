import { entraError } from '../errors.ts'
import type { RedirectUriType } from '../sign-in-records.ts'
import type { PresentedCredential } from '../token-request.ts'

/** What decides how a client proves itself in a user's grant. */
export interface ClientSituation {
  /** The type of the redirect URI the grant came through; null where there was none. */
  readonly redirectUriType: RedirectUriType | null
  /** `isFallbackPublicClient` of the registration; counts only where there was no redirect URI. */
  readonly isFallbackPublicClient: boolean
  readonly credential: PresentedCredential
  /** The `Origin` header. */
  readonly origin: string | undefined
}

/**
 * Whether the client's credential is to be checked (`prove`) or none is wanted. It is the type of the redirect URI,
 * not the application, that demands and forbids ("Redirect URI (reply URL) restrictions and limitations"): web proves
 * itself, a page is cross-origin and bound by PKCE instead, a program has no secret.
 * @throws {EntraError} 7000218 without a credential where one is demanded, 700025 or 90023 with one where none is
 * taken, 9002326 or 9002327 for a wrong Origin.
 */
export function demandedProof(situation: ClientSituation): 'prove' | 'nothing' {
  const { redirectUriType, credential, origin } = situation
  const presents = credential.method !== 'none'
  if (redirectUriType === 'spa') {
    if (origin === undefined) throw entraError('crossOriginRequired')
    if (presents) throw entraError('pageSentCredential')
    return 'nothing'
  }
  if (redirectUriType !== null && origin !== undefined) throw entraError('crossOriginNotPermitted', { origin })
  const isPublic = redirectUriType === 'publicClient' || (redirectUriType === null && situation.isFallbackPublicClient)
  if (isPublic && presents) throw entraError('clientIsPublic')
  if (!isPublic && !presents) throw entraError('clientProofMissing')
  return isPublic ? 'nothing' : 'prove'
}
