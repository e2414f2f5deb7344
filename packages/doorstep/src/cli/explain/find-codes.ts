/** What a pasted error says of itself. */
export interface FoundError {
  /** The numbers after AADSTS, in the order in which they are met. */
  readonly codes: readonly number[]
  /** The OAuth error name. */
  readonly error?: string | undefined
  readonly suberror?: string | undefined
  readonly traceId?: string | undefined
  readonly correlationId?: string | undefined
  readonly timestamp?: string | undefined
  /** Whether the answer carries a claims request, which an interactive request has to repeat. */
  readonly hasClaims?: boolean
}

const guid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

/**
 * Finds what matters in an error as people paste it: a code alone or several, a JSON body, the text of the error page or
 * its HTML, an exception, the address of a failed redirect.
 */
export function findError(pasted: string): FoundError {
  const text = readable(pasted)
  return {
    codes: codesIn(text),
    error: /["'?&\s]error["']?\s*[:=]\s*["']?([a-z]+(?:_[a-z]+)+)/.exec(` ${text}`)?.[1] ?? bareErrorName(text),
    suberror: /["'?&]suberror["']?\s*[:=]\s*["']?([a-z_]+)/.exec(text)?.[1],
    traceId: first(text, `(?:trace[ +_-]?id|request[ +_-]?id|x-ms-request-id)`, guid),
    correlationId: first(text, `(?:correlation[ +_-]?id|client-request-id)`, guid),
    timestamp: first(text, 'timestamp', '\\d{4}-\\d\\d-\\d\\d[T +]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z?')?.replace(
      '+',
      ' ',
    ),
    hasClaims: /["'?&]claims["']?\s*[:=]/.test(text),
  }
}

function codesIn(text: string): number[] {
  const numbers = [
    // Codes and nothing else, with or without their prefix: `explain 50011 AADSTS7000215`.
    ...(/^[\s,;]*(?:(?:AADSTS)?\d{4,8}(?:[\s,;]+|$))+$/i.test(text) ? all(text, /(\d{4,8})/g) : []),
    ...all(text, /AADSTS[\s:#-]*(\d{4,8})/gi),
    ...all(text, /\berror_codes["']?\s*[:=]\s*\[([\d\s,]+)\]/g).flatMap((list) => list.split(',')),
    ...all(text, /\/error\?code=(?:AADSTS)?(\d{4,8})/gi),
    ...all(text, /\berror[ -]?code["']?\s*[:=]\s*["']?(\d{5,8})\b/gi),
  ]
  return [...new Set(numbers.map((number) => Number(number.trim())).filter((code) => code > 0))]
}

function all(text: string, form: RegExp): string[] {
  return [...text.matchAll(form)].map(([, found = '']) => found)
}

function first(text: string, name: string, form: string): string | undefined {
  return new RegExp(`${name}["']?[\\s+]*(?:[:=][\\s+]*)?["']?(${form})`, 'i').exec(text)?.[1]
}

/** `explain invalid_grant`. */
function bareErrorName(text: string): string | undefined {
  return /^\s*([a-z]+(?:_[a-z]+)+)\s*$/.exec(text)?.[1]
}

/** The text as a person reads it: without tags, entities, escapes of JSON and of addresses. */
function readable(pasted: string): string {
  // Beyond this nothing of an error follows; it bounds the work for a file that was piped in by mistake.
  const text = pasted.slice(0, 200_000)
  const unmarked = /<[a-z!/][^<>]*>/i.test(text) ? text.replace(/<[^<>]*>/g, ' ') : text
  const unescaped = unmarked
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\[rn]/g, '\n')
    .replace(/\\"/g, '"')
    .replace(/&quot;|&#34;|&#x22;/gi, '"')
    .replace(/&#39;|&#x27;|&apos;/gi, "'")
    .replace(/&amp;/gi, '&')
    .replace(/&nbsp;|\u00a0/gi, ' ')
  return /%[0-9a-f]{2}/i.test(unescaped) ? decodedAddress(unescaped) : unescaped
}

/** `error_description=AADSTS50011%3a+The+redirect…`, wherever it stands. */
function decodedAddress(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped)
    } catch {
      return escaped
    }
  })
}
