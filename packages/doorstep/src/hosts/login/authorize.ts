import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Application } from '../../directory/application.ts'
import { isGuid } from '../../directory/guid.ts'
import type { User } from '../../directory/user.ts'
import { originOf } from '../../protocol/authority.ts'
import {
  type AuthorizationRequest,
  answerChannel,
  parseAuthorizationRequest,
  parseRequestingClient,
} from '../../protocol/authorization-request.ts'
import {
  cancelledResponse,
  errorResponse,
  type ResponseTarget,
  successResponse,
} from '../../protocol/authorization-response.ts'
import { clientInfo } from '../../protocol/claims/user-claims.ts'
import { EntraError, entraError, type RefusalName } from '../../protocol/errors.ts'
import { accountInTenant, homeOf } from '../../protocol/grants/account-in-tenant.ts'
import { type ConsentPermission, shownPermissions } from '../../protocol/listed-permissions.ts'
import { platformTime } from '../../protocol/platform-instant.ts'
import { decideSession, type SignedInAccount } from '../../protocol/prompt.ts'
import { consentChanges } from '../../protocol/record-consent.ts'
import { redirectUriFor, registeredRedirectUris, type TypedRedirectUri } from '../../protocol/redirect-uri.ts'
import { type RequestParameters, readRequestParameters } from '../../protocol/request-parameters.ts'
import { refuseResponseType } from '../../protocol/response-type.ts'
import { issuingTenantId, refuseAccount, refuseSegment } from '../../protocol/sign-in-audience.ts'
import { resolveTenantSegment, type TenantSegment } from '../../protocol/tenant-segment.ts'
import { newOpaqueToken } from '../../tokens/opaque-token.ts'
import { askedOrigin } from '../host.ts'
import type { LoginParts } from './login-parts.ts'
import { accountPickerPage } from './pages/account-picker.ts'
import { adminNeededPage } from './pages/admin-needed.ts'
import { consentPage } from './pages/consent.ts'
import { redirectUriDifference } from './pages/difference.ts'
import { passwordPage } from './pages/password.ts'
import { userNamePage } from './pages/user-name.ts'
import { requestIds } from './response-headers.ts'
import { accountNamed, signedInAccounts } from './sign-in/accounts.ts'
import { type Asking, consentFor, type Presence, presenceOf, refuseWithoutAssignment } from './sign-in/authorization.ts'
import { newAuthorizationCode } from './sign-in/authorization-code.ts'
import { browserCookieOf, cookiesOf, currentSession } from './sign-in/browser-session.ts'
import { browserFingerprint, type SignInFlow } from './sign-in/flow.ts'
import { formOf, leave, showPage, showRefusal, type Visit } from './sign-in/visit.ts'

interface AuthorizeRoute {
  Params: { tenant: string }
  Body: string | undefined
}

/** GET and POST /{tenant}/oauth2/authorize and /{tenant}/oauth2/v2.0/authorize (RFC 6749 §3.1). */
export function authorizeRoutes(app: FastifyInstance, parts: LoginParts): void {
  for (const [url, endpoint] of [
    ['/:tenant/oauth2/v2.0/authorize', 'v2'],
    ['/:tenant/oauth2/authorize', 'v1'],
  ] as const) {
    app.get<AuthorizeRoute>(url, async (request, reply) => {
      const at = request.url.indexOf('?')
      return begin(request, reply, { endpoint, query: at < 0 ? '' : request.url.slice(at + 1) }, parts)
    })
    app.post<AuthorizeRoute>(url, async (request, reply) =>
      begin(request, reply, { endpoint, query: request.body ?? '' }, parts),
    )
  }
}

