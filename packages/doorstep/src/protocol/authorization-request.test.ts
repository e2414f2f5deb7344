import { describe, expect, it } from 'vitest'
import { newApplication } from '../directory/application.ts'
import { answerChannel, parseAuthorizationRequest, parseRequestingClient } from './authorization-request.ts'
import { readRequestParameters } from './request-parameters.ts'
import { refuseResponseType } from './response-type.ts'

const client = 'client_id=c&redirect_uri=http://localhost'
const parse = (query: string, endpoint: 'v1' | 'v2' = 'v2') =>
  parseAuthorizationRequest(readRequestParameters(`${client}&${query}`), endpoint)
const refusal = (code: number, error: string) => expect.objectContaining({ code, error })

describe('a pasted address', () => {
  const lines = [
    '?client_id=0a123b56-c987-1234-abcd-1a2b3c4d5e6f',
    '  &response_type=code',
    '  &redirect_uri=http%3A%2F%2Flocalhost%3A8080',
    '  &response_mode=query',
    '  &scope=0a123b56-c987-1234-abcd-1a2b3c4d5e6f%2f.default&state=12345&sso_reload=true',
  ]

  it.each([
    ['line feeds', '\n'],
    ['carriage returns', '\r\n'],
    ['encoded line breaks', '%0D%0A%20%20'],
    ['plus signs', '++'],
    ['blanks a browser encoded', '%20%20'],
  ])('over five lines is read, with %s', (_name, separator) => {
    const request = parseAuthorizationRequest(readRequestParameters(lines.join(separator)), 'v2')
    expect(request).toMatchObject({
      clientId: '0a123b56-c987-1234-abcd-1a2b3c4d5e6f',
      redirectUri: 'http://localhost:8080',
      responseType: { code: true, idToken: false, accessToken: false },
      responseMode: 'query',
      scopes: ['0a123b56-c987-1234-abcd-1a2b3c4d5e6f/.default'],
      state: '12345',
    })
  })
})

describe('the first step', () => {
  it('needs no more than client_id', () => {
    expect(parseRequestingClient(readRequestParameters('client_id=c'))).toEqual({ clientId: 'c' })
  })

  it.each([
    ['redirect_uri=http://localhost', 900144],
    ['client_id=%20', 900144],
    ['client_id=a&client_id=b', 9002313],
    ['client_id=a&redirect_uri=http://localhost&redirect_uri=https://evil.example', 9002313],
  ])('%s is refused with %i', (query, code) => {
    expect(() => parseRequestingClient(readRequestParameters(query))).toThrow(refusal(code, 'invalid_request'))
  })

  it.each([
    ['response_type=code', 'query'],
    ['response_type=code&response_mode=form_post', 'form_post'],
    ['response_type=code&response_mode=fragment', 'fragment'],
    ['response_type=code&response_mode=wrong', 'query'],
    ['response_type=id_token', 'fragment'],
    ['response_type=code+id_token&response_mode=query', 'fragment'],
    ['response_type=token&response_mode=form_post', 'form_post'],
    ['response_type=wrong', 'query'],
    ['', 'query'],
  ])('knows where a refusal of %s goes', (query, mode) => {
    expect(answerChannel(readRequestParameters(`${query}&state=+a%0Ab`))).toEqual({ mode, state: ' a\nb' })
  })
})

