import type { Application } from '../directory/application.ts'
import { entraError } from './errors.ts'

/** What the authorization endpoint itself is to answer with (OAuth 2.0 Multiple Response Type Encoding Practices). */
export interface ResponseType {
  readonly code: boolean
  readonly idToken: boolean
  readonly accessToken: boolean
}

const responseModes = ['query', 'fragment', 'form_post'] as const
export type ResponseMode = (typeof responseModes)[number]

/**
 * A `response_type` in any order, such as `id_token code`.
 * @throws {EntraError} 70005 for other words than code, id_token and token, or a word twice.
 */
export function parseResponseType(value: string): ResponseType {
  const words = value.split(/\s+/)
  const isKnown = words.every((word) => word === 'code' || word === 'id_token' || word === 'token')
  if (!isKnown || new Set(words).size < words.length) throw entraError('responseTypeUnsupported')
  return { code: words.includes('code'), idToken: words.includes('id_token'), accessToken: words.includes('token') }
}

/**
 * How the answer travels: in the query for a code alone, in the fragment where tokens would else reach servers' logs.
 * @throws {EntraError} 70007 for an unknown mode, or `query` with tokens.
 */
export function parseResponseMode(value: string | undefined, { idToken, accessToken }: ResponseType): ResponseMode {
  const carriesTokens = idToken || accessToken
  if (value === undefined) return carriesTokens ? 'fragment' : 'query'
  const mode = responseModes.find((known) => known === value)
  if (!mode || (mode === 'query' && carriesTokens)) throw entraError('responseModeUnsupported', { responseMode: value })
  return mode
}

/**
 * Where even a wrong request is answered: in the mode it asks for, else in its type's.
 */
export function answerMode(responseMode: string | undefined, responseType: string | undefined): ResponseMode {
  const carriesTokens = /\b(id_)?token\b/.test(responseType ?? '')
  const asked = responseModes.find((known) => known === responseMode)
  if (asked && !(asked === 'query' && carriesTokens)) return asked
  return carriesTokens ? 'fragment' : 'query'
}

/**
 * Tokens straight from the authorization endpoint are a switch of the registration.
 * @throws {EntraError} 700051 or 700054 when it is off.
 */
export function refuseResponseType({ idToken, accessToken }: ResponseType, { web }: Application): void {
  const { enableAccessTokenIssuance, enableIdTokenIssuance } = web.implicitGrantSettings
  if (accessToken && !enableAccessTokenIssuance) throw entraError('accessTokenNotEnabled')
  if (idToken && !accessToken && !enableIdTokenIssuance) throw entraError('idTokenNotEnabled')
}
