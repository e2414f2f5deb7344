import { TokenRefused } from '@doorstep/guard'

/** A refusal of the portal's backend, with the code that Microsoft Graph has for the same. */
export class PortalApiError extends Error {
  override readonly name = 'PortalApiError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export function badRequest(message: string): PortalApiError {
  return new PortalApiError(400, 'Request_BadRequest', message)
}

export function insufficientPrivileges(): PortalApiError {
  const message = 'Insufficient privileges to complete the operation.'
  return new PortalApiError(403, 'Authorization_RequestDenied', message)
}

/** Also for what exists in another tenant: nobody learns of it. */
export function resourceNotFound(id: string): PortalApiError {
  const message = `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`
  return new PortalApiError(404, 'Request_ResourceNotFound', message)
}

/** Anything that was thrown, as a refusal. */
export function asPortalApiError(error: unknown): PortalApiError {
  if (error instanceof PortalApiError) return error
  if (error instanceof TokenRefused) return new PortalApiError(401, 'InvalidAuthenticationToken', error.message)
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  if (typeof status === 'number' && status >= 400 && status <= 499) {
    return new PortalApiError(status, 'Request_BadRequest', 'The request is not one that the service understands.')
  }
  return new PortalApiError(500, 'InternalServerError', 'An internal server error occurred.')
}
