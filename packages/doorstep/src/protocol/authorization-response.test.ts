import { describe, expect, it } from 'vitest'
import {
  cancelledResponse,
  errorResponse,
  formPostFields,
  redirectLocation,
  successResponse,
} from './authorization-response.ts'
import { entraError } from './errors.ts'
import type { ResponseMode } from './response-type.ts'

const sessionState = 'b1a2'
const target = (redirectUri: string, mode: ResponseMode = 'query', state: string | undefined = undefined) => ({
  redirectUri,
  mode,
  state,
})
const location = (redirectUri: string, mode: ResponseMode = 'query') =>
  redirectLocation(successResponse(target(redirectUri, mode), { code: 'c', sessionState }))

describe('the address of an answer', () => {
  it.each([
    ['http://localhost:8080', 'http://localhost:8080/?code=c&session_state=b1a2#'],
    ['http://localhost:8080/', 'http://localhost:8080/?code=c&session_state=b1a2#'],
    ['https://a.example/cb', 'https://a.example/cb?code=c&session_state=b1a2#'],
    ['https://a.example/cb?x=1', 'https://a.example/cb?x=1&code=c&session_state=b1a2#'],
    ['https://a.example?x=1', 'https://a.example/?x=1&code=c&session_state=b1a2#'],
    ['https://a.example/cb?', 'https://a.example/cb?code=c&session_state=b1a2#'],
    ['https://a.example/ü', 'https://a.example/%C3%BC?code=c&session_state=b1a2#'],
    ['msal1://auth', 'msal1://auth?code=c&session_state=b1a2#'],
  ])('in the query of %s', (redirectUri, expected) => {
    expect(location(redirectUri)).toBe(expected)
  })

  it('in the fragment', () => {
    expect(location('https://a.example', 'fragment')).toBe('https://a.example/#code=c&session_state=b1a2')
    expect(location('https://a.example/cb?x=1', 'fragment')).toBe('https://a.example/cb?x=1#code=c&session_state=b1a2')
  })

  it('carries the state letter for letter, and nothing of it outside its parameter', () => {
    const state = 'a b|ü&x=1#\r\nSet-Cookie: ~\'"<b>+%'
    const answer = redirectLocation(
      successResponse(target('http://localhost/cb', 'query', state), { code: 'c', sessionState }),
    )
    expect(answer).toMatch(/^[\x21-\x7e]+$/)
    expect(new URL(answer).searchParams.get('state')).toBe(state)
    expect(answer).toContain('&state=a+b%7c%c3%bc%26x%3d1%23%0d%0aSet-Cookie%3a+%7e%27')
  })
})

describe('what an answer carries', () => {
  const everything = {
    code: 'c',
    idToken: 'i',
    accessToken: { token: 'a', expiresIn: 3599, scope: 'User.Read' },
    clientInfo: 'e30',
    sessionState,
    isInstanceAware: true,
    hasAdminConsent: true,
  }

  it("stands in Entra's order", () => {
    const { parameters } = successResponse(target('https://a.example/cb', 'form_post', 's'), everything)
    expect(parameters.map(([name]) => name)).toEqual([
      'code',
      'access_token',
      'token_type',
      'expires_in',
      'scope',
      'id_token',
      'cloud_instance_name',
      'cloud_instance_host_name',
      'cloud_graph_host_name',
      'msgraph_host',
      'client_info',
      'admin_consent',
      'state',
      'session_state',
    ])
  })

  it('can be posted', () => {
    const answer = successResponse(target('https://a.example', 'form_post', 's'), { idToken: 'i', sessionState })
    expect(answer.redirectUri).toBe('https://a.example')
    expect(formPostFields(answer)).toEqual({ id_token: 'i', state: 's', session_state: sessionState })
  })
})

describe('a refusal', () => {
  const context = {
    traceId: 't1',
    correlationId: 'c1',
    timestamp: '2026-03-01 09:30:00Z',
    origin: 'https://login.microsoftonline.com',
  }

  it('is redirected with lower-case escapes and a line for each part', () => {
    const answer = errorResponse(
      target('http://localhost:8080', 'query', '12345'),
      entraError('consentDeclined'),
      context,
    )
    expect(redirectLocation(answer)).toBe(
      'http://localhost:8080/?error=access_denied&error_description=AADSTS65004%3a+User+declined+to+consent+to+access+the+app.%0d%0aTrace+ID%3a+t1%0d%0aCorrelation+ID%3a+c1%0d%0aTimestamp%3a+2026-03-01+09%3a30%3a00Z&error_uri=https%3a%2f%2flogin.microsoftonline.com%2ferror%3fcode%3d65004&state=12345#',
    )
  })

  it('has no error_uri where there is no look-up page', () => {
    const refusal = entraError('applicationIdentifierInvalid', { appId: 'x' })
    const { parameters } = errorResponse(target('http://localhost', 'fragment'), refusal, context)
    expect(parameters.map(([name]) => name)).toEqual(['error', 'error_description'])
  })

  it('without a number says that the person left', () => {
    const answer = redirectLocation(cancelledResponse(target('http://localhost/cb', 'query', 's')))
    expect(answer).toBe('http://localhost/cb?error=access_denied&error_subcode=cancel&state=s#')
  })
})
