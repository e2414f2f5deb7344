import { SignInError } from '../errors.ts'
import { requestForUser, requestSettings, type UserClient } from '../person/user-client.ts'
import type { UserRequest } from '../person/user-request.ts'
import { readAuthorityDocument } from '../provider/authority-document.ts'
import { verifyIdToken } from '../provider/id-token.ts'
import type { ProviderMetadata } from '../provider/provider-metadata.ts'
import type { UserTokens } from '../token-endpoint/token-request.ts'
import type { AuthorizationAnswer } from './authorization-answer.ts'
import type { SignInSecrets } from './authorization-request.ts'

/** A sign-in that waits for its answer. */
export interface PendingSignIn {
  readonly client: UserClient
  readonly request: UserRequest
  readonly metadata: ProviderMetadata
  readonly secrets: SignInSecrets
  readonly redirectUri: string
  readonly signal: AbortSignal
}

/**
 * Turns an answer into tokens: redeems the code, RFC 6749 §4.1.3, and checks the ID token that comes with them.
 * @throws {SignInError} when the answer is a refusal, or proves not to be the issuer's
 * @throws {TokenRequestError} when the authority does not take the code
 */
export async function redeem(signIn: PendingSignIn, answer: AuthorizationAnswer): Promise<UserTokens> {
  if ('refusal' in answer) throw answer.refusal
  requireIssuer(answer.issuer, signIn.metadata)
  const { client, request, secrets, redirectUri, signal } = signIn
  const grant = {
    grant_type: 'authorization_code',
    code: answer.code,
    redirect_uri: redirectUri,
    code_verifier: secrets.codeVerifier,
  }
  const tokens = await requestForUser(client, request, grant, signal)
  return checked(signIn, tokens)
}

/** Against answers that another authority sent (mix-up), RFC 9207 §2.4. */
function requireIssuer(named: string | undefined, { issuer, answersNameIssuer }: ProviderMetadata): void {
  if (named === undefined ? !answersNameIssuer : named === issuer || issuer.includes('{tenantid}')) return
  throw new SignInError('untrustedAnswer', `The sign-in was not accepted: its answer does not come from ${issuer}.`)
}

async function checked(signIn: PendingSignIn, tokens: UserTokens): Promise<UserTokens> {
  const { client, request, metadata, secrets, signal } = signIn
  const isVersion1 = request.version === 'v1.0'
  if (tokens.idToken === undefined) {
    if (isVersion1) return tokens // openid is not known to every v1.0 endpoint; state and PKCE hold without it
    throw new SignInError('untrustedAnswer', 'The sign-in was not accepted: the authority sent no ID token.')
  }
  await verifyIdToken(tokens.idToken, {
    issuer: metadata.issuer,
    clientId: client.clientId,
    nonce: secrets.nonce,
    mayBeUnsigned: isVersion1,
    now: Date.now(),
    keys: () => readAuthorityDocument(metadata.keysUrl, requestSettings(client, signal)),
  })
  return tokens
}
