/**
 * Every refusal of the identity platform that Doorstep answers with, in Entra's words: one code, one meaning, one
 * text, one status. `docs/errors.md` is made from this table.
 * Sources: Microsoft Entra authentication and authorization error codes; RFC 6749 §5.2.
 */
export interface Refusal {
  /** The number after AADSTS. */
  readonly code: number
  /** The OAuth error name that clients branch on. */
  readonly error: string
  readonly status: number
  /** Whether the platform has a look-up page for the code (`error_uri`). */
  readonly page?: boolean
  readonly suberror?: string
  readonly text: (...details: never) => string
  /** For people: when it is met, and what to do about it. */
  readonly when: string
  readonly fix: string
}

export const catalogue = {
  tenantNotFound: {
    code: 90002,
    error: 'invalid_request',
    status: 400,
    text: (d: { tenant: string }) =>
      `Tenant '${d.tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
    when: 'The tenant in the URL is a GUID or domain that no tenant has. On discovery documents the OAuth error is invalid_tenant.',
    fix: 'Use the tenant id that `doorstep status` prints, or a domain of the seed file.',
  },
  discoveryTenantNotFound: {
    code: 90002,
    error: 'invalid_tenant',
    status: 400,
    text: (d: { tenant: string }) =>
      `Tenant '${d.tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
    when: 'The tenant in the URL of a discovery document or of published keys is unknown.',
    fix: 'Use the tenant id that `doorstep status` prints, or a domain of the seed file.',
  },
  tenantIdentifierInvalid: {
    code: 900023,
    error: 'invalid_request',
    status: 400,
    text: (d: { tenant: string }) =>
      `Specified tenant identifier '${d.tenant}' is neither a valid DNS name, nor a valid external domain.`,
    when: 'The tenant in the URL is neither a GUID nor a domain name.',
    fix: 'Write a tenant id, a verified domain, or one of common, organizations and consumers.',
  },
  tenantUnidentified: {
    code: 50059,
    error: 'invalid_request',
    status: 400,
    text: () => 'No tenant-identifying information found in either the request or implied by any provided credentials.',
    when: 'An application asks for a token of its own over common or organizations.',
    fix: 'Put the tenant id into the token URL.',
  },
  consumersNotSupported: {
    code: 9002332,
    error: 'invalid_request',
    status: 400,
    text: (d: { appId: string; name: string }) =>
      `Application '${d.appId}'(${d.name}) is configured for use by Azure Active Directory users only. Please do not use the /consumers endpoint to serve this request.`,
    when: 'An application for work or school accounts is used over the consumers endpoint.',
    fix: 'Use the tenant id, or register the application for personal accounts too.',
  },
  parameterMissing: {
    code: 900144,
    error: 'invalid_request',
    status: 400,
    text: (d: { parameter: string }) => `The request body must contain the following parameter: '${d.parameter}'.`,
    when: 'A required parameter is absent; an empty body and a JSON body count as having none.',
    fix: 'Send the parameter, as application/x-www-form-urlencoded.',
  },
  postRequired: {
    code: 900561,
    error: 'invalid_request',
    status: 400,
    text: (d: { method: string }) => `The endpoint only accepts POST requests. Received a ${d.method} request.`,
    when: 'The token endpoint is called with another verb than POST.',
    fix: 'Send a POST; with curl, -d or --data-urlencode makes one.',
  },
  requestMalformed: {
    code: 9002313,
    error: 'invalid_request',
    status: 400,
    text: () => 'Invalid request. Request is malformed or invalid.',
    when: 'A parameter is sent twice, the body is too large, the Basic header cannot be read or names another client than the body.',
    fix: 'Send every parameter once, and the credentials either in the body or in the Authorization header.',
  },
  grantTypeUnsupported: {
    code: 70003,
    error: 'unsupported_grant_type',
    status: 400,
    page: false,
    text: (d: { grantType: string }) => `The app requested an unsupported grant type '${d.grantType}'.`,
    when: 'grant_type is not one the platform knows.',
    fix: 'Use client_credentials, authorization_code, refresh_token, device_code, password or the on-behalf-of grant.',
  },
  applicationNotFound: {
    code: 700016,
    error: 'unauthorized_client',
    status: 400,
    text: (d: { appId: string; tenant: string }) =>
      `Application with identifier '${d.appId}' was not found in the directory '${d.tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
    when: 'No application has this client id, or it has no service principal in this tenant.',
    fix: 'Compare client id and tenant id with `doorstep app list`; make a service principal for an application of another tenant.',
  },
  applicationIdentifierInvalid: {
    code: 700038,
    error: 'unauthorized_client',
    status: 400,
    page: false,
    text: (d: { appId: string }) => `${d.appId} is not a valid application identifier.`,
    when: 'The client id is a GUID that no application can have, such as all zeros.',
    fix: 'Send the Application (client) ID of the registration.',
  },
  applicationDisabled: {
    code: 7000112,
    error: 'unauthorized_client',
    status: 400,
    text: (d: { appId: string; name: string }) => `Application '${d.appId}'(${d.name}) is disabled.`,
    when: 'The service principal in this tenant has accountEnabled false.',
    fix: 'Set accountEnabled of the service principal to true.',
  },
  clientCredentialMissing: {
    code: 7000216,
    error: 'invalid_client',
    status: 401,
    text: () => "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    when: 'An application asks for a token of its own and proves nothing.',
    fix: 'Send client_secret in the body or as the password of a Basic header.',
  },
  clientSecretInvalid: {
    code: 7000215,
    error: 'invalid_client',
    status: 401,
    text: (d: { appId: string }) =>
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${d.appId}'.`,
    when: 'The secret is not one of the application; often its id was copied instead of its value, or it was not URL-encoded.',
    fix: 'Send the value that was shown when the secret was made, URL-encoded; make a new one when it is lost.',
  },
  clientSecretExpired: {
    code: 7000222,
    error: 'invalid_client',
    status: 401,
    text: (d: { appId: string }) =>
      `The provided client secret keys for app '${d.appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    when: 'The secret is right but its end date has passed.',
    fix: 'Make a new secret for the application.',
  },
  scopeNotDefault: {
    code: 1002012,
    error: 'invalid_scope',
    status: 400,
    text: (d: { scope: string }) =>
      `The provided value for scope ${d.scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    when: 'An application asks for named permissions; applications of their own always get what was granted.',
    fix: 'Write the API followed by /.default, for example https://graph.microsoft.com/.default.',
  },
  scopeInvalid: {
    code: 70011,
    error: 'invalid_scope',
    status: 400,
    text: (d: { scope: string }) =>
      `The provided value for the input parameter 'scope' is not valid. The scope ${d.scope} is not valid.`,
    when: 'The scope has a form the platform does not know, or names several APIs.',
    fix: 'Write one API followed by /.default; mind the slash before .default.',
  },
  resourceDoesNotMatchScope: {
    code: 9010010,
    error: 'invalid_request',
    status: 400,
    text: () => "The resource parameter provided in the request doesn't match with the requested scopes.",
    when: 'A v2.0 request carries the v1.0 parameter resource, and it names another API than scope.',
    fix: 'Leave resource out of v2.0 requests.',
  },
  resourceNotFound: {
    code: 500011,
    error: 'invalid_resource',
    status: 400,
    text: (d: { resource: string; tenant: string }) =>
      `The resource principal named ${d.resource} was not found in the tenant named ${d.tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
    when: 'No API with a service principal in this tenant answers to the identifier asked for.',
    fix: 'Compare the identifier URI with the registration of the API, and make a service principal for it in this tenant.',
  },
  selfByIdentifierUri: {
    code: 90009,
    error: 'invalid_request',
    status: 400,
    text: (d: { appId: string; name: string }) =>
      `Application '${d.appId}'(${d.name}) is requesting a token for itself. This scenario is supported only if resource is specified using the GUID based App Identifier.`,
    when: 'A v1.0 request for a token whose audience is the client itself names it by its identifier URI.',
    fix: 'Send the client id as resource.',
  },
  applicationNotAssigned: {
    code: 501051,
    error: 'invalid_grant',
    status: 400,
    text: (d: { appId: string; name: string; resourceAppId: string; resourceName: string }) =>
      `Application '${d.appId}'(${d.name}) is not assigned to a role for the application '${d.resourceAppId}'(${d.resourceName}).`,
    when: 'The API demands an assignment (appRoleAssignmentRequired) and the calling application has none.',
    fix: 'Assign an app role of the API to the application.',
  },
  instanceInvalid: {
    code: 50049,
    error: 'invalid_instance',
    status: 400,
    text: () => 'Unknown or invalid instance.',
    when: 'Instance discovery is asked about a host that belongs to no Microsoft cloud.',
    fix: 'Use login.microsoftonline.com as authority, or switch instance discovery off in the client.',
  },
  instanceRequestMalformed: {
    code: 50050,
    error: 'invalid_request',
    status: 400,
    text: () => "The request is malformed. The 'authorization_endpoint' parameter must be an absolute URL.",
    when: 'Instance discovery without a usable authorization_endpoint.',
    fix: 'Send authorization_endpoint as an absolute, URL-encoded address.',
  },
  internalFault: {
    code: 90033,
    error: 'temporarily_unavailable',
    status: 503,
    text: () => 'A transient error has occurred. Please try again.',
    when: 'Doorstep itself failed; the fault is in its log under the trace id.',
    fix: 'Try again, and report the lines of the log when it stays.',
  },
} satisfies Record<string, Refusal>

export type RefusalName = keyof typeof catalogue
type DetailsOf<Name extends RefusalName> = Parameters<(typeof catalogue)[Name]['text']>

/** A refusal in Entra's words. The surface decides how it looks: JSON, redirect, page or exit code. */
export class EntraError extends Error {
  override readonly name = 'EntraError'
  readonly refusal: RefusalName
  readonly code: number
  readonly error: string
  readonly status: number
  readonly page: boolean
  readonly suberror: string | undefined

  constructor(refusal: RefusalName, text: string) {
    const row: Omit<Refusal, 'text'> = catalogue[refusal]
    super(`AADSTS${row.code}: ${text}`)
    this.refusal = refusal
    this.code = row.code
    this.error = row.error
    this.status = row.status
    this.page = row.page ?? true
    this.suberror = row.suberror
  }
}

/** The refusal `name` of the catalogue, with the details its text needs. */
export function entraError<Name extends RefusalName>(name: Name, ...details: DetailsOf<Name>): EntraError {
  const text = catalogue[name].text as (...given: DetailsOf<Name>) => string
  return new EntraError(name, text(...details))
}
