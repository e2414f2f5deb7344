import { badRequest, GraphError } from './errors.ts'

/** JSON of any kind. */
export const jsonType = /^application\/([\w.+-]+\+)?json\b/i

/** Deeper than any body that Graph knows. */
const deepest = 40

/** What a body consists of that names one other object (OData JSON Format 4.01 §14). */
export const referenceAnnotation = '@odata.id'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The text of a request body. @throws {GraphError} 400 when it is no UTF-8 (RFC 8259, section 8.1) */
export function requestText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw badRequest('Unable to read JSON request payload: it is not encoded in UTF-8.')
  }
}

/**
 * A request body: JSON, without OData annotations such as `@odata.type`, which SDKs add; undefined when empty. A body
 * that is nothing but a reference to another object keeps its `@odata.id`.
 *
 * @throws {GraphError} 400 when it is no JSON
 */
export function parseRequestBody(text: string): unknown {
  if (text.trim() === '') return undefined
  return withoutAnnotations(parseJson(text), 0)
}

/** The same with its annotations, of which `@odata.id` and `@odata.bind` belong to the parts of a batch. */
export function parseBatchBody(text: string): unknown {
  parseRequestBody(text)
  return parseJson(text)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    )
  }
}

function withoutAnnotations(value: unknown, depth: number): unknown {
  // No database keeps this character in a text, and no name has it.
  if (typeof value === 'string' && value.includes('\0')) throw badRequest('A text in the request has a NUL character.')
  if (typeof value !== 'object' || value === null) return value
  if (depth > deepest) throw badRequest(`The request payload is nested deeper than ${deepest} levels.`)
  if (Array.isArray(value)) return value.map((item) => withoutAnnotations(item, depth + 1))
  const kept = Object.entries(value).filter(([name]) => !name.startsWith('@') && !name.endsWith('@odata.type'))
  if (depth === 0 && kept.length === 0 && referenceAnnotation in value) {
    return { [referenceAnnotation]: value[referenceAnnotation] }
  }
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutAnnotations(item, depth + 1)]))
}

/** @throws {GraphError} 415: only JSON is read; 400 when the request does not say what it sends */
export function refuseMediaType(contentType: string | undefined): never {
  if (contentType === undefined) {
    const rule = 'Write requests (excluding DELETE) must contain the Content-Type header declaration.'
    throw badRequest(`${rule} Expected application/json with a body that is valid JSON.`)
  }
  const message = `A request body of type '${contentType}' is not supported; expected application/json.`
  throw new GraphError(415, 'UnsupportedMediaType', message)
}
