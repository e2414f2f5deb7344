import type { Application } from '../../../directory/application.ts'
import type { Tenant } from '../../../directory/tenant.ts'
import type { User } from '../../../directory/user.ts'
import type { AuthorizationRequest } from '../../../protocol/authorization-request.ts'
import { opaqueTokenId } from '../../../protocol/opaque-token.ts'
import type { SignedInAccount } from '../../../protocol/prompt.ts'
import type { TypedRedirectUri } from '../../../protocol/redirect-uri.ts'
import type { AuthorizationCode } from '../../../protocol/sign-in-records.ts'

const lifetimeMilliseconds = 10 * 60_000

/** What a code stands for. */
interface GrantedRequest {
  readonly application: Application
  readonly tenant: Tenant
  readonly user: User
  readonly request: AuthorizationRequest
}

interface CodeFacts {
  readonly redirectUri: TypedRedirectUri
  /** As the request wrote it: redemption must repeat it letter for letter. */
  readonly sentRedirectUri: string
  readonly segment: string
  readonly text: string
  readonly now: number
}

/** A code and how it is kept: ten minutes, once, bound to all that was asked (RFC 6749 §4.1.2). */
export function newAuthorizationCode(
  { application, tenant, user, request }: GrantedRequest,
  { account, sessionId }: SignedInAccount,
  { redirectUri, sentRedirectUri, segment, text, now }: CodeFacts,
): { readonly text: string; readonly record: AuthorizationCode } {
  const record: AuthorizationCode = {
    id: opaqueTokenId(text),
    clientAppId: application.appId,
    tenantId: tenant.id,
    userId: user.id,
    method: account.method,
    authenticatedAt: account.authenticatedAt,
    sessionId,
    redirectUri: sentRedirectUri,
    redirectUriType: redirectUri.type,
    codeChallenge: request.codeChallenge,
    scopes: request.scopes,
    resource: request.resource,
    nonce: request.nonce ?? null,
    segment,
    expiresAt: now + lifetimeMilliseconds,
  }
  return { text, record }
}
