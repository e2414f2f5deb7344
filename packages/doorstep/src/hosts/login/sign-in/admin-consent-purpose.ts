import type { FastifyReply } from 'fastify'
import type { Application } from '../../../directory/application.ts'
import { isGuid } from '../../../directory/guid.ts'
import { parseRequestingClient } from '../../../protocol/authorization-request.ts'
import {
  adminConsentResponse,
  cancelledResponse,
  errorResponse,
  type ResponseTarget,
} from '../../../protocol/authorization-response.ts'
import { entraError } from '../../../protocol/errors.ts'
import { redirectUriFor, registeredRedirectUris } from '../../../protocol/redirect-uri.ts'
import { type RequestParameters, readRequestParameters } from '../../../protocol/request-parameters.ts'
import { parseRequestedScopes } from '../../../protocol/requested-scopes.ts'
import { refuseSegment } from '../../../protocol/sign-in-audience.ts'
import { resolveTenantSegment, type TenantSegment } from '../../../protocol/tenant-segment.ts'
import type { LoginParts } from '../login-parts.ts'
import { adminConsentDonePage } from '../pages/admin-consent-done.ts'
import { refusalContext, unknownApplication } from './authorization-purpose.ts'
import type { SignInFlow } from './flow.ts'
import type { AskedOfPerson, GrantedSignIn, SignInPurpose } from './purpose.ts'
import { leave, showPage, showRefusal, type Visit } from './visit.ts'

type AdminConsentFlow = Exclude<SignInFlow['purpose'], { readonly kind: 'device' }>

/**
 * An administrator is asked to consent for everybody ("Admin consent on the Microsoft identity platform"): v1.0 to all
 * that the registration lists, v2.0 to what `scope` names. The result goes to a redirect URI; an application without
 * one gets a page instead.
 * @throws {EntraError} what must be right before anything is redirected: 90002, 900023, 900144, 700016, 90102 or 50011.
 */
export async function adminConsentPurpose(flow: AdminConsentFlow, parts: LoginParts): Promise<SignInPurpose> {
  const parameters = readRequestParameters(flow.query)
  const segment = await resolveTenantSegment(flow.segment, parts.tenants)
  const { clientId, redirectUri } = parseRequestingClient(parameters)
  const application = await applicationNamed(clientId, segment, parts)
  const target = targetOf(application, redirectUri, parameters)
  return {
    application,
    segment,
    asked: () => askedOfAdministrator(application, segment, parameters, flow.endpoint),
    complete: async (visit, granted) => {
      await parts.commit(granted.changes)
      return showResult(visit, granted, { application, target, scope: parameters.value('scope') })
    },
    refuse: async (visit, refusal) =>
      target
        ? leave(visit, errorResponse(target, refusal, { ...refusalContext(visit), isAdminConsent: true }))
        : showRefusal(visit, refusal),
    cancel: async (visit) =>
      target ? leave(visit, cancelledResponse(target)) : showRefusal(visit, entraError('consentDeclined')),
  }
}

/** By client id, or by an identifier URI of an API that the tenant has. */
async function applicationNamed(clientId: string, segment: TenantSegment, parts: LoginParts): Promise<Application> {
  const appId = isGuid(clientId) ? clientId.toLowerCase() : await appIdOfIdentifier(clientId, segment, parts)
  const application = appId === undefined ? undefined : await parts.applications.byAppId(appId)
  if (!application) throw unknownApplication(clientId, segment)
  return application
}

async function appIdOfIdentifier(identifier: string, segment: TenantSegment, { servicePrincipals }: LoginParts) {
  if (segment.kind !== 'tenant') return undefined
  return (await servicePrincipals.byResourceIdentifier(segment.tenant.id, identifier))?.appId
}

function targetOf(
  application: Application,
  redirectUri: string | undefined,
  parameters: RequestParameters,
): ResponseTarget | undefined {
  if (redirectUri === undefined && registeredRedirectUris(application).length === 0) return undefined
  const registered = redirectUriFor(redirectUri, application)
  return { mode: 'query', redirectUri: redirectUri ?? registered.uri, state: parameters.verbatim('state') }
}

function askedOfAdministrator(
  application: Application,
  segment: TenantSegment,
  parameters: RequestParameters,
  endpoint: 'v1' | 'v2',
): AskedOfPerson {
  refuseSegment(application, segment)
  const scope = parameters.value('scope')
  if (endpoint === 'v2' && scope === undefined) throw entraError('parameterMissing', { parameter: 'scope' })
  return {
    endpoint,
    requested: endpoint === 'v2' ? parseRequestedScopes(scope ?? '') : { openId: new Set(), resources: [] },
    prompt: 'admin_consent',
    loginHint: parameters.value('login_hint'),
    sid: undefined,
    domainHint: parameters.value('domain_hint'),
    maxAge: undefined,
  }
}

interface Result {
  readonly application: Application
  readonly target: ResponseTarget | undefined
  readonly scope: string | undefined
}

function showResult(visit: Visit, { tenant }: GrantedSignIn, { application, target, scope }: Result): FastifyReply {
  if (target) return leave(visit, adminConsentResponse(target, { tenantId: tenant.id, scope }))
  const view = { application: application.displayName, organization: tenant.displayName }
  return showPage(visit, (nonce) => adminConsentDonePage({ nonce, ...view }))
}
