/** The parameters of an authorization request, from its query string or form. */
export interface RequestParameters {
  /** A value without surrounding blanks and line breaks; an empty one counts as absent. */
  value(name: string): string | undefined
  /** A value that its sender compares with what comes back, with every blank. */
  verbatim(name: string): string | undefined
  /** Whether a parameter with a meaning came twice (RFC 6749 §3.1); what clients add for telemetry may. */
  isRepeated(name?: string): boolean
}

const meaningful = new Set([
  'client_id',
  'response_type',
  'redirect_uri',
  'scope',
  'resource',
  'response_mode',
  'state',
  'nonce',
  'prompt',
  'login_hint',
  'domain_hint',
  'sid',
  'code_challenge',
  'code_challenge_method',
  'claims',
  'max_age',
])

/**
 * Reads application/x-www-form-urlencoded text. Names and values lose surrounding blanks and line breaks, whichever
 * way they are encoded: guides print an address a parameter a line, and it is pasted so.
 */
export function readRequestParameters(encoded: string): RequestParameters {
  const values = new Map<string, string>()
  const repeated = new Set<string>()
  for (const [untrimmedName, value] of new URLSearchParams(encoded)) {
    const name = untrimmedName.trim()
    if (value.trim() === '') continue
    if (values.has(name)) repeated.add(name)
    else values.set(name, value)
  }
  return {
    value: (name) => values.get(name)?.trim(),
    verbatim: (name) => values.get(name),
    isRepeated: (name) =>
      name === undefined ? [...repeated].some((known) => meaningful.has(known)) : repeated.has(name),
  }
}
