/** One entry of an error's `details`. */
export interface GraphErrorDetail {
  readonly code: string
  readonly message: string
  readonly target: string
}

/** A refusal as Microsoft Graph words it; `error-response.ts` gives it its form on the wire. */
export class GraphError extends Error {
  override readonly name = 'GraphError'
  readonly status: number
  readonly code: string
  readonly details: readonly GraphErrorDetail[]

  constructor(status: number, code: string, message: string, details: readonly GraphErrorDetail[] = []) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
}

/** What the gateway in front of the directory refuses: paths, query options, bodies that are no JSON. */
export function badRequest(message: string): GraphError {
  return new GraphError(400, 'BadRequest', message)
}

/** What the directory refuses: values, references. */
export function requestBadRequest(message: string): GraphError {
  return new GraphError(400, 'Request_BadRequest', message)
}

export function unsupportedQuery(message: string): GraphError {
  return new GraphError(400, 'Request_UnsupportedQuery', message)
}

/** Also for what exists in another tenant: nobody learns of it. */
export function resourceNotFound(id: string): GraphError {
  const message = `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`
  return new GraphError(404, 'Request_ResourceNotFound', message)
}

export function insufficientPrivileges(message = 'Insufficient privileges to complete the operation.'): GraphError {
  return new GraphError(403, 'Authorization_RequestDenied', message)
}

/** A value that is unique is taken; `property` is its name. */
export function alreadyTaken(property: string, message: string): GraphError {
  const detail = { code: 'ConflictingObjects', message, target: property }
  return new GraphError(409, 'Request_MultipleObjectsWithSameKeyValue', message, [detail])
}

/** Two Microsoft 365 groups cannot have one address. */
export function nicknameTaken(): GraphError {
  return objectConflict('mailNickname')
}

/** A value of an account or a group that is unique is taken. */
export function objectConflict(property: string): GraphError {
  const message = `Another object with the same value for property ${property} already exists.`
  const detail = { code: 'ObjectConflict', message, target: property }
  return new GraphError(400, 'Request_BadRequest', message, [detail])
}

export function propertyNotFound(property: string, entityType: string): GraphError {
  return badRequest(`Could not find a property named '${property}' on type 'microsoft.graph.${entityType}'.`)
}

export function segmentNotFound(segment: string): GraphError {
  return badRequest(`Resource not found for the segment '${segment}'.`)
}