describe('the second step', () => {
  it('reads everything that has a meaning', () => {
    const claims = encodeURIComponent('{"access_token":{"xms_cc":{"values":["cp1"]}}}')
    const request = parse(
      `response_type=code&scope=openid+User.Read&nonce=n&state=s&prompt=select_account&login_hint=ada@contoso.example&domain_hint=contoso.example&max_age=60&client_info=1&instance_aware=true&claims=${claims}&code_challenge=${'a'.repeat(43)}&code_challenge_method=S256&x-client-SKU=MSAL&x-client-SKU=again`,
    )
    expect(request).toEqual({
      clientId: 'c',
      redirectUri: 'http://localhost',
      endpoint: 'v2',
      responseType: { code: true, idToken: false, accessToken: false },
      responseMode: 'query',
      state: 's',
      nonce: 'n',
      scopes: ['openid', 'User.Read'],
      requested: {
        openId: new Set(['openid']),
        resources: [{ identifier: 'https://graph.microsoft.com', form: 'short', scopes: ['User.Read'] }],
      },
      resource: null,
      prompt: 'select_account',
      loginHint: 'ada@contoso.example',
      domainHint: 'contoso.example',
      sid: undefined,
      maxAge: 60,
      codeChallenge: { method: 'S256', value: 'a'.repeat(43) },
      clientCapabilities: ['cp1'],
      wantsClientInfo: true,
      isInstanceAware: true,
    })
  })

  it.each([
    ['id_token code', { code: true, idToken: true, accessToken: false }, 'fragment'],
    ['token id_token', { code: false, idToken: true, accessToken: true }, 'fragment'],
    ['code id_token token', { code: true, idToken: true, accessToken: true }, 'fragment'],
    ['code', { code: true, idToken: false, accessToken: false }, 'query'],
  ])('takes response_type %s in any order', (responseType, expected, responseMode) => {
    const query = `response_type=${encodeURIComponent(responseType)}&scope=openid&nonce=n`
    expect(parse(query)).toMatchObject({ responseType: expected, responseMode })
  })

  it.each([
    ['scope=openid', 900144, 'invalid_request'],
    ['response_type=none&scope=openid', 70005, 'unsupported_response_type'],
    ['response_type=code+code&scope=openid', 70005, 'unsupported_response_type'],
    ['response_type=code&scope=openid&response_mode=wrong', 70007, 'unsupported_response_mode'],
    ['response_type=id_token&scope=openid&nonce=n&response_mode=query', 70007, 'unsupported_response_mode'],
    ['response_type=code', 900144, 'invalid_request'],
    ['response_type=code&resource=https://a.example', 900144, 'invalid_request'],
    ['response_type=code&scope=https://a.example/.default&resource=https://b.example', 9010010, 'invalid_request'],
    ['response_type=id_token&scope=profile&nonce=n', 70011, 'invalid_scope'],
    ['response_type=code+id_token&scope=openid', 90014, 'invalid_request'],
    ['response_type=code&scope=openid&prompt=login+none', 90023, 'invalid_request'],
    ['response_type=code&scope=openid&prompt=admin_consent', 90023, 'invalid_request'],
    ['response_type=code&scope=openid&login_hint=a&sid=b', 90005, 'invalid_request'],
    ['response_type=code&scope=openid&request_uri=https://a.example', 901002, 'invalid_request'],
    ['response_type=code&scope=openid&max_age=-1', 90100, 'invalid_request'],
    ['response_type=code&scope=openid&claims=no', 90100, 'invalid_request'],
    ['response_type=code&scope=openid&claims=[]', 90100, 'invalid_request'],
    ['response_type=code&scope=openid&code_challenge=short', 501491, 'invalid_request'],
    ['response_type=code&scope=openid&state=a&state=b', 9002313, 'invalid_request'],
  ])('%s is refused with %i', (query, code, error) => {
    expect(() => parse(query)).toThrow(refusal(code, error))
  })

  it('takes a resource that agrees with the scopes', () => {
    expect(parse('response_type=code&scope=https://a.example/x&resource=https://A.example/').resource).toBeNull()
  })

  it('names the nonce that is missing', () => {
    expect(() => parse('response_type=id_token&scope=openid')).toThrow(
      "AADSTS90014: The required field 'nonce' is missing from the credential. Ensure that you have all the necessary parameters for the login request.",
    )
  })
})

describe('a v1.0 request', () => {
  it('asks by resource and ignores scope', () => {
    expect(parse('response_type=code&resource=https://a.example&scope=c.default', 'v1')).toMatchObject({
      scopes: [],
      resource: 'https://a.example',
      requested: { resources: [{ identifier: 'https://a.example', scopes: 'default' }] },
    })
  })

  it('may leave the resource to the token request, unless a token is asked for here', () => {
    expect(parse('response_type=code', 'v1').requested.resources).toEqual([])
    expect(() => parse('response_type=token', 'v1')).toThrow(refusal(500013, 'invalid_resource'))
  })

  it.each([
    ['admin_consent', 'admin_consent'],
    ['attempt_none', undefined],
    ['refresh_session', 'login'],
    ['create', 'login'],
    ['none', 'none'],
  ])('knows prompt=%s', (value, prompt) => {
    expect(parse(`response_type=code&prompt=${value}`, 'v1').prompt).toBe(prompt)
  })
})

describe('tokens straight from the endpoint', () => {
  const identity = { id: 'o', appId: 'c', tenantId: 't', publisherDomain: 'd.example', createdDateTime: '' }
  const plain = newApplication({ displayName: 'App' }, identity)
  const application = (enableAccessTokenIssuance: boolean, enableIdTokenIssuance: boolean) => ({
    ...plain,
    web: { ...plain.web, implicitGrantSettings: { enableAccessTokenIssuance, enableIdTokenIssuance } },
  })
  const responseType = (idToken: boolean, accessToken: boolean) => ({ code: true, idToken, accessToken })

  it('need the switches of the registration', () => {
    const off = application(false, false)
    expect(() => refuseResponseType(responseType(false, false), off)).not.toThrow()
    expect(() => refuseResponseType(responseType(true, false), off)).toThrow(
      "AADSTS700054: response_type 'id_token' is not enabled for the application.",
    )
    expect(() => refuseResponseType(responseType(true, true), off)).toThrow(
      "AADSTS700051: response_type 'token' is not enabled for the application.",
    )
    expect(() => refuseResponseType(responseType(true, false), application(false, true))).not.toThrow()
    expect(() => refuseResponseType(responseType(true, true), application(true, false))).not.toThrow()
  })
})
