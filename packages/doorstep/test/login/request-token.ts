import { expect } from 'vitest'
import type { Answer, RunningDoorstep } from '../support/start-doorstep.ts'
import { contoso, extractor } from './contoso.ts'

export type Form = Readonly<Record<string, string | undefined>>

export interface TokenEndpoint {
  /** The tenant segment of the path; Contoso's id unless given. */
  readonly tenant?: string
  readonly version?: 'v1' | 'v2'
  readonly query?: string
  readonly headers?: Record<string, string>
}

/** What the extractor sends for an application token; a member set to undefined is left out. */
export function clientCredentials(members: Form = {}): Form {
  return { grant_type: 'client_credentials', client_id: extractor.appId, client_secret: extractor.secret, ...members }
}

/** POST of a form to the token endpoint of a tenant. */
export function requestToken(
  doorstep: RunningDoorstep,
  form: Form | string,
  { tenant = contoso.tenantId, version = 'v2', query = '', headers = {} }: TokenEndpoint = {},
): Promise<Answer> {
  const path = `/${tenant}/oauth2/${version === 'v2' ? 'v2.0/' : ''}token${query}`
  return doorstep.request('POST', path, typeof form === 'string' ? form : encodedForm(form), headers)
}

export function encodedForm(form: Form): string {
  const members = Object.entries(form).filter((member): member is [string, string] => member[1] !== undefined)
  return new URLSearchParams(members).toString()
}

/** The access token of an answer that must be a success. */
export function accessTokenOf({ status, text, body }: Answer): string {
  expect(status, text).toBe(200)
  expect(body.access_token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  return body.access_token
}

export type Claims = Readonly<Record<string, unknown>>

/** The claims of the access token in an answer that must be a success; nothing is verified. */
export function claimsOf(answer: Answer): Claims {
  return segmentOf(accessTokenOf(answer), 1)
}

/** The JOSE header of the access token in an answer that must be a success. */
export function headerOf(answer: Answer): Claims {
  return segmentOf(accessTokenOf(answer), 0)
}

function segmentOf(token: string, index: number): Claims {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString('utf8'))
}

/** `Authorization: Basic` of two texts as they are, or form-encoded as RFC 6749 section 2.3.1 wants them. */
export function basic(clientId: string, secret: string, form: 'raw' | 'encoded'): Record<string, string> {
  const part = form === 'raw' ? (text: string) => text : encodeURIComponent
  return { authorization: `Basic ${Buffer.from(`${part(clientId)}:${part(secret)}`).toString('base64')}` }
}
