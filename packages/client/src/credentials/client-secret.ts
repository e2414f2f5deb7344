import { authorityOrigin } from '../authority-host.ts'
import { claimsParameter } from '../claims-parameter.ts'
import type { AccessToken, GetTokenOptions, TokenCredential } from '../credential.ts'
import { CredentialOptionError } from '../errors.ts'
import { requireSingleTenant, tenantOfCall } from '../tenant.ts'
import { requestToken } from '../token-request.ts'
import { defaultTransport, type Transport } from '../transport.ts'

export interface ClientSecretCredentialOptions {
  /** The tenant's id or one of its domain names. */
  tenantId: string
  /** Application (client) id. */
  clientId: string
  /** The secret's value, not its id. */
  clientSecret: string
  /** `https://host[:port]`; defaults to the environment variable `AZURE_AUTHORITY_HOST`, then to the public cloud. */
  authorityHost?: string
  /** How requests are sent; defaults to one keep-alive transport that all credentials share. */
  transport?: Transport
  /** Bound on one token request with its retries. Default 15,000. */
  timeoutMilliseconds?: number
  /** Further tenants that `getToken` may be asked for by its `tenantId`; `*` allows any. Default none. */
  additionallyAllowedTenants?: readonly string[]
}

/**
 * An application that acts as itself, proved by a secret: the client-credentials grant, RFC 6749 §4.4.
 * Accepted wherever an Azure SDK takes a TokenCredential. It keeps no tokens: wrap it in `cached`.
 */
export class ClientSecretCredential implements TokenCredential {
  readonly tenantId: string
  readonly clientId: string
  readonly authorityHost: string
  readonly #clientSecret: string
  readonly #transport: Transport
  readonly #timeoutMilliseconds: number
  readonly #additionallyAllowedTenants: readonly string[]

  /** @throws {CredentialOptionError} naming the option that is missing or wrong */
  constructor(options: ClientSecretCredentialOptions) {
    this.tenantId = requireSingleTenant(options.tenantId)
    this.clientId = requireText('clientId', options.clientId, CLIENT_ID_FIX)
    this.#clientSecret = requireText('clientSecret', options.clientSecret, CLIENT_SECRET_FIX)
    this.authorityHost = authorityOrigin(options.authorityHost)
    this.#transport = options.transport ?? defaultTransport()
    this.#timeoutMilliseconds = requireDuration(options.timeoutMilliseconds ?? 15_000)
    this.#additionallyAllowedTenants = [...(options.additionallyAllowedTenants ?? [])]
  }

  /**
   * Same authority, tenant, application and secret: same tokens. The secret is part of it, as a hash, so that whoever
   * holds a wrong one is given nothing from a shared cache.
   */
  get cachePartition(): string {
    const parts = [this.authorityHost, this.tenantId.toLowerCase(), this.clientId.toLowerCase(), this.#clientSecret]
    const { createHash } = process.getBuiltinModule('node:crypto') // on demand: loading it costs 3 ms
    return `client-secret:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`
  }

  /**
   * @param scopes one `{API}/.default`, e.g. `https://graph.microsoft.com/.default`; empty with `options.resource`
   * @throws {CredentialOptionError} when scopes or options cannot work; nothing is sent then
   * @throws {TokenRequestError} when the authority refuses; `code` holds the AADSTS number
   * @throws {AuthorityUnreachableError} when it gives no answer, after 15 s at the latest
   */
  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    const { resource, abortSignal } = options
    const asked = [scopes].flat().flatMap((scope) => scope.split(/\s+/).filter(Boolean))
    const api = resource === undefined ? { scope: requireDefaultScope(asked) } : requireResource(resource, asked)
    return requestToken(
      {
        authorityHost: this.authorityHost,
        tenantId: tenantOfCall(options.tenantId, this.tenantId, this.#additionallyAllowedTenants),
        version: resource === undefined ? 'v2.0' : 'v1.0',
        form: {
          grant_type: 'client_credentials',
          client_id: this.clientId,
          client_secret: this.#clientSecret,
          ...api,
          claims: claimsParameter(options),
        },
      },
      { transport: this.#transport, timeoutMilliseconds: this.#timeoutMilliseconds, abortSignal },
    )
  }
}

const CLIENT_ID_FIX =
  'pass the Application (client) ID of the app registration, for example from the environment variable AZURE_CLIENT_ID'
const CLIENT_SECRET_FIX =
  'pass the value of a client secret (not its Secret ID), for example from the environment variable AZURE_CLIENT_SECRET'

/** Never repeats the value: it may be a secret. */
function requireText(option: string, value: unknown, fix: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new CredentialOptionError(option, `${option} is missing: ${fix}.`)
  }
  if (value.trim() !== value) {
    throw new CredentialOptionError(option, `${option} begins or ends with white space: remove it, or ${fix}.`)
  }
  return value
}

function requireDuration(milliseconds: number): number {
  if (Number.isFinite(milliseconds) && milliseconds > 0) return milliseconds
  throw new CredentialOptionError(
    'timeoutMilliseconds',
    `timeoutMilliseconds must be a number of milliseconds above 0, for example 15000, and is ${milliseconds}.`,
  )
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

function requireResource(resource: string, asked: readonly string[]): { resource: string } {
  if (resource.trim() === '') {
    throw new CredentialOptionError(
      'resource',
      "resource is empty: pass the API's identifier URI, e.g. https://management.azure.com/.",
    )
  }
  if (asked.length === 0) return { resource }
  throw new CredentialOptionError(
    'resource',
    `resource '${resource}' speaks the v1.0 endpoint, which knows no scopes: pass [] as scopes, or leave resource out and ask for '${asked.join(' ')}' alone.`,
  )
}
