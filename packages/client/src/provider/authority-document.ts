import type { JsonObject } from '../json-object.ts'
import { sendWithRetries, type TokenRequestSettings } from '../token-endpoint/token-request.ts'
import { successOf } from '../token-endpoint/token-response.ts'

/**
 * Reads a JSON document that an authority publishes, such as its metadata or its keys, with the retries and the bound
 * of a token request.
 * @throws {TokenRequestError} when it answers with anything but 200 and a JSON object
 * @throws {AuthorityUnreachableError} when no answer comes
 */
export async function readAuthorityDocument(url: string, settings: TokenRequestSettings): Promise<JsonObject> {
  const correlationId = crypto.randomUUID()
  const headers = { accept: 'application/json', 'client-request-id': correlationId }
  const response = await sendWithRetries({ method: 'GET', url, headers }, settings)
  return successOf(response, { authorityHost: new URL(url).origin, correlationId, form: {} })
}
