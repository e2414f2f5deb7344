import type { ChallengeParameters } from '@doorstep/guard'

/** A refusal as Azure Resource Manager words it; `error-response.ts` gives it its form on the wire. */
export class ManagementError extends Error {
  override readonly name = 'ManagementError'
  readonly status: number
  readonly code: string
  /** What the WWW-Authenticate header of a 401 says beside where to get a token. */
  readonly challenge: ChallengeParameters | undefined

  constructor(status: number, code: string, message: string, challenge?: ChallengeParameters) {
    super(message)
    this.status = status
    this.code = code
    this.challenge = challenge
  }
}

export function missingApiVersion(): ManagementError {
  const message = 'The api-version query parameter (?api-version=) is required for all requests.'
  return new ManagementError(400, 'MissingApiVersionParameter', message)
}

/** @param supported versions that the message offers instead */
export function invalidApiVersion(version: string, supported: readonly string[]): ManagementError {
  const message = `The api-version '${version}' is invalid. The supported versions are '${supported.join(',')}'.`
  return new ManagementError(400, 'InvalidApiVersionParameter', message)
}

export function invalidSubscriptionId(id: string): ManagementError {
  const message = `The provided subscription identifier '${id}' is malformed or invalid.`
  return new ManagementError(400, 'InvalidSubscriptionId', message)
}

export function subscriptionNotFound(id: string): ManagementError {
  return new ManagementError(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`)
}

/** The caller's token comes from another tenant than the subscription's. `authority` ends in a slash. */
export function wrongTenant(callers: string, subscriptions: string, authority: string): ManagementError {
  const issuer = (tenantId: string) => `https://sts.windows.net/${tenantId}/`
  const message =
    `The access token is from the wrong issuer '${issuer(callers)}'. It must match the tenant ` +
    `'${issuer(subscriptions)}' associated with this subscription. Please use the authority (URL) ` +
    `'${authority}${subscriptions}' to get the token. Note, if the subscription is transferred to another tenant ` +
    'there is no impact to the services, but information about new tenant could take time to propagate (up to an ' +
    'hour). If you just transferred your subscription and see this error message, please try back later.'
  const challenge = {
    authorizationUri: `${authority}${subscriptions}`,
    error: 'invalid_token',
    errorDescription: `The access token is from the wrong issuer. It must match the tenant associated with this subscription.`,
  }
  return new ManagementError(401, 'InvalidAuthenticationTokenTenant', message, challenge)
}

/** What the caller has no role for. `client` is a user's principal name or an application's client id. */
export function authorizationFailed(refused: {
  readonly client: string
  readonly objectId: string
  readonly action: string
  readonly scope: string
}): ManagementError {
  const { client, objectId, action, scope } = refused
  const message =
    `The client '${client}' with object id '${objectId}' does not have authorization to perform action ` +
    `'${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh ` +
    'your credentials.'
  return new ManagementError(403, 'AuthorizationFailed', message)
}

export function resourceNotFound(path: string): ManagementError {
  return new ManagementError(404, 'ResourceNotFound', `The resource '${path}' was not found.`)
}

export function invalidResourceType(namespace: string, type: string, version: string): ManagementError {
  const message = `The resource type '${type}' could not be found in the namespace '${namespace}' for api version '${version}'.`
  return new ManagementError(404, 'InvalidResourceType', message)
}
