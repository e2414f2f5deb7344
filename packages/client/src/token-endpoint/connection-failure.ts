import { AuthorityUnreachableError } from '../errors.ts'

/** What a failed connection is turned into: which authority, what went wrong, what to do about it. */
export function unreachable(
  authorityHost: string,
  cause: unknown,
  timeoutMilliseconds: number,
): AuthorityUnreachableError {
  const code = systemCode(cause)
  const message = `${authorityHost} ${reason(code, cause, timeoutMilliseconds)}`
  return new AuthorityUnreachableError(message, { authorityHost, code, cause })
}

function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const code: unknown = Reflect.get(error, 'code')
  return typeof code === 'string' ? code : systemCode(error.cause)
}

function reason(code: string | undefined, cause: unknown, timeoutMilliseconds: number): string {
  switch (code) {
    case 'ETIMEDOUT':
      return `gave no answer within ${timeoutMilliseconds / 1000} seconds: check the network and any proxy or firewall on the way, then try again.`
    case 'ECONNREFUSED':
      return 'refused the connection: nothing listens there. Start the local cloud (doorstep up), or correct authorityHost.'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'could not be found: check the spelling of authorityHost and the network.'
    case 'ECONNRESET':
    case 'ECONNABORTED':
    case 'EPIPE':
      return 'closed the connection before it answered, each time: check any proxy or firewall on the way.'
    case 'ERR_RESPONSE_TOO_LARGE':
      return 'sent far more than a token endpoint does: check that authorityHost is an authority.'
    case 'CERT_HAS_EXPIRED':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `showed a certificate that does not hold (${code}): check authorityHost and this machine's clock.`
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `showed a certificate that is not trusted (${code}): for a local cloud pass transport: nodeTransport({ ca }) with its ca.pem, or set NODE_EXTRA_CA_CERTS.`
    default:
      return `could not be reached: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}
