import type { RawRequest } from '../host.ts'
import { ControlError } from './control-error.ts'

/** Control's bodies are a few words. */
const MAXIMUM_BODY_BYTES = 16 * 1024

/**
 * The JSON object of a request; an empty body is an empty object.
 *
 * @throws {ControlError} 413 when it is too large, 400 when it is no JSON object
 */
export async function readJsonBody(request: RawRequest): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAXIMUM_BODY_BYTES) {
      throw new ControlError(413, 'bodyTooLarge', `The body has more than ${MAXIMUM_BODY_BYTES} bytes.`)
    }
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString('utf8').trim()
  if (text === '') return {}
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ControlError(400, 'invalidBody', 'The body must be a JSON object, for example {"advanceSeconds": 3600}.')
  }
  return value as Record<string, unknown>
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ControlError(400, 'invalidBody', 'The body is not valid JSON.')
  }
}