async function begin(
  request: FastifyRequest<AuthorizeRoute>,
  reply: FastifyReply,
  { endpoint, query }: { readonly endpoint: 'v1' | 'v2'; readonly query: string },
  parts: LoginParts,
): Promise<FastifyReply> {
  const now = parts.clock.now()
  const ids = requestIds(request)
  const cookies = cookiesOf(request.headers.cookie)
  const browser = browserCookieOf(cookies)
  const flow: SignInFlow = {
    purpose: { kind: 'authorize', endpoint, segment: request.params.tenant, query },
    startedAt: now,
    correlationId: ids.correlationId,
    browser: browserFingerprint(browser.value),
  }
  const session = await currentSession(cookies, parts.sessions, now)
  const visit = { request, reply, flow, session, cookies: browser.header ? [browser.header] : [], ids, now }
  return proceedToApplication(visit, parts)
}

/** Refusals that a person is shown though the redirect URI is known to be right. */
const shownAsPage: ReadonlySet<RefusalName> = new Set<RefusalName>([
  'userNotInTenant',
  'userNotAssigned',
  'personalAccountNotAllowed',
  'applicationNotFound',
])

/**
 * Takes an authorization request as far as it goes without a person: to the application, or to the page that asks what
 * is missing. It is decided anew after each page, so no step can be skipped or repeated to effect.
 */
export async function proceedToApplication(visit: Visit, parts: LoginParts): Promise<FastifyReply> {
  return withRefusals(visit, parts, (answerable) => answerRequest(visit, answerable, parts))
}

/** Does a piece of work for the application that asks; refusals go to it, or where that may not be to the person. */
async function withRefusals(
  visit: Visit,
  parts: LoginParts,
  work: (answerable: Answerable) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const { purpose } = visit.flow
  if (purpose.kind !== 'authorize') throw new Error('Only an authorization request leads to an application.')
  const parameters = readRequestParameters(purpose.query)
  try {
    const segment = await resolveTenantSegment(purpose.segment, parts.tenants)
    const client = await requestingClient(parameters, segment, parts)
    const target = { ...answerChannel(parameters), redirectUri: client.sentRedirectUri }
    try {
      return await work({ ...client, target, segment, parameters, endpoint: purpose.endpoint })
    } catch (error) {
      if (!(error instanceof EntraError) || shownAsPage.has(error.refusal)) throw error
      return leave(visit, errorResponse(target, error, refusalContext(visit)))
    }
  } catch (error) {
    if (!(error instanceof EntraError)) throw error
    return showRefusal(visit, error, await differencesOf(error, parameters, parts))
  }
}

/** The person left before signing in. */
export function leaveCancelled(visit: Visit, parts: LoginParts): Promise<FastifyReply> {
  return withRefusals(visit, parts, async ({ target }) => leave(visit, cancelledResponse(target)))
}

/** The person said no to what the application asks for. */
export function declineConsent(visit: Visit, parts: LoginParts): Promise<FastifyReply> {
  return withRefusals(visit, parts, async () => {
    throw entraError('consentDeclined')
  })
}

/** Records what the person agreed to, for himself or as an administrator for everybody, and goes on. */
export function giveConsent(visit: Visit, forEverybody: boolean, parts: LoginParts): Promise<FastifyReply> {
  return withRefusals(visit, parts, async (answerable) => {
    const accounts = await signedInAccounts(visit.session, parts)
    const signedIn = accounts.find(({ account }) => account.homeUserId === visit.flow.chosen?.userId)
    if (!signedIn) return answerRequest(visit, answerable, parts)
    const { application, segment, parameters, endpoint } = answerable
    const request = parseAuthorizationRequest(parameters, endpoint)
    const { tenant, user } = await userInTenant(signedIn, segment, application, parts)
    const asking: Asking = { application, tenant, user, request, consentAnswered: false }
    const presence = await presenceOf(asking, parts)
    const consent = await consentFor(asking, presence, parts)
    if (consent.kind === 'ask') {
      const isForAll =
        consent.grantsFor === 'organization' || (consent.grantsFor === 'userOrOrganization' && forEverybody)
      const principalId = isForAll ? null : user.id
      await parts.commit([
        ...presence.changes,
        ...(await recorded(consent.permissions, principalId, asking, presence, visit, parts)),
      ])
    }
    return answerRequest({ ...visit, flow: { ...visit.flow, consentAnswered: true } }, answerable, parts)
  })
}

