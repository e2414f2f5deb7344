import { describe, expect, it } from 'vitest'
import { catalogue } from '../../protocol/errors.ts'
import { catalogueChecks } from './catalogue-checks.ts'
import { explainCode, explainedCodes } from './explain-code.ts'
import { findError } from './find-codes.ts'
import { furtherCodes } from './further/index.ts'

/** The codes by which an application developer meets the platform, as the facts of its token and sign-in endpoints list them. */
const metByDevelopers = `
16000 16003 28000 28003 50001 50011 50012 50013 50017 50020 50027 50034 50048 50049 50050 50053 50055 50056 50057 50058
50059 50061 50068 50072 50074 50076 50078 50079 50085 50139 50089 50097 50105 50126 50127 50128 50131 50132 50133 50135
50140 50147 50148 501481 50149 501491 50155 50158 50173 50194 50196 50197 50199 500011 500013 500111 500112 500113
500131 500133 500200 50002 500021 500022 500208 500212 500201 501051 51004 53000 53001 53002 53003 53004 530003 530032
530034 530035 54005 65001 65002 65004 65005 650051 650052 650053 650054 650056 650057 70000 70001 70002 70003 70004
70005 70007 70008 70011 70012 70016 70018 70019 70020 70021 70043 70044 700003 700005 700011 700016 700020 700021 700022
700023 700024 700025 700027 700030 700038 700051 700054 700081 700082 700084 700211 700212 700213 700229 7000012 7000014
7000112 7000113 7000114 7000215 7000216 7000218 7000222 90002 90004 90005 90008 90009 90013 90014 90016 90019 90023
50033 90006 90012 90024 90033 90055 90027 90056 90072 90093 90094 90095 90099 90100 90102 90117 90119 90120 90121 900023
900144 900561 900971 901002 9001023 9002313 9002325 9002326 9002327 9002332 90124 90130 9002341 9010010 1002012 1002016
1000031 100007 135011 240002`
  .trim()
  .split(/\s+/)
  .map(Number)

describe('explanations', () => {
  it('are there for every code that a developer meets, and for 150 at least', () => {
    expect(metByDevelopers.filter((code) => explainCode(code).meanings.length === 0)).toEqual([])
    expect(explainedCodes.length).toBeGreaterThanOrEqual(150)
  })

  it('stand in one place each: what the catalogue has is not told again', () => {
    const inCatalogue = new Set(Object.values(catalogue).map(({ code }) => code))
    const further = furtherCodes.map(({ code }) => code)
    expect(further.filter((code) => inCatalogue.has(code as never))).toEqual([])
    expect(further.filter((code, index) => further.indexOf(code) !== index)).toEqual([])
  })

  it('say how to check, for every code of the catalogue and no other', () => {
    const codes = [...new Set(Object.values(catalogue).map(({ code }) => code))]
    expect(Object.keys(catalogueChecks).map(Number).sort()).toEqual([...codes].sort())
  })

  it('are complete: meaning, causes, check and fix, in whole sentences', () => {
    const told = explainedCodes.map((code) => explainCode(code))
    const texts = told.flatMap(({ code, check, meanings }) =>
      [check, ...meanings.flatMap(({ meaning, causes, fix }) => [meaning, causes, fix])].map((text) => [code, text]),
    )
    expect(texts.filter(([, text]) => !/^\S.{8,}\S$/s.test(String(text)))).toEqual([])
  })
})

describe('an unknown code', () => {
  it.each([
    [500119, [50011], /who signs in/],
    [70012345, [70012], /grant|client/],
    [50012, [], /./],
  ])('%i is told by its family and its range', (code, family, range) => {
    const { similar = [], range: about = '.' } = explainCode(code)
    expect(similar.slice(0, family.length)).toEqual(family)
    expect(about).toMatch(range)
  })

  it('one typing error away from a known one is told so', () => {
    expect(explainCode(50111).similar).toContain(50011)
    expect(explainCode(7000251).similar?.length).toBeLessThanOrEqual(4)
  })

  it('of no range has Microsoft’s address only', () => {
    const { range, lookUp } = explainCode(99999999)
    expect({ range, lookUp }).toEqual({
      range: undefined,
      lookUp: 'https://login.microsoftonline.com/error?code=99999999',
    })
  })
})

