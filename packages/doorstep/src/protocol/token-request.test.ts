import { describe, expect, it } from 'vitest'
import { parseTokenRequest } from './token-request.ts'

const form = 'application/x-www-form-urlencoded'

function parse(
  body: string,
  { contentType = form, authorization }: { contentType?: string; authorization?: string } = {},
) {
  return parseTokenRequest({ endpoint: 'v2', contentType, authorization, body })
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

describe('a token request', () => {
  it('is read without the blanks and line breaks around names and values', () => {
    const request = parse('grant_type=client_credentials \n &client_id=abc\r\n  &scope= x/.default\n')
    expect(request.grantType).toBe('client_credentials')
    expect(request.clientId).toBe('abc')
    expect(request.parameter('scope')).toBe('x/.default')
  })

  it.each(['application/json', 'multipart/form-data; boundary=x', 'text/plain'])(
    'in %s has no parameters',
    (contentType) => {
      const body = '{"grant_type":"client_credentials"}'
      expect(() => parse(body, { contentType })).toThrow("parameter: 'grant_type'")
    },
  )

  it.each([
    ['a%20b+c', 'a b c'],
    ['%e2%82%ac', '€'],
    ['100%', '100%'],
    ['%zz', '%zz'],
    ['%ff', '\ufffd'],
    ['x=y', 'x=y'],
  ])('decodes %s as browsers do', (written, read) => {
    expect(parse(`grant_type=g&client_id=c&scope=${written}`).parameter('scope')).toBe(read)
    expect(new URLSearchParams(`scope=${written}`).get('scope')).toBe(read)
  })

  it('with an empty value lacks the parameter', () => {
    expect(() => parse('grant_type=&client_id=a')).toThrow("parameter: 'grant_type'")
    expect(parse('grant_type=a&client_id=b&client_secret=').credential).toEqual({ method: 'none' })
  })

  it('names a repeated parameter only once', () => {
    expect(() => parse('grant_type=a&client_id=b&client_id=b')).toThrow('AADSTS9002313')
    expect(parse('grant_type=a&client_id=b&x-client-SKU=1&x-client-SKU=2').clientId).toBe('b')
  })
})

describe('a Basic header', () => {
  it('is read form-decoded first, then as it stands', () => {
    const { clientId, credential } = parse('grant_type=a', { authorization: basic('id:a%2Bb+c') })
    expect(clientId).toBe('id')
    expect(credential).toEqual({ method: 'secret', candidates: ['a+b c', 'a%2Bb+c'] })
  })

  it('is read as it stands when it cannot be decoded', () => {
    const { credential } = parse('grant_type=a', { authorization: basic('id:100%~secret') })
    expect(credential).toEqual({ method: 'secret', candidates: ['100%~secret'] })
  })

  it('keeps colons of the secret', () => {
    const { credential } = parse('grant_type=a', { authorization: basic('id:a:b') })
    expect(credential).toEqual({ method: 'secret', candidates: ['a:b'] })
  })

  it.each(['Basic', 'Basic !!!', basic('no-colon'), basic(':secret')])('%s is refused', (authorization) => {
    expect(() => parse('grant_type=a&client_id=b', { authorization })).toThrow('AADSTS9002313')
  })

  it('may not name another client than the body', () => {
    expect(() => parse('grant_type=a&client_id=other', { authorization: basic('id:s') })).toThrow('AADSTS9002313')
  })
})
