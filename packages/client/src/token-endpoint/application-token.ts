import type { AccessToken, GetTokenOptions } from '../credential.ts'
import { CredentialOptionError } from '../errors.ts'
import { listedScopes, requireResource } from '../options/asked-api.ts'
import type { OptionNames } from '../options/option-names.ts'
import { requireClientId, requireDuration } from '../options/option-values.ts'
import { requireSingleTenant, tenantOfCall } from '../options/tenant.ts'
import { claimsParameter } from '../person/claims-parameter.ts'
import { refuseStepUp } from '../person/step-up.ts'
import { authorityOrigin, entraTokenEndpoint } from '../provider/authority-host.ts'
import { requestToken } from './token-request.ts'
import { defaultTransport, type Transport } from './transport.ts'

/** What every credential of an application is told. */
export interface ApplicationOptions {
  /** The tenant's id or one of its domain names. */
  tenantId: string
  /** Application (client) id. */
  clientId: string
  /** `https://host[:port]`; defaults to the environment variable `AZURE_AUTHORITY_HOST`, then to the public cloud. */
  authorityHost?: string
  /** How requests are sent; defaults to one keep-alive transport that all credentials share. */
  transport?: Transport
  /** Bound on one token request with its retries. Default 15,000. */
  timeoutMilliseconds?: number
  /** Further tenants that `getToken` may be asked for by its `tenantId`; `*` allows any. Default none. */
  additionallyAllowedTenants?: readonly string[]
}

export const APPLICATION_OPTION_NAMES: OptionNames<ApplicationOptions> = {
  tenantId: true,
  clientId: true,
  authorityHost: true,
  transport: true,
  timeoutMilliseconds: true,
  additionallyAllowedTenants: true,
}

/** An application that acts as itself, and how its authority is reached. */
export type Application = Readonly<Required<ApplicationOptions>>

/** @throws {CredentialOptionError} naming the option that is missing or wrong */
export function applicationOf(options: ApplicationOptions): Application {
  return {
    tenantId: requireSingleTenant(options.tenantId),
    clientId: requireClientId(options.clientId),
    authorityHost: authorityOrigin(options.authorityHost),
    transport: options.transport ?? defaultTransport(),
    timeoutMilliseconds: requireDuration(options.timeoutMilliseconds),
    additionallyAllowedTenants: [...(options.additionallyAllowedTenants ?? [])],
  }
}

/** Parameters that prove who the client is, for the token endpoint with this address. RFC 6749 §2.3, RFC 7521 §4.2. */
export type ClientProof = (tokenEndpoint: string) => Record<string, string> | Promise<Record<string, string>>

/** One call of `getToken`. */
export interface AskedOfApplication {
  readonly scopes: string | string[]
  readonly options: GetTokenOptions
}

/** An application's own token: the client-credentials grant, RFC 6749 §4.4. Throws what `getToken` documents. */
export async function requestApplicationToken(
  application: Application,
  proof: ClientProof,
  { scopes, options }: AskedOfApplication,
): Promise<AccessToken> {
  const { authorityHost, clientId, transport, timeoutMilliseconds } = application
  const { resource, abortSignal } = options
  refuseStepUp(options, 'this credential is that of an application, which has none')
  const asked = listedScopes(scopes)
  const api = resource === undefined ? { scope: requireDefaultScope(asked) } : requireResource(resource, asked)
  const claims = claimsParameter(options)
  const tenantId = tenantOfCall(options.tenantId, application.tenantId, application.additionallyAllowedTenants)
  const version = resource === undefined ? 'v2.0' : 'v1.0'
  const tokenEndpoint = entraTokenEndpoint({ authorityHost, tenantId, version })
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    ...(await proof(tokenEndpoint)),
    ...api,
    claims,
  }
  return requestToken({ authorityHost, tenantId, version, form }, { transport, timeoutMilliseconds, abortSignal })
}

/** An application gets everything it was granted on one API at once: Entra refuses any other scope (AADSTS1002012). */
function requireDefaultScope(asked: readonly string[]): string {
  const [scope] = asked
  const rule = "an application's own token is for one API, so ask for exactly one scope that ends in /.default"
  if (scope === undefined) {
    throw new CredentialOptionError('scopes', `scopes is empty: ${rule}, e.g. https://graph.microsoft.com/.default.`)
  }
  if (asked.length > 1) {
    throw new CredentialOptionError('scopes', `scopes has ${asked.length} entries (${asked.join(' ')}): ${rule}.`)
  }
  if (/[^/]\/+\.default$/.test(scope)) return scope
  const api = /^([a-z]+:\/\/[^/]+)/i.exec(scope)?.[1] ?? 'https://graph.microsoft.com'
  throw new CredentialOptionError('scopes', `scopes has '${scope}': ${rule}, e.g. ${api}/.default.`)
}
