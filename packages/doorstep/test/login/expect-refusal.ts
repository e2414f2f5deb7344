import { expect } from 'vitest'
import type { Answer } from '../support/start-doorstep.ts'
import { secrets } from './contoso.ts'

/** What a refusal has to be. Several values: the platform is known to give each of them. */
export interface Refusal {
  readonly status: number | readonly number[]
  readonly error: string | readonly string[]
  readonly code: number | readonly number[]
  /** The text between the code and ` Trace ID:`. Left out: any. */
  readonly text?: string | RegExp
  /** Whether a look-up page is named. Left out: either. */
  readonly errorUri?: 'present' | 'absent'
}

const guid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/
const members = ['error', 'error_description', 'error_codes', 'timestamp', 'trace_id', 'correlation_id']

/** Checks the whole of a token endpoint's refusal: status, body and texts, headers, and that no secret is in it. */
export function expectRefusal(answer: Answer, refusal: Refusal): void {
  expectRefusalBody(answer, refusal)
  expectHeaders(answer, answer.body.error_codes[0])
  expectNoSecret(answer)
}

/** Checks status and body of a refusal: members, their order and their texts. */
export function expectRefusalBody(answer: Answer, refusal: Refusal): void {
  expect({ body: answer.body, text: answer.text }).toMatchObject({ body: { error: expect.any(String) } })
  const { error, error_codes: codes } = answer.body
  const code = codes[0]
  expect({ status: answer.status, error, codes }).toEqual({
    status: oneOf(refusal.status, answer.status),
    error: oneOf(refusal.error, error),
    codes: [oneOf(refusal.code, code)],
  })
  expectWholeBody(answer, code, refusal)
}

/** The value itself when it is among those expected, else the first of them, for a readable difference. */
function oneOf<Value>(expected: Value | readonly Value[], actual: Value): Value | undefined {
  const values: readonly Value[] = Array.isArray(expected) ? expected : [expected as Value]
  return values.includes(actual) ? actual : values[0]
}

function expectWholeBody({ body, text }: Answer, code: number, { text: expected, errorUri }: Refusal): void {
  const withUri = errorUri === 'present' || (errorUri === undefined && 'error_uri' in body)
  expect(Object.keys(body), text).toEqual(withUri ? [...members, 'error_uri'] : members)
  if (withUri) expect(body.error_uri).toMatch(new RegExp(`^https://[^/]+/error\\?code=${code}$`))
  expect(body.timestamp).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/)
  expect(body.trace_id).toMatch(guid)
  expect(body.correlation_id).toMatch(guid)
  const [start, ...rest] = body.error_description.split(' Trace ID: ')
  expect(rest).toEqual([`${body.trace_id} Correlation ID: ${body.correlation_id} Timestamp: ${body.timestamp}`])
  expect(start.startsWith(`AADSTS${code}: `), start).toBe(true)
  const said = start.slice(`AADSTS${code}: `.length)
  if (typeof expected === 'string') expect(said).toBe(expected)
  else if (expected) expect(said).toMatch(expected)
}

function expectHeaders({ headers, body }: Answer, code: number): void {
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store, no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'x-ms-request-id': body.trace_id,
    'x-ms-clitelem': `1,${code},0,,`,
  })
}

/** No secret of the seed file is in the answer, as it is or form-encoded. */
export function expectNoSecret({ headers, text }: Answer): void {
  const everything = `${JSON.stringify(headers)}${text}`
  const leaked = secrets.filter((secret) =>
    [secret, encodeURIComponent(secret)].some((form) => everything.includes(form)),
  )
  expect(leaked).toEqual([])
}
