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

/** What of an assertion no federated identity credential has. */
function unmatchedAssertion(what: string): string {
  return `No matching federated identity record found for presented assertion ${what}. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://docs.microsoft.com/en-us/azure/active-directory/develop/workload-identity-federation`
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
    fix: 'Compare the spelling; docs/parity.md says which grants this version of Doorstep has.',
  },
  applicationNotFound: {
    code: 700016,
    error: 'unauthorized_client',
    status: 400,
    text: (d: { appId: string; tenant: string }) =>
      `Application with identifier '${d.appId}' was not found in the directory '${d.tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
    when: 'No application has this client id, or it has no service principal in this tenant.',
    fix: 'Compare the client id with `doorstep app list` and the tenant id with `doorstep status`; make a service principal for an application of another tenant.',
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
    fix: 'Send the value that was shown when the secret was made, URL-encoded; when it is lost, make a new one with `doorstep app add-secret APP_ID`.',
  },
  clientSecretExpired: {
    code: 7000222,
    error: 'invalid_client',
    status: 401,
    text: (d: { appId: string }) =>
      `The provided client secret keys for app '${d.appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    when: 'The secret is right but its end date has passed.',
    fix: 'Make a new secret for the application, with `doorstep app add-secret APP_ID`.',
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
  redirectUriInvalid: {
    code: 90102,
    error: 'invalid_request',
    status: 400,
    text: () => "'redirect_uri' value must be a valid absolute URI.",
    when: 'redirect_uri is no absolute URI, or holds blanks.',
    fix: 'Send an absolute, URL-encoded address such as http%3A%2F%2Flocalhost%3A8080.',
  },
  redirectUriMismatch: {
    code: 50011,
    error: 'invalid_request',
    status: 400,
    text: (d: { redirectUri: string; appId: string }) =>
      `The redirect URI '${d.redirectUri}' specified in the request does not match the redirect URIs configured for the application '${d.appId}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to fix this.`,
    when: 'redirect_uri is not registered: another path, scheme, port (free on localhost only), or a trailing slash.',
    fix: 'Send a registered redirect URI letter for letter, or register the one that is sent, with `doorstep app add-redirect-uri APP_ID --web URI`.',
  },
  redirectUriNoneRegistered: {
    code: 500113,
    error: 'invalid_request',
    status: 400,
    text: () => 'No reply address is registered for the application.',
    when: 'The application has no redirect URI at all.',
    fix: 'Register one with `doorstep app add-redirect-uri APP_ID`: --web for a server with a secret, --spa for a page, --public-client for a program.',
  },
  responseTypeUnsupported: {
    code: 70005,
    error: 'unsupported_response_type',
    status: 400,
    text: () =>
      "The provided value for the input parameter 'response_type' is not allowed for this client. Expected value is 'code'",
    when: 'response_type is no combination of code, id_token and token.',
    fix: 'Send response_type=code, or code id_token for a web application.',
  },
  idTokenNotEnabled: {
    code: 700054,
    error: 'unsupported_response_type',
    status: 400,
    text: () => "response_type 'id_token' is not enabled for the application.",
    when: 'An id_token is asked from the authorization endpoint, and the registration does not allow it.',
    fix: 'Set web.implicitGrantSettings.enableIdTokenIssuance, or use response_type=code.',
  },
  accessTokenNotEnabled: {
    code: 700051,
    error: 'unsupported_response_type',
    status: 400,
    text: () => "response_type 'token' is not enabled for the application.",
    when: 'An access token is asked from the authorization endpoint, and the registration does not allow it.',
    fix: 'Use response_type=code with PKCE, or set web.implicitGrantSettings.enableAccessTokenIssuance.',
  },
  responseModeUnsupported: {
    code: 70007,
    error: 'unsupported_response_mode',
    status: 400,
    text: (d: { responseMode: string }) =>
      `'${d.responseMode}' is not a supported value of 'response_mode' when requesting a token.`,
    when: 'response_mode is unknown, or it is query although tokens would stand in the address.',
    fix: 'Use query for a code alone; fragment or form_post with id_token or token.',
  },
  fieldMissing: {
    code: 90014,
    error: 'invalid_request',
    status: 400,
    text: (d: { field: string }) =>
      `The required field '${d.field}' is missing from the credential. Ensure that you have all the necessary parameters for the login request.`,
    when: 'An id_token is asked from the authorization endpoint without nonce.',
    fix: 'Send a fresh random nonce, and compare it with the one in the id_token.',
  },
  promptUnsupported: {
    code: 90023,
    error: 'invalid_request',
    status: 400,
    text: () => "Unsupported 'prompt' value.",
    when: 'prompt is none of login, none, consent, select_account and create, or is several of them.',
    fix: 'Send one of these values, or leave prompt out.',
  },
  parameterInvalid: {
    code: 90100,
    error: 'invalid_request',
    status: 400,
    text: (d: { parameter: string }) => `${d.parameter} parameter is empty or not valid.`,
    when: 'max_age is no number of seconds, or claims is no JSON object.',
    fix: 'Correct the parameter, or leave it out.',
  },
  parameterNotSupported: {
    code: 901002,
    error: 'invalid_request',
    status: 400,
    text: (d: { parameter: string }) => `The '${d.parameter}' request parameter is not supported.`,
    when: 'The request comes as an object: request or request_uri.',
    fix: 'Send the parameters themselves.',
  },
  hintsConflict: {
    code: 90005,
    error: 'invalid_request',
    status: 400,
    text: () => "The identifier and login hint can't be used together.",
    when: 'sid and login_hint are sent in one request.',
    fix: 'Send one of them.',
  },
  resourceMissing: {
    code: 500013,
    error: 'invalid_resource',
    status: 400,
    text: () => 'Resource identifier is not provided.',
    when: 'A v1.0 request wants an access token and names no API.',
    fix: 'Send resource with the identifier URI or client id of the API.',
  },
  codeChallengeMissing: {
    code: 50147,
    error: 'invalid_request',
    status: 400,
    text: () => "The size of the code challenge parameter isn't valid.",
    when: 'code_challenge_method is sent without code_challenge.',
    fix: 'Send both, or neither.',
  },
  codeChallengeMethodInvalid: {
    code: 50149,
    error: 'invalid_request',
    status: 400,
    text: () => 'Invalid Code_Challenge_Method parameter.',
    when: 'code_challenge_method is neither S256 nor plain.',
    fix: 'Send code_challenge_method=S256.',
  },
  codeChallengeInvalid: {
    code: 501491,
    error: 'invalid_request',
    status: 400,
    text: () => 'Invalid size of Code_Challenge parameter.',
    when: 'code_challenge does not have 43 to 128 letters, digits and -._~; often it is padded with =.',
    fix: 'Send the SHA-256 of the verifier as base64url without padding.',
  },
  codeVerifierMismatch: {
    code: 501481,
    error: 'invalid_grant',
    status: 400,
    text: () => 'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
    when: 'code_verifier is absent, or not the one whose hash was sent as code_challenge.',
    fix: 'Keep the verifier of this very sign-in, and send it with its code.',
  },
  codeVerifierUnexpected: {
    code: 50148,
    error: 'invalid_grant',
    status: 400,
    text: () => 'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
    when: 'code_verifier is sent for a code that was asked for without code_challenge.',
    fix: 'Send code_challenge when asking for the code.',
  },
  codeChallengeRequired: {
    code: 9002325,
    error: 'invalid_request',
    status: 400,
    text: () => 'Proof Key for Code Exchange is required for cross-origin authorization code redemption.',
    when: 'A code for a spa redirect URI was asked for without code_challenge.',
    fix: 'Send code_challenge and code_challenge_method=S256 when asking for the code.',
  },
  defaultScopeCombined: {
    code: 70011,
    error: 'invalid_scope',
    status: 400,
    text: () =>
      "The provided value for the input parameter 'scope' is not valid. .default scope can't be combined with resource-specific scopes.",
    when: '.default and a named permission of one API are asked for together.',
    fix: 'Ask for .default alone, or for the named permissions alone.',
  },
  openIdScopeRequired: {
    code: 70011,
    error: 'invalid_scope',
    status: 400,
    text: (d: { scope: string }) =>
      `The provided value for the input parameter 'scope' is not valid. The scope ${d.scope} is not valid. The openid scope is required.`,
    when: 'An id_token is asked from the authorization endpoint without the scope openid.',
    fix: 'Add openid to scope.',
  },
  severalResources: {
    code: 28000,
    error: 'invalid_request',
    status: 400,
    text: (d: { scope: string }) =>
      `Provided value for the input parameter scope is not valid because it contains more than one resource. Scope ${d.scope} is not valid.`,
    when: 'A code is redeemed with scopes of several APIs; an access token is for one.',
    fix: 'Name the scopes of one API; get tokens for the others with the refresh token.',
  },
  scopeEmpty: {
    code: 28003,
    error: 'invalid_request',
    status: 400,
    text: () =>
      'Provided value for the input parameter scope cannot be empty when requesting an access token using the provided authorization code. Please specify a valid scope.',
    when: 'A code that was asked for with scopes of several APIs is redeemed without scope.',
    fix: 'Send the scopes of the API the token is for.',
  },
  scopeNotFound: {
    code: 650053,
    error: 'invalid_client',
    status: 400,
    text: (d: { name: string; scope: string; resourceAppId: string }) =>
      `The application '${d.name}' asked for scope '${d.scope}' that doesn't exist on the resource '${d.resourceAppId}'. Contact the app vendor.`,
    when: 'The API exposes no delegated permission of this name, or has disabled it.',
    fix: 'Compare the name with the scopes of the API; a scope without an API in front belongs to Microsoft Graph.',
  },
  resourceNotListed: {
    code: 650057,
    error: 'invalid_resource',
    status: 400,
    text: (d: { appId: string; name: string; resource: string; resourceAppId: string; listed: string }) =>
      `Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: ${d.appId}(${d.name}). Resource value from request: ${d.resource}. Resource app ID: ${d.resourceAppId}. List of valid resources from app registration: ${d.listed}.`,
    when: '.default or a v1.0 resource asks for an API of which the registration lists no permission and nothing was granted.',
    fix: 'Add a delegated permission of the API to the registration, with `doorstep app add-permission APP_ID "API/SCOPE"`, or ask for a named scope.',
  },
  consentRequired: {
    code: 65001,
    error: 'invalid_grant',
    status: 400,
    suberror: 'consent_required',
    text: (d: { appId: string; name: string }) =>
      `The user or administrator has not consented to use the application with ID '${d.appId}' named '${d.name}'. Send an interactive authorization request for this user and resource.`,
    when: 'A token is asked for that nobody has consented to.',
    fix: 'Sign in interactively once with these scopes, or have an administrator grant them, with `doorstep app grant-admin-consent APP_ID`.',
  },
  preAuthorizationRequired: {
    code: 65002,
    error: 'invalid_request',
    status: 400,
    text: (d: { appId: string; resourceAppId: string }) =>
      `Consent between first party application '${d.appId}' and first party resource '${d.resourceAppId}' must be configured via preauthorization - applications owned and operated by Microsoft must get approval from the API owner before requesting tokens for that API.`,
    when: "One of Microsoft's own tools asks one of Microsoft's own APIs for a permission that nobody can consent to.",
    fix: 'Ask with an application of your own that lists the permission.',
  },
  serviceNotEnabled: {
    code: 650052,
    error: 'invalid_client',
    status: 400,
    text: (d: { service: string; organization: string }) =>
      `The app needs access to a service ('${d.service}') that your organization '${d.organization}' has not subscribed to or enabled. Contact your IT Admin to review the configuration of your service subscriptions.`,
    when: 'The registration lists permissions of an API that has no service principal in the tenant of the user.',
    fix: 'Have an administrator of that tenant add the API first, or list the client in knownClientApplications of an API for several tenants: consent then adds both.',
  },
  silentConsentRequired: {
    code: 65001,
    error: 'interaction_required',
    status: 400,
    text: (d: { appId: string; name: string }) =>
      `The user or administrator has not consented to use the application with ID '${d.appId}' named '${d.name}'. Send an interactive authorization request for this user and resource.`,
    when: 'prompt=none, and a permission that is asked for was not consented to.',
    fix: 'Send the request again without prompt=none.',
  },
  consentDeclined: {
    code: 65004,
    error: 'access_denied',
    status: 400,
    text: () => 'User declined to consent to access the app.',
    when: 'The person answered the consent page with Cancel.',
    fix: 'Ask for fewer permissions, or explain them before the sign-in.',
  },
  adminConsentRequired: {
    code: 90094,
    error: 'access_denied',
    status: 400,
    text: () => 'The grant requires admin permission.',
    when: 'A permission is for administrators to grant, or the tenant lets no user consent.',
    fix: 'Grant admin consent to the application as an administrator.',
  },
  administratorOnly: {
    code: 90093,
    error: 'access_denied',
    status: 400,
    text: () =>
      "This operation can only be performed by an administrator. Sign out and sign in as an administrator or contact one of your organization's administrators.",
    when: 'prompt=admin_consent or the admin-consent page is used by somebody without an administrator role.',
    fix: 'Sign in as a Global Administrator.',
  },
  noSession: {
    code: 50058,
    error: 'login_required',
    status: 400,
    text: () => 'A silent sign-in request was sent but no user is signed in.',
    when: 'prompt=none without a session, for an account that is not signed in, or after max_age.',
    fix: 'Send the request again without prompt=none.',
  },
  severalSessions: {
    code: 16000,
    error: 'interaction_required',
    status: 400,
    text: () =>
      'Either multiple user identities are available for the current request or selected account is not supported for the scenario.',
    when: 'prompt=none while several accounts are signed in, or none of them belongs to the tenant.',
    fix: 'Name the account with login_hint or sid, or leave prompt=none out.',
  },
  applicationNotMultiTenant: {
    code: 50194,
    error: 'invalid_request',
    status: 400,
    text: (d: { appId: string; name: string }) =>
      `Application '${d.appId}'(${d.name}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such applications created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.`,
    when: 'An application for one tenant is used over common or organizations.',
    fix: 'Put the tenant id into the URL, or set signInAudience to AzureADMultipleOrgs.',
  },
  personalAccountsOnly: {
    code: 9002331,
    error: 'invalid_request',
    status: 400,
    text: (d: { appId: string; name: string }) =>
      `Application '${d.appId}'(${d.name}) is configured for use by Microsoft Account users only. Please use the /consumers endpoint to serve this request.`,
    when: 'An application for personal accounts is used with a tenant.',
    fix: 'Use the consumers endpoint, or set signInAudience to one with work or school accounts.',
  },
  personalAccountNotAllowed: {
    code: 500200,
    error: 'access_denied',
    status: 400,
    text: () =>
      "User account '{EmailHidden}' is a personal Microsoft account. Personal Microsoft accounts are not supported for this application unless explicitly invited to an organization. Try signing out and signing back in with an organizational account.",
    when: 'A personal account signs in to an application for work or school accounts.',
    fix: 'Sign in with an account of the tenant.',
  },
  personalAccountsNeedV2: {
    code: 90027,
    error: 'invalid_request',
    status: 400,
    text: () =>
      'We are unable to issue tokens from this API version on the MSA tenant. Please contact the application vendor as they need to use version 2.0 of the protocol to support this.',
    when: 'A personal account, or the consumers endpoint, is asked for tokens over v1.0.',
    fix: 'Use the v2.0 endpoints, with scope in place of resource.',
  },
  userNotInTenant: {
    code: 50020,
    error: 'access_denied',
    status: 400,
    text: (d: { identityProvider: string; tenant: string; appId: string; name: string }) =>
      `User account '{EmailHidden}' from identity provider '${d.identityProvider}' does not exist in tenant '${d.tenant}' and cannot access the application '${d.appId}'(${d.name}) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Microsoft Entra user account.`,
    when: 'Somebody of another tenant signs in who is no guest here.',
    fix: 'Add the user as a guest, or sign in with an account of this tenant.',
  },
  userNotAssigned: {
    code: 50105,
    error: 'invalid_grant',
    status: 400,
    text: (d: { appId: string; name: string; userPrincipalName: string }) =>
      `Your administrator has configured the application ${d.name} ('${d.appId}') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '${d.userPrincipalName}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator. Please contact your administrator to assign access to this application.`,
    when: 'The service principal demands an assignment (appRoleAssignmentRequired) and the user has none.',
    fix: 'Assign the user or one of his groups to the application.',
  },
  clientProofMissing: {
    code: 7000218,
    error: 'invalid_client',
    status: 401,
    text: () => "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    when: 'A confidential client redeems a grant without proving itself; a device code or password grant is used by an application that is not marked as public.',
    fix: 'Send client_secret; for a program without secret register its redirect URI under publicClient, and allow device codes and passwords with `doorstep app allow-public-client-flows APP_ID`.',
  },
  clientIsPublic: {
    code: 700025,
    error: 'invalid_client',
    status: 401,
    text: () => "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    when: 'A secret or assertion comes with a grant of a public client: its redirect URI is under publicClient, or the application is marked as public.',
    fix: 'Leave the credential out, or register the redirect URI under web.',
  },
  crossOriginNotPermitted: {
    code: 9002326,
    error: 'invalid_request',
    status: 400,
    text: (d: { origin: string }) =>
      `Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '${d.origin}'.`,
    when: 'A request with an Origin header redeems a code or refresh token of a redirect URI that is not registered as spa.',
    fix: 'Register the redirect URI of the page under spa.redirectUris; servers and programs send no Origin.',
  },
  crossOriginRequired: {
    code: 9002327,
    error: 'invalid_request',
    status: 400,
    text: () =>
      "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
    when: 'A code or refresh token of a spa redirect URI is redeemed without an Origin header.',
    fix: 'Redeem it in the page; for a server register the redirect URI under web.',
  },
  pageSentCredential: {
    code: 90023,
    error: 'invalid_request',
    status: 400,
    text: () => "Public clients can't send a client secret.",
    when: 'A page redeems a code or refresh token and sends a secret or assertion with it.',
    fix: 'Leave the credential out: what a page knows is no secret.',
  },
  assertionTypeUnsupported: {
    code: 50027,
    error: 'invalid_client',
    status: 401,
    text: (d: { reason: string }) => `Invalid JWT token. ${d.reason}`,
    when: 'client_assertion is no JWT, or signed in another way than RS256 or PS256.',
    fix: 'Send a JWT signed with the key of a certificate that is registered for the application.',
  },
  assertionSubjectMismatch: {
    code: 50048,
    error: 'invalid_client',
    status: 401,
    text: () => 'Subject must match Issuer claim in the client assertion.',
    when: 'iss and sub of the client assertion differ.',
    fix: 'Write the client id into both.',
  },
  assertionClientMismatch: {
    code: 700021,
    error: 'invalid_client',
    status: 401,
    text: () =>
      "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at https://docs.microsoft.com/en-us/azure/active-directory/develop/active-directory-certificate-credentials .",
    when: 'The client assertion names another application than client_id.',
    fix: 'Write the client id into iss and sub of the assertion.',
  },
  assertionAudienceMismatch: {
    code: 700023,
    error: 'invalid_client',
    status: 401,
    text: () =>
      'Client assertion audience claim does not match Realm issuer. Review the documentation at https://docs.microsoft.com/en-us/azure/active-directory/develop/active-directory-certificate-credentials .',
    when: 'aud of the client assertion is not the token endpoint of this tenant.',
    fix: 'Write the token URL that the request is sent to into aud.',
  },
  assertionOutOfTime: {
    code: 700024,
    error: 'invalid_client',
    status: 401,
    text: (d: { now: string; from: string; until: string }) =>
      `Client assertion is not within its valid time range. Current time: ${d.now}, assertion valid from ${d.from}, expiry time of assertion ${d.until}. Review the documentation at https://docs.microsoft.com/en-us/azure/active-directory/develop/active-directory-certificate-credentials .`,
    when: 'The client assertion has expired or is not valid yet, by the clock of the local cloud.',
    fix: 'Make a fresh assertion; compare clocks with `doorstep clock`.',
  },
  certificateUnknown: {
    code: 700027,
    error: 'invalid_client',
    status: 401,
    text: (d: { thumbprint: string; appId: string }) =>
      `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '${d.thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${d.appId}'. Review the documentation at https://docs.microsoft.com/en-us/graph/deployments to determine the corresponding service endpoint and https://docs.microsoft.com/en-us/graph/api/application-get?view=graph-rest-1.0&tabs=http to build a query request URL, such as 'https://graph.microsoft.com/beta/applications/${d.appId}'].`,
    when: 'No certificate of the application has the thumbprint that the client assertion names.',
    fix: 'Add the certificate to keyCredentials of the registration; send its thumbprint as x5t#S256 or x5t.',
  },
  certificateExpired: {
    code: 700027,
    error: 'invalid_client',
    status: 401,
    text: (d: { thumbprint: string; from: string; until: string }) =>
      `Client assertion failed signature validation. [Reason - The key used is expired., Thumbprint of key used by client: '${d.thumbprint}', Found key 'Start=${d.from}, End=${d.until}'].`,
    when: 'The certificate that signed the client assertion has run out, or is not valid yet.',
    fix: 'Register a new certificate.',
  },
  assertionSignatureInvalid: {
    code: 700027,
    error: 'invalid_client',
    status: 401,
    text: (d: { thumbprint: string; from: string; until: string }) =>
      `Client assertion failed signature validation. [Reason - The provided signature value did not match the expected signature value., Thumbprint of key used by client: '${d.thumbprint}', Found key 'Start=${d.from}, End=${d.until}'].`,
    when: 'The client assertion was not signed with the key of the certificate it names, or was changed.',
    fix: 'Sign with the private key that belongs to the registered certificate.',
  },
  federatedIssuerUnknown: {
    code: 700211,
    error: 'invalid_client',
    status: 401,
    text: (d: { issuer: string }) => unmatchedAssertion(`issuer '${d.issuer}'`),
    when: 'The client assertion comes from an issuer that no federated identity credential of the application names.',
    fix: 'Add a federated identity credential with exactly this issuer; a slash at its end counts.',
  },
  federatedSubjectUnknown: {
    code: 700213,
    error: 'invalid_client',
    status: 401,
    text: (d: { subject: string }) => unmatchedAssertion(`subject '${d.subject}'`),
    when: 'A federated identity credential names the issuer of the client assertion, none of them its subject.',
    fix: 'Write sub of the assertion into the subject of the credential, letter by letter.',
  },
  federatedAudienceUnknown: {
    code: 700212,
    error: 'invalid_client',
    status: 401,
    text: (d: { audience: string }) => unmatchedAssertion(`audience '${d.audience}'`),
    when: 'A federated identity credential names issuer and subject of the client assertion, but another audience.',
    fix: 'Let the issuer make its token for the audience of the credential, api://AzureADTokenExchange by default.',
  },
  federatedUserToken: {
    code: 700229,
    error: 'invalid_client',
    status: 401,
    text: () => 'Only app-only tokens can be used as Federated Identity Credentials for Microsoft Entra ID issuer.',
    when: 'The client assertion is a token of this cloud that an application holds for a user.',
    fix: 'Present a token that an application got for itself, with client_credentials.',
  },
  federatedSignatureInvalid: {
    code: 700027,
    error: 'invalid_client',
    status: 401,
    text: (d: { issuer: string; keyId: string }) =>
      `Client assertion failed signature validation. [Reason - The key was not found or the signature does not match., Issuer: '${d.issuer}', Key id: '${d.keyId}'].`,
    when: 'No key that the issuer publishes has signed the client assertion.',
    fix: 'Sign with a key of the key set that the issuer publishes, and name it by its kid.',
  },
  issuerUnreachable: {
    code: 50166,
    error: 'invalid_request',
    status: 400,
    text: (d: { issuer: string }) => `Request to External OIDC endpoint failed. Issuer: '${d.issuer}'.`,
    when: 'The keys of the issuer of a client assertion cannot be read.',
    fix: 'The log of `doorstep up` says why. Let the issuer answer over https at /.well-known/openid-configuration below its name, without redirects, and at a public address unless Doorstep listens on loopback alone; start Doorstep with NODE_EXTRA_CA_CERTS when its certificate is of an authority of your own.',
  },
  codeMalformed: {
    code: 9002313,
    error: 'invalid_grant',
    status: 400,
    text: () => 'Invalid request. Request is malformed or invalid.',
    when: 'The code or refresh token does not have the form of one; often it was cut or not URL-encoded.',
    fix: 'Send all of it, URL-encoded.',
  },
  codeInvalid: {
    code: 70000,
    error: 'invalid_grant',
    status: 400,
    text: () => 'The provided authorization code or refresh token is malformed or invalid.',
    when: 'The code is unknown here, or was issued to another client.',
    fix: 'Sign in again, and redeem the code with the client that asked for it.',
  },
  codeRedeemed: {
    code: 54005,
    error: 'invalid_grant',
    status: 400,
    text: () =>
      'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
    when: 'A code is redeemed a second time.',
    fix: 'Redeem a code once; afterwards use the refresh token.',
  },
  codeExpired: {
    code: 70008,
    error: 'invalid_grant',
    status: 400,
    text: () =>
      'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
    when: 'The code is older than ten minutes.',
    fix: 'Sign in again, and redeem the code at once.',
  },
  codeOfOtherTenant: {
    code: 700005,
    error: 'invalid_grant',
    status: 400,
    text: () => 'The provided Authorization Code is intended to use against other tenant, thus rejected.',
    when: 'The code was asked for with another tenant in the URL than it is redeemed with.',
    fix: 'Use the same tenant in both URLs.',
  },
  redirectUriChanged: {
    code: 500112,
    error: 'invalid_grant',
    status: 400,
    text: (d: { sent: string; expected: string }) =>
      `The reply address '${d.sent}' does not match the reply address '${d.expected}' provided when requesting Authorization code.`,
    when: 'redirect_uri is not letter for letter the one of the authorization request.',
    fix: 'Send the same redirect_uri in both, with its port and trailing slash.',
  },
  refreshTokenInvalid: {
    code: 70000,
    error: 'invalid_grant',
    status: 400,
    text: () => "The provided value for the 'refresh_token' parameter is not valid.",
    when: 'The refresh token is unknown here, or was issued to another client.',
    fix: 'Sign in again.',
  },
  refreshTokenNotOfFamily: {
    code: 70000,
    error: 'invalid_grant',
    status: 400,
    suberror: 'client_mismatch',
    text: () => "The provided value for the 'refresh_token' parameter is not valid.",
    when: "A refresh token that Microsoft's own tools share is presented by a client that is none of them.",
    fix: 'Use the refresh token of this client.',
  },
  refreshTokenExpired: {
    code: 700082,
    error: 'invalid_grant',
    status: 400,
    suberror: 'bad_token',
    text: (d: { issuedAt: string }) =>
      `The refresh token has expired due to inactivity. The token was issued on ${d.issuedAt} and was inactive for 90.00:00:00.`,
    when: 'The refresh token was not used for 90 days.',
    fix: 'Sign in again.',
  },
  pageRefreshTokenExpired: {
    code: 700084,
    error: 'invalid_grant',
    status: 400,
    suberror: 'bad_token',
    text: (d: { issuedAt: string }) =>
      `The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page. The token was issued on ${d.issuedAt}.`,
    when: "24 hours have passed since the page's sign-in.",
    fix: 'Sign in again; with a session in the browser prompt=none does.',
  },
  grantRevoked: {
    code: 50173,
    error: 'invalid_grant',
    status: 400,
    suberror: 'bad_token',
    text: (d: { issuedAt: string; validFrom: string }) =>
      `The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '${d.issuedAt}' and the TokensValidFrom date (before which tokens are not valid) for this user is '${d.validFrom}'.`,
    when: 'The password of the user was changed, or his sessions were revoked, after he had signed in for this grant.',
    fix: 'Sign in again.',
  },
  authorizationPending: {
    code: 70016,
    error: 'authorization_pending',
    status: 400,
    text: () => 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
    when: 'Nobody has entered the user code yet.',
    fix: 'Poll again after `interval` seconds.',
  },
  devicePollsTooFast: {
    code: 70016,
    error: 'slow_down',
    status: 400,
    text: () => 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
    when: 'One device code is polled dozens of times within its interval (RFC 8628 section 3.5).',
    fix: 'Wait `interval` seconds between polls.',
  },
  userCodeMissing: {
    code: 90119,
    error: 'invalid_request',
    status: 400,
    text: () => 'The user code is null or empty.',
    when: 'Nothing was typed where the code of a device is asked for.',
    fix: 'Type the code that the device shows.',
  },
  userCodeInvalid: {
    code: 70018,
    error: 'invalid_grant',
    status: 400,
    text: () => 'Invalid verification code due to User typing in wrong user code for device code flow.',
    when: 'No device waits with this code: it was mistyped, is older than 15 minutes, or was used.',
    fix: 'Compare it with what the device shows, or let the device ask for a new one.',
  },
  userCodeAnswered: {
    code: 90120,
    error: 'invalid_request',
    status: 400,
    text: () => 'The request has already been authorized or declined.',
    when: 'Somebody has answered this code of a device already.',
    fix: 'Let the device ask for a new code.',
  },
  deviceCodeDeclined: {
    code: 65004,
    error: 'authorization_declined',
    status: 400,
    text: () => 'User declined to consent to access the app.',
    when: 'The person declined the sign-in of the device.',
    fix: 'Ask for a new device code.',
  },
  deviceCodeExpired: {
    code: 70020,
    error: 'expired_token',
    status: 400,
    text: () => "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
    when: 'The device code is older than 15 minutes.',
    fix: 'Ask for a new device code.',
  },
  deviceCodeInvalid: {
    code: 7000014,
    error: 'invalid_grant',
    status: 400,
    text: () => "The provided value for the input parameter 'device_code' is not valid.",
    when: 'The device code is unknown, was redeemed, or belongs to another client or tenant.',
    fix: 'Ask for a new device code; redeem it once, with the same client and tenant.',
  },
  passwordOverAlias: {
    code: 9001023,
    error: 'invalid_request',
    status: 400,
    text: () =>
      'The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.',
    when: 'The password grant is used over common or consumers.',
    fix: 'Use organizations or the tenant id.',
  },
  userNameWithoutTenant: {
    code: 50128,
    error: 'invalid_request',
    status: 400,
    text: () =>
      'Invalid domain name - No tenant-identifying information found in either the request or implied by any provided credentials.',
    when: 'Over organizations, the domain of the user name belongs to no tenant.',
    fix: 'Write the whole user principal name, or put the tenant id into the URL.',
  },
  userNotFound: {
    code: 50034,
    error: 'invalid_grant',
    status: 400,
    text: (d: { tenant: string }) =>
      `The user account {EmailHidden} does not exist in the ${d.tenant} directory. To sign into this application, the account must be added to the directory.`,
    when: 'The tenant has no user of this name, or has deleted it.',
    fix: 'Compare the user principal name with the seed file or the users of the tenant.',
  },
  grantOfOtherTenant: {
    code: 50020,
    error: 'invalid_grant',
    status: 400,
    text: (d: { identityProvider: string; tenant: string; appId: string; name: string }) =>
      `User account '{EmailHidden}' from identity provider '${d.identityProvider}' does not exist in tenant '${d.tenant}' and cannot access the application '${d.appId}'(${d.name}) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Microsoft Entra user account.`,
    when: 'A refresh token is redeemed at a tenant that the user is neither member nor guest of.',
    fix: 'Add the user as a guest, or redeem it at the tenant of the user.',
  },
  grantOfOtherAccounts: {
    code: 7000012,
    error: 'invalid_grant',
    status: 400,
    page: false,
    text: () => 'The grant was obtained for a different tenant.',
    when: 'A refresh token of a personal account is redeemed at a tenant it is no guest of or over organizations, or one of a work account over consumers.',
    fix: 'Redeem it over common, over consumers, or at a tenant that has invited the account.',
  },
  passwordWrong: {
    code: 50126,
    error: 'invalid_grant',
    status: 400,
    text: () => 'Error validating credentials due to invalid username or password.',
    when: 'The password is not the one of this user.',
    fix: 'Correct the password; blanks around it are not part of it.',
  },
  accountLocked: {
    code: 50053,
    error: 'invalid_grant',
    status: 400,
    text: () => "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.",
    when: 'Ten different wrong passwords were given for this account; for a minute, then longer, even the right one is refused.',
    fix: 'Wait until the lock ends, or give the account a new password. `doorstep clock` can move the time ahead.',
  },
  passwordMissing: {
    code: 50056,
    error: 'invalid_grant',
    status: 400,
    text: () => 'Invalid or missing password: password does not exist in the directory for this user.',
    when: 'The user has no password in this tenant, as guests do.',
    fix: 'Give the user a password, or sign in at the home tenant.',
  },
  passwordExpired: {
    code: 50055,
    error: 'invalid_grant',
    status: 400,
    suberror: 'user_password_expired',
    text: () => 'The password is expired.',
    when: 'The user must change the password at the next sign-in (forceChangePasswordNextSignIn).',
    fix: 'Sign in interactively and change it, or set a password without that mark.',
  },
  userDisabled: {
    code: 50057,
    error: 'invalid_grant',
    status: 400,
    text: () => 'The user account is disabled.',
    when: 'The account has accountEnabled false.',
    fix: 'Set accountEnabled of the user to true.',
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

/** The text of a refusal with the names of its details in braces. */
export function textWithPlaceholders({ text }: Pick<Refusal, 'text'>): string {
  const details = new Proxy({}, { get: (_target, name) => `{${String(name)}}` })
  return (text as (details: unknown) => string)(details)
}

export type RefusalName = keyof typeof catalogue
type DetailsOf<Name extends RefusalName> = Parameters<(typeof catalogue)[Name]['text']>

/** What of the HTTP answer a refusal decides besides its body. */
export interface RefusalAnswer {
  /** In place of the request's own: a device's polls answer with the id of the request that began the flow. */
  readonly correlationId?: string
  /** The origin of the page that may read why it was refused. */
  readonly allowOrigin?: string
}

/** A refusal in Entra's words. The surface decides how it looks: JSON, redirect, page or exit code. */
export class EntraError extends Error {
  override readonly name = 'EntraError'
  readonly refusal: RefusalName
  readonly code: number
  readonly error: string
  readonly status: number
  readonly page: boolean
  readonly suberror: string | undefined
  /** For people: what to do about it. */
  readonly fix: string
  readonly answer: RefusalAnswer
  readonly #text: string

  constructor(refusal: RefusalName, text: string, answer: RefusalAnswer = {}) {
    const row: Omit<Refusal, 'text'> = catalogue[refusal]
    super(`AADSTS${row.code}: ${text}`)
    this.refusal = refusal
    this.#text = text
    this.answer = answer
    this.code = row.code
    this.error = row.error
    this.status = row.status
    this.page = row.page ?? true
    this.suberror = row.suberror
    this.fix = row.fix
  }

  /** The message without its code. */
  get text(): string {
    return this.#text
  }

  /** The same refusal with more said about its answer. */
  answeredWith(answer: RefusalAnswer): EntraError {
    return new EntraError(this.refusal, this.#text, { ...this.answer, ...answer })
  }
}

/** The refusal `name` of the catalogue, with the details its text needs. */
export function entraError<Name extends RefusalName>(name: Name, ...details: DetailsOf<Name>): EntraError {
  const text = catalogue[name].text as (...given: DetailsOf<Name>) => string
  return new EntraError(name, text(...details))
}
