import type { FastifyReply } from 'fastify'
import type { Application } from '../../../directory/application.ts'
import { decidedAgain } from '../../../directory/decided-again.ts'
import { isGuid } from '../../../directory/guid.ts'
import { issuerOf, originOf } from '../../../protocol/authority.ts'
import {
  type AuthorizationRequest,
  answerChannel,
  parseAuthorizationRequest,
  parseRequestingClient,
} from '../../../protocol/authorization-request.ts'
import {
  cancelledResponse,
  errorResponse,
  type ResponseTarget,
  successResponse,
} from '../../../protocol/authorization-response.ts'
import { clientInfo } from '../../../protocol/claims/user-claims.ts'
import { entraError } from '../../../protocol/errors.ts'
import { platformTime } from '../../../protocol/platform-instant.ts'
import { redirectUriFor, type TypedRedirectUri } from '../../../protocol/redirect-uri.ts'
import { type RequestParameters, readRequestParameters } from '../../../protocol/request-parameters.ts'
import { refuseResponseType } from '../../../protocol/response-type.ts'
import { sessionUsedBy } from '../../../protocol/session-clients.ts'
import { refuseSegment } from '../../../protocol/sign-in-audience.ts'
import type { SessionClient } from '../../../protocol/sign-in-records.ts'
import { resolveTenantSegment, type TenantSegment } from '../../../protocol/tenant-segment.ts'
import { newOpaqueToken } from '../../../tokens/opaque-token.ts'
import { askedOrigin } from '../../host.ts'
import type { LoginParts } from '../login-parts.ts'
import { newAuthorizationCode } from './authorization-code.ts'
import type { SignInFlow } from './flow.ts'
import { issueAtOnce } from './issue-at-once.ts'
import type { GrantedSignIn, SignInPurpose } from './purpose.ts'
import { leave, type Visit } from './visit.ts'

type AuthorizeFlow = Exclude<SignInFlow['purpose'], { readonly kind: 'device' }>

/** The application that asks, and where its answer goes. */
export interface RequestingApplication {
  readonly application: Application
  readonly segment: TenantSegment
  readonly redirectUri: TypedRedirectUri
  /** As the request wrote it: the answer goes there, and redemption must repeat it letter for letter. */
  readonly sentRedirectUri: string
}

/**
 * An authorization request: an application wants a code, or tokens at once.
 * @throws {EntraError} what must be right before anything is redirected: 90002, 900023, 900144, 700016, 90102, 500113
 * or 50011.
 */
export async function authorizationPurpose(flow: AuthorizeFlow, parts: LoginParts): Promise<SignInPurpose> {
  const parameters = readRequestParameters(flow.query)
  const segment = await resolveTenantSegment(flow.segment, parts.tenants)
  const requesting = await requestingApplication(parameters, segment, parts)
  const { application } = requesting
  const target: ResponseTarget = { ...answerChannel(parameters), redirectUri: requesting.sentRedirectUri }
  let parsed: AuthorizationRequest | undefined
  const asked = () => {
    parsed ??= acceptedRequest(parameters, flow.endpoint, requesting)
    return parsed
  }
  return {
    application,
    segment,
    asked,
    complete: (visit, granted) => answer(visit, granted, { ...requesting, flow, request: asked(), target }, parts),
    refuse: async (visit, refusal) => leave(visit, errorResponse(target, refusal, refusalContext(visit))),
    cancel: async (visit) => leave(visit, cancelledResponse(target)),
  }
}

/** What ties a refusal that leaves for the application to the log. */
export function refusalContext({ request, ids, now }: Visit) {
  return { ...ids, timestamp: platformTime(now), origin: originOf(askedOrigin(request.raw)) }
}

async function requestingApplication(
  parameters: RequestParameters,
  segment: TenantSegment,
  parts: LoginParts,
): Promise<RequestingApplication> {
  const { clientId, redirectUri } = parseRequestingClient(parameters)
  const application = isGuid(clientId) ? await parts.applications.byAppId(clientId.toLowerCase()) : undefined
  if (!application) throw unknownApplication(clientId, segment)
  const registered = redirectUriFor(redirectUri, application)
  return { application, segment, redirectUri: registered, sentRedirectUri: redirectUri ?? registered.uri }
}

/** 700016, in the words for the tenant that was asked. */
export function unknownApplication(clientId: string, segment: TenantSegment) {
  const tenant = segment.kind === 'tenant' ? segment.tenant.displayName : 'Microsoft Accounts'
  return entraError('applicationNotFound', { appId: clientId, tenant })
}

function acceptedRequest(
  parameters: RequestParameters,
  endpoint: 'v1' | 'v2',
  { application, segment }: RequestingApplication,
): AuthorizationRequest {
  const request = parseAuthorizationRequest(parameters, endpoint)
  refuseSegment(application, segment)
  refuseResponseType(request.responseType, application)
  return request
}

interface Answering extends RequestingApplication {
  readonly flow: AuthorizeFlow
  readonly request: AuthorizationRequest
  readonly target: ResponseTarget
}

/** Code first, since it is written together with what else the sign-in changes; tokens read what was written. */
async function answer(
  visit: Visit,
  granted: GrantedSignIn,
  { application, request, target, flow, redirectUri, sentRedirectUri }: Answering,
  parts: LoginParts,
): Promise<FastifyReply> {
  const code = request.responseType.code
    ? newAuthorizationCode({ application, request, ...granted }, granted.signedIn, {
        redirectUri,
        sentRedirectUri,
        segment: flow.segment.toLowerCase(),
        text: newOpaqueToken(),
        now: visit.now,
      })
    : undefined
  await parts.commit([
    ...granted.changes,
    ...(code ? [{ change: 'addAuthorizationCode' as const, code: code.record }] : []),
  ])
  await noteUse(visit, granted, clientOf(visit, granted, flow, application), parts)
  const tokens = await issueAtOnce(visit, granted, { application, request, code: code?.text }, parts)
  const issued = {
    ...(code && { code: code.text }),
    ...tokens,
    sessionState: granted.signedIn.sessionId,
    isInstanceAware: request.isInstanceAware,
    hasAdminConsent: request.prompt === 'admin_consent',
    ...(request.wantsClientInfo && { clientInfo: clientInfo(granted.user) }),
  }
  return leave(visit, successResponse({ ...target, mode: request.responseMode }, issued))
}

/**
 * Remembers in the session that the application was told of the account, so that it hears of the end of the session.
 * By itself, since several sign-ins of one session may do so at the same moment.
 */
async function noteUse(
  { session }: Visit,
  { signedIn }: GrantedSignIn,
  client: SessionClient,
  parts: LoginParts,
): Promise<void> {
  const { homeUserId } = signedIn.account
  if (!session || !sessionUsedBy(session, homeUserId, client)) return
  await decidedAgain(async () => {
    const before = await parts.sessions.byId(session.id)
    const used = before && sessionUsedBy(before, homeUserId, client)
    if (used) await parts.commit([{ change: 'updateSession', session: used, before }])
  })
}

/** The application as it hears of the end of the session: from the issuer of what it gets now. */
function clientOf({ request }: Visit, { tenant }: GrantedSignIn, { endpoint }: AuthorizeFlow, { appId }: Application) {
  return { appId, issuer: issuerOf(askedOrigin(request.raw), tenant.id, endpoint) }
}
