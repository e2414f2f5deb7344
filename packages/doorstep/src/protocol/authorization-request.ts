import { foldedIdentifier } from '../directory/service-principal.ts'
import { entraError } from './errors.ts'
import { parseCodeChallenge } from './pkce.ts'
import type { RequestParameters } from './request-parameters.ts'
import { parseRequestedScopes, type RequestedScopes, scopeValues } from './requested-scopes.ts'
import {
  answerMode,
  parseResponseMode,
  parseResponseType,
  type ResponseMode,
  type ResponseType,
} from './response-type.ts'
import type { CodeChallenge } from './sign-in-records.ts'

/** Who asks and where the answer shall go: what must be right before anything is redirected. */
export interface RequestingClient {
  /** As sent, not yet looked up. */
  readonly clientId: string
  readonly redirectUri: string | undefined
}

/** How the client hears of a refusal, whatever else is wrong with its request. */
export interface AnswerChannel {
  readonly mode: ResponseMode
  /** Letter for letter. */
  readonly state: string | undefined
}

/** What is done with sessions; `create` (sign-up) is a sign-in here, `admin_consent` is v1.0's. */
export type Prompt = 'login' | 'none' | 'consent' | 'select_account' | 'admin_consent'

/** An authorization request in one form, whichever dialect it came in. */
export interface AuthorizationRequest extends RequestingClient {
  readonly endpoint: 'v1' | 'v2'
  readonly responseType: ResponseType
  readonly responseMode: ResponseMode
  readonly state: string | undefined
  readonly nonce: string | undefined
  /** Scopes as written; empty on v1.0. */
  readonly scopes: readonly string[]
  /** The same in parts; on v1.0 the API that `resource` names, with all that the registration lists. */
  readonly requested: RequestedScopes
  /** `resource` of a v1.0 request. */
  readonly resource: string | null
  readonly prompt: Prompt | undefined
  readonly loginHint: string | undefined
  readonly domainHint: string | undefined
  readonly sid: string | undefined
  /** Seconds. */
  readonly maxAge: number | undefined
  readonly codeChallenge: CodeChallenge | null
  /** What the client can do, by the claim `xms_cc` it asks for; `cp1` announces continuous access evaluation. */
  readonly clientCapabilities: readonly string[]
  readonly wantsClientInfo: boolean
  /** Whether the answer names the hosts of the cloud. */
  readonly isInstanceAware: boolean
}

/**
 * The first step. Its refusals are shown as a page.
 * @throws {EntraError} 900144 without client_id, 9002313 when client_id or redirect_uri come twice.
 */
export function parseRequestingClient(parameters: RequestParameters): RequestingClient {
  if (parameters.isRepeated('client_id') || parameters.isRepeated('redirect_uri')) throw entraError('requestMalformed')
  return { clientId: required(parameters, 'client_id'), redirectUri: parameters.value('redirect_uri') }
}

/** Where refusals of the second step go, once the redirect URI is known to be right. Refuses nothing itself. */
export function answerChannel(parameters: RequestParameters): AnswerChannel {
  return {
    mode: answerMode(parameters.value('response_mode'), parameters.value('response_type')),
    state: parameters.verbatim('state'),
  }
}

/**
 * The second step: the whole request, as the v1.0 or v2.0 endpoint reads it (RFC 6749 §4.1.1, OpenID Connect Core
 * §3.1.2.1). Unknown parameters are ignored. All its refusals but those of the first step are redirected.
 * @throws {EntraError} 9002313, 900144, 70005, 70007, 70011, 9010010, 500013, 90014, 90023, 90005, 901002, 90100,
 * 50147, 50149 or 501491.
 */
export function parseAuthorizationRequest(parameters: RequestParameters, endpoint: 'v1' | 'v2'): AuthorizationRequest {
  const client = parseRequestingClient(parameters)
  if (parameters.isRepeated()) throw entraError('requestMalformed')
  refuseRequestObject(parameters)
  const responseType = parseResponseType(required(parameters, 'response_type'))
  return {
    ...client,
    endpoint,
    responseType,
    responseMode: parseResponseMode(parameters.value('response_mode'), responseType),
    state: parameters.verbatim('state'),
    ...(endpoint === 'v1' ? readResource(parameters, responseType) : readScope(parameters, responseType)),
    nonce: readNonce(parameters, responseType),
    prompt: parsePrompt(parameters.value('prompt'), endpoint),
    ...readHints(parameters),
    codeChallenge: parseCodeChallenge(parameters.value('code_challenge'), parameters.value('code_challenge_method')),
    maxAge: parseMaxAge(parameters.value('max_age')),
    clientCapabilities: parseClientCapabilities(parameters.value('claims')),
    wantsClientInfo: parameters.value('client_info') === '1',
    isInstanceAware: parameters.value('instance_aware')?.toLowerCase() === 'true',
  }
}

