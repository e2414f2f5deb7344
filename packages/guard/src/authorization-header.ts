/** What both Express and Fastify have of a request: that of `node:http`, or of its simulation in tests. */
export interface RequestHeaders {
  readonly headers: { readonly authorization?: string | undefined }
  readonly rawHeaders?: readonly string[]
}

/**
 * The Authorization header as it was sent. Node keeps the first of several, and a proxy in front may have looked at the
 * last: several are joined here, as HTTP has it, so that they are refused.
 */
export function authorizationHeader({ headers, rawHeaders = [] }: RequestHeaders): string | undefined {
  const sent = rawHeaders.filter((_, index) => index % 2 === 1 && /^authorization$/i.test(rawHeaders[index - 1] ?? ''))
  return sent.length > 1 ? sent.join(', ') : headers.authorization
}