describe('codes are found in', () => {
  const trace = '00000000-1111-4222-8333-444444444444'
  const correlation = '55555555-6666-4777-8888-999999999999'
  const tail = `Trace ID: ${trace}\r\nCorrelation ID: ${correlation}\r\nTimestamp: 2030-01-02 03:04:05Z`
  const text = `AADSTS50011: The redirect URI 'http://localhost' specified in the request does not match.\r\n${tail}`
  const json = {
    error: 'invalid_request',
    error_description: text,
    error_codes: [50011],
    timestamp: '2030-01-02 03:04:05Z',
    trace_id: trace,
    correlation_id: correlation,
    error_uri: 'https://login.microsoftonline.com/error?code=50011',
  }
  const facts = { codes: [50011], traceId: trace, correlationId: correlation, timestamp: '2030-01-02 03:04:05Z' }
  const page = `Sorry, but we’re having trouble signing you in.\n\n${text.split('\r')[0]}\n
Troubleshooting details
Request Id: ${trace}
Correlation Id: ${correlation}
Timestamp: 2030-01-02T03:04:05Z
Message: AADSTS50011: The redirect URI …`
  const redirect = `http://localhost:8080/?error=access_denied&error_description=AADSTS65004%3a+User+declined+to+consent.%0d%0aTrace+ID%3a+${trace}&error_uri=https%3a%2f%2flogin.microsoftonline.com%2ferror%3fcode%3d65004`

  it('a JSON body, whole or as a string within another', () => {
    expect(findError(JSON.stringify(json))).toMatchObject({ ...facts, error: 'invalid_request' })
    expect(findError(JSON.stringify(json, null, 2))).toMatchObject({ ...facts, error: 'invalid_request' })
    expect(findError(JSON.stringify({ body: JSON.stringify(json) }))).toMatchObject(facts)
  })

  it('the error page, as text and as HTML', () => {
    expect(findError(page)).toMatchObject({ ...facts, timestamp: '2030-01-02T03:04:05Z' })
    const html = `<div class="x"><b>AADSTS50011</b>: The redirect URI &#39;http://localhost&#39;</div><td>Correlation Id:</td><td>${correlation}</td>`
    expect(findError(html)).toMatchObject({ codes: [50011], correlationId: correlation })
  })

  it('an exception', () => {
    const stack = `ClientAuthenticationError: invalid_client: 7000215 - [2030-01-02 03:04:05Z]: AADSTS7000215: Invalid client secret provided. ${tail}
    at async Object.getToken (/app/index.js:1:50034)`
    expect(findError(stack)).toMatchObject({ codes: [7000215], traceId: trace })
  })

  it('the address of a failed redirect', () => {
    expect(findError(redirect)).toMatchObject({ codes: [65004], error: 'access_denied', traceId: trace })
  })

  it('several, in their order and once each', () => {
    expect(findError('AADSTS70002: Error. AADSTS50012: Invalid. AADSTS70002').codes).toEqual([70002, 50012])
    expect(findError('50011 aadsts65001').codes).toEqual([50011, 65001])
    expect(findError('50011, 65001').codes).toEqual([50011, 65001])
  })

  it('a body with a claims challenge', () => {
    const challenge = { error: 'interaction_required', error_codes: [50076], suberror: 'basic_action', claims: '{}' }
    expect(findError(JSON.stringify(challenge))).toMatchObject({
      codes: [50076],
      suberror: 'basic_action',
      hasClaims: true,
    })
  })

  it.each(['', 'hello', 'line 50011 of main.ts', 'port 8443', '{}'])('no other text: %j', (other) => {
    expect(findError(other).codes).toEqual([])
  })

  it('a text of any size within a moment', () => {
    expect(findError(`${'<a '.repeat(100_000)}AADSTS50011`).codes).toEqual([])
    expect(findError(`AADSTS50011 ${'error"'.repeat(100_000)}`).codes).toEqual([50011])
  })
})