async function recorded(
  permissions: readonly ConsentPermission[],
  principalId: string | null,
  { tenant }: Asking,
  { servicePrincipal }: Presence,
  { now }: Visit,
  parts: LoginParts,
) {
  return consentChanges({
    tenantId: tenant.id,
    servicePrincipalId: servicePrincipal.id,
    principalId,
    permissions,
    permissionGrants: await parts.permissionGrants.byClient(servicePrincipal.id),
    appRoleAssignments: await parts.appRoleAssignments.byPrincipal(servicePrincipal.id),
    now: new Date(now).toISOString(),
    newId: parts.newId,
  })
}

function refusalContext({ request, ids, now }: Visit) {
  return { ...ids, timestamp: platformTime(now), origin: originOf(askedOrigin(request.raw)) }
}

/** What a person can compare: the redirect URI that was sent with those that are registered. */
async function differencesOf(refusal: EntraError, parameters: RequestParameters, { applications }: LoginParts) {
  const sent = parameters.value('redirect_uri')
  if (refusal.refusal !== 'redirectUriMismatch' || sent === undefined) return []
  const application = await applications.byAppId((parameters.value('client_id') ?? '').toLowerCase())
  return application
    ? [
        redirectUriDifference(
          sent,
          registeredRedirectUris(application).map(({ uri }) => uri),
        ),
      ]
    : []
}

interface RequestingApplication {
  readonly application: Application
  readonly redirectUri: TypedRedirectUri
  /** As the request wrote it: the answer goes there, and redemption must repeat it letter for letter. */
  readonly sentRedirectUri: string
}

/** What must be right before anything is redirected: the application, and where it wants the answer. */
async function requestingClient(
  parameters: RequestParameters,
  segment: TenantSegment,
  parts: LoginParts,
): Promise<RequestingApplication> {
  const { clientId, redirectUri } = parseRequestingClient(parameters)
  const application = isGuid(clientId) ? await parts.applications.byAppId(clientId.toLowerCase()) : undefined
  if (!application) {
    const tenant = segment.kind === 'tenant' ? segment.tenant.displayName : 'Microsoft Accounts'
    throw entraError('applicationNotFound', { appId: clientId, tenant })
  }
  const registered = redirectUriFor(redirectUri, application)
  return { application, redirectUri: registered, sentRedirectUri: redirectUri ?? registered.uri }
}

interface Answerable extends RequestingApplication {
  readonly target: ResponseTarget
  readonly endpoint: 'v1' | 'v2'
  readonly segment: TenantSegment
  readonly parameters: RequestParameters
}

async function answerRequest(visit: Visit, answerable: Answerable, parts: LoginParts): Promise<FastifyReply> {
  const { application, segment, parameters } = answerable
  const { startedAt, chosen } = visit.flow
  const request = parseAuthorizationRequest(parameters, answerable.endpoint)
  refuseSegment(application, segment)
  refuseResponseType(request.responseType, application)
  if (request.responseType.idToken || request.responseType.accessToken) throw entraError('responseTypeUnsupported')
  const accounts = await signedInAccounts(visit.session, parts)
  const isChosen = ({ account }: SignedInAccount) => account.homeUserId === chosen?.userId
  const decision = decideSession({
    request,
    segment,
    accounts,
    chosen: chosen && accounts.find(isChosen),
    startedAt,
    now: visit.now,
  })
  switch (decision.kind) {
    case 'refuse':
      throw decision.error
    case 'signIn':
      return showSignIn(visit, application, decision.hint, parts)
    case 'pickAccount':
      return showAccounts(visit, application, decision.accounts, parts)
    case 'use':
      return answerFor(decision.account, visit, { ...answerable, request }, parts)
  }
}

/** The first page, or with a known user name the second. */
async function showSignIn(
  visit: Visit,
  application: Application,
  hint: string | undefined,
  parts: LoginParts,
): Promise<FastifyReply> {
  const known = hint === undefined ? undefined : await accountNamed(hint, parts)
  if (!known) {
    const form = formOf(visit, 'userName', parts)
    const view = { ...form, application: application.displayName, canCancel: true }
    return showPage(visit, (nonce) => userNamePage({ nonce, ...view, ...(hint !== undefined && { userName: hint }) }))
  }
  const userName = known.user.userPrincipalName
  const form = formOf({ ...visit, flow: { ...visit.flow, userName } }, 'password', parts)
  return showPage(visit, (nonce) => passwordPage({ nonce, ...form, userName, application: application.displayName }))
}