function required(parameters: RequestParameters, parameter: string): string {
  const value = parameters.value(parameter)
  if (value === undefined) throw entraError('parameterMissing', { parameter })
  return value
}

/** Refused rather than ignored: what stands in the object would be lost (OpenID Connect Core §6). */
function refuseRequestObject(parameters: RequestParameters): void {
  const parameter = ['request', 'request_uri'].find((name) => parameters.value(name) !== undefined)
  if (parameter !== undefined) throw entraError('parameterNotSupported', { parameter })
}

type WhatIsAsked = Pick<AuthorizationRequest, 'scopes' | 'requested' | 'resource'>

/** v1.0: `resource` names the API, which may wait for the token request; `scope` means nothing but `openid`. */
function readResource(parameters: RequestParameters, { accessToken }: ResponseType): WhatIsAsked {
  const resource = parameters.value('resource') ?? null
  if (resource === null && accessToken) throw entraError('resourceMissing')
  const asksOpenId = scopeValues(parameters.value('scope')?.toLowerCase() ?? '').includes('openid')
  return {
    scopes: [],
    resource,
    requested: {
      openId: new Set(asksOpenId ? (['openid'] as const) : []),
      resources: resource === null ? [] : [{ identifier: resource, form: 'full', scopes: 'default' }],
    },
  }
}

/** v2.0: `scope`, which may name several APIs here; a `resource` beside it must be one of them. */
function readScope(parameters: RequestParameters, { idToken }: ResponseType): WhatIsAsked {
  const scope = required(parameters, 'scope')
  const requested = parseRequestedScopes(scope)
  if (idToken && !requested.openId.has('openid')) throw entraError('openIdScopeRequired', { scope })
  const resource = parameters.value('resource')
  if (resource !== undefined) {
    const named = requested.resources.map(({ identifier }) => foldedIdentifier(identifier))
    if (!named.includes(foldedIdentifier(resource))) throw entraError('resourceDoesNotMatchScope')
  }
  return { scopes: scopeValues(scope), requested, resource: null }
}

/** An id_token that passes through the browser must be bound to the request (OpenID Connect Core §3.2.2.1). */
function readNonce(parameters: RequestParameters, { idToken }: ResponseType): string | undefined {
  const nonce = parameters.verbatim('nonce')
  if (idToken && nonce === undefined) throw entraError('fieldMissing', { field: 'nonce' })
  return nonce
}

const prompts: Readonly<Record<'v1' | 'v2', ReadonlyMap<string, Prompt | undefined>>> = {
  v1: promptValues([
    ['admin_consent', 'admin_consent'],
    // ADAL's own: a silent attempt that may go on with pages, and a sign-in that renews the session.
    ['attempt_none', undefined],
    ['refresh_session', 'login'],
  ]),
  v2: promptValues([]),
}

function promptValues(own: readonly [string, Prompt | undefined][]): ReadonlyMap<string, Prompt | undefined> {
  const shared = (['login', 'none', 'consent', 'select_account'] as const).map((value) => [value, value] as const)
  return new Map<string, Prompt | undefined>([...shared, ['create', 'login'], ...own])
}

function parsePrompt(value: string | undefined, endpoint: 'v1' | 'v2'): Prompt | undefined {
  if (value === undefined) return undefined
  if (!prompts[endpoint].has(value)) throw entraError('promptUnsupported')
  return prompts[endpoint].get(value)
}

function readHints(parameters: RequestParameters): Pick<AuthorizationRequest, 'loginHint' | 'domainHint' | 'sid'> {
  const loginHint = parameters.value('login_hint')
  const sid = parameters.value('sid')
  if (loginHint !== undefined && sid !== undefined) throw entraError('hintsConflict')
  return { loginHint, sid, domainHint: parameters.value('domain_hint') }
}

function parseMaxAge(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (!/^\d{1,9}$/.test(value)) throw entraError('parameterInvalid', { parameter: 'max_age' })
  return Number(value)
}

/** The values of `xms_cc` in a claims request (OpenID Connect Core §5.5); all its other wishes stay without effect. */
function parseClientCapabilities(claims: string | undefined): readonly string[] {
  if (claims === undefined) return []
  const request = parsedObject(claims)
  if (!request) throw entraError('parameterInvalid', { parameter: 'claims' })
  const values = member(member(member(request, 'access_token'), 'xms_cc'), 'values')
  return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : []
}

function parsedObject(json: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(json)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function member(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? Reflect.get(object, name) : undefined
}
