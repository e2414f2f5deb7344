import type { UserClient } from '../person/user-client.ts'
import type { UserRequest } from '../person/user-request.ts'
import type { ProviderMetadata } from '../provider/provider-metadata.ts'

/** What ties an answer to the sign-in that it answers. Nobody else may know any of it. */
export interface SignInSecrets {
  readonly state: string
  readonly nonce: string
  /** RFC 7636 §4.1. */
  readonly codeVerifier: string
}

/** New ones, 256 bits each. */
export function signInSecrets(): SignInSecrets {
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  const secret = () => randomBytes(32).toString('base64url')
  return { state: secret(), nonce: secret(), codeVerifier: secret() }
}

export interface AuthorizationRequestDetails {
  readonly redirectUri: string
  readonly responseMode: 'query' | 'form_post'
  readonly loginHint: string | undefined
  readonly prompt: string | undefined
}

/** The address that the person is sent to: the authorization-code flow with PKCE, RFC 6749 §4.1.1 and RFC 7636 §4.3. */
export function authorizationAddress(
  client: UserClient,
  request: UserRequest,
  { authorizationEndpoint }: ProviderMetadata,
  { state, nonce, codeVerifier }: SignInSecrets,
  { redirectUri, responseMode, loginHint, prompt }: AuthorizationRequestDetails,
): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  const parameters = {
    client_id: client.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    response_mode: responseMode,
    scope: request.scope,
    resource: request.resource,
    state,
    nonce,
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    client_info: client.discoveryUrl === undefined ? '1' : undefined,
    claims: request.claims,
    acr_values: request.stepUp?.acrValues,
    max_age: request.stepUp?.maxAgeSeconds?.toString(),
    login_hint: loginHint,
    prompt,
  }
  const address = new URL(authorizationEndpoint)
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) address.searchParams.set(name, value)
  return address.href
}