function showAccounts(
  visit: Visit,
  application: Application,
  accounts: readonly SignedInAccount[],
  parts: LoginParts,
): FastifyReply {
  const pickable = accounts.map(({ account, userPrincipalName }) => ({
    key: account.homeUserId,
    displayName: userPrincipalName,
    userName: userPrincipalName,
    isSignedIn: true,
  }))
  const view = { ...formOf(visit, 'pick', parts), application: application.displayName, accounts: pickable }
  return showPage(visit, (nonce) => accountPickerPage({ nonce, purpose: 'signIn', ...view }))
}

interface ParsedRequest extends Answerable {
  readonly request: AuthorizationRequest
}

/** With an account: may it, is consent there, and then the answer. */
async function answerFor(
  signedIn: SignedInAccount,
  visit: Visit,
  parsed: ParsedRequest,
  parts: LoginParts,
): Promise<FastifyReply> {
  const { application, segment, request, target, redirectUri } = parsed
  const { tenant, user } = await userInTenant(signedIn, segment, application, parts)
  const asking: Asking = {
    application,
    tenant,
    user,
    request,
    consentAnswered: visit.flow.consentAnswered ?? false,
  }
  const presence = await presenceOf(asking, parts)
  await refuseWithoutAssignment(asking, presence, parts)
  const consent = await consentFor(asking, presence, parts)
  if (consent.kind !== 'granted') {
    const view = {
      ...formOf({ ...visit, flow: { ...visit.flow, chosen: chosenOf(signedIn) } }, 'consent', parts),
      userName: user.userPrincipalName,
      permissions: shownPermissions(consent.permissions),
    }
    if (consent.kind === 'adminNeeded') {
      return showPage(visit, (nonce) => adminNeededPage({ nonce, ...view, application: application.displayName }))
    }
    const about = { name: application.displayName }
    const { grantsFor } = consent
    const organization = tenant.displayName
    return showPage(visit, (nonce) => consentPage({ nonce, ...view, application: about, grantsFor, organization }))
  }
  const code = newAuthorizationCode(asking, signedIn, {
    redirectUri,
    sentRedirectUri: parsed.sentRedirectUri,
    segment: visit.flow.purpose.kind === 'authorize' ? visit.flow.purpose.segment.toLowerCase() : tenant.id,
    text: newOpaqueToken(),
    now: visit.now,
  })
  await parts.commit([
    ...presence.changes,
    ...(await recorded(consent.unrecorded, user.id, asking, presence, visit, parts)),
    { change: 'addAuthorizationCode', code: code.record },
  ])
  const issued = {
    code: code.text,
    sessionState: signedIn.sessionId,
    isInstanceAware: request.isInstanceAware,
    ...(request.wantsClientInfo && { clientInfo: clientInfo(user) }),
  }
  return leave(visit, successResponse({ ...target, mode: request.responseMode }, issued))
}

const chosenOf = ({ account }: SignedInAccount) => ({
  tenantId: account.homeTenantId,
  userId: account.homeUserId,
})

/** @throws {EntraError} 50020, 500200 or 700016 when the account may not use the application there. */
async function userInTenant(
  { account }: SignedInAccount,
  segment: TenantSegment,
  application: Application,
  parts: LoginParts,
) {
  const tenant = await parts.tenants.byId(issuingTenantId(segment, account.homeTenantId))
  const home = await parts.users.byId(account.homeUserId)
  if (!tenant || !home) throw entraError('noSession')
  const user: User | undefined = await accountInTenant(homeOf(home), tenant, parts.users)
  refuseAccount(application, tenant, { homeTenantId: account.homeTenantId, isInTenant: user !== undefined })
  if (!user) throw entraError('noSession')
  return { tenant, user }
}
