import { unlessAborted, unlessLate } from '../abort.ts'
import { cachePartitionOf } from '../cache-partition.ts'
import type { AbortSignalLike } from '../credential.ts'
import { CredentialOptionError } from '../errors.ts'
import type { OptionNames } from '../options/option-names.ts'
import { requireClientId, requireClientSecret, requireDuration } from '../options/option-values.ts'
import { requireTenant } from '../options/tenant.ts'
import { authorityOrigin } from '../provider/authority-host.ts'
import { clientSecretProof } from '../provider/client-secret-proof.ts'
import {
  entraMetadataUrl,
  issuerOfDiscoveryUrl,
  type ProviderMetadata,
  readProviderMetadata,
} from '../provider/provider-metadata.ts'
import { unreachable } from '../token-endpoint/connection-failure.ts'
import {
  requestUserTokens,
  type TokenRequest,
  type TokenRequestSettings,
  type UserTokens,
} from '../token-endpoint/token-request.ts'
import { defaultTransport, type Transport, timedOut } from '../token-endpoint/transport.ts'
import { changedAccounts } from './account-changes.ts'
import { memorySignIns, type SignInStore } from './sign-in.ts'
import type { UserRequest } from './user-request.ts'

/** Options that every credential of a person takes. */
export interface UserCredentialOptions {
  /** The tenant's id or a domain name, or `common`, `organizations`, `consumers`. Default `organizations`. */
  tenantId?: string
  /** Application (client) id. */
  clientId: string
  /** `https://host[:port]`; defaults to the environment variable `AZURE_AUTHORITY_HOST`, then to the public cloud. */
  authorityHost?: string
  /**
   * Another provider than Entra: the address of its metadata, `https://…/.well-known/openid-configuration`. Goes without
   * `tenantId` and `authorityHost`.
   */
  discoveryUrl?: string
  /** How requests are sent; defaults to one keep-alive transport that all credentials share. */
  transport?: Transport
  /** Bound on one request to the authority with its retries. Default 15,000. */
  timeoutMilliseconds?: number
  /** Further tenants that `getToken` may be asked for by its `tenantId`; `*` allows any. Default none. */
  additionallyAllowedTenants?: readonly string[]
  /** Where the sign-in is kept; default the memory of this credential. */
  signIns?: SignInStore
}

export const USER_OPTION_NAMES: OptionNames<UserCredentialOptions> = {
  clientId: true,
  tenantId: true,
  authorityHost: true,
  discoveryUrl: true,
  transport: true,
  timeoutMilliseconds: true,
  additionallyAllowedTenants: true,
  signIns: true,
}

/** An application that acts for people, as its options made it. */
export interface UserClient {
  /** Origin of Entra; of another provider the issuer. */
  readonly authorityHost: string
  /** Empty for another provider. */
  readonly tenantId: string
  readonly discoveryUrl: string | undefined
  readonly clientId: string
  readonly clientSecret: string | undefined
  /** The user name that is meant, where one is; else whoever signs in. */
  readonly account: string | undefined
  readonly transport: Transport
  readonly timeoutMilliseconds: number
  readonly additionallyAllowedTenants: readonly string[]
  readonly signIns: SignInStore
  /** Metadata that was read, by its address. */
  readonly metadata: Map<string, Promise<ProviderMetadata>>
}

/** @throws {CredentialOptionError} naming the option that is missing or wrong */
export function userClient(
  options: UserCredentialOptions & { clientSecret?: string | undefined; loginHint?: string | undefined },
): UserClient {
  const { discoveryUrl, clientSecret } = options
  return {
    ...(discoveryUrl === undefined ? entra(options) : otherProvider(options)),
    discoveryUrl,
    clientId: requireClientId(options.clientId, discoveryUrl === undefined ? 'entra' : 'another'),
    clientSecret: clientSecret === undefined ? undefined : requireClientSecret(clientSecret),
    account: options.loginHint || undefined,
    transport: options.transport ?? defaultTransport(),
    timeoutMilliseconds: requireDuration(options.timeoutMilliseconds),
    additionallyAllowedTenants: [...(options.additionallyAllowedTenants ?? [])],
    signIns: options.signIns ?? memorySignIns(),
    metadata: new Map(),
  }
}

function entra({ tenantId, authorityHost }: UserCredentialOptions) {
  return { tenantId: requireTenant(tenantId ?? 'organizations'), authorityHost: authorityOrigin(authorityHost) }
}

function otherProvider({ tenantId, authorityHost, discoveryUrl }: UserCredentialOptions) {
  for (const [option, value] of Object.entries({ tenantId, authorityHost })) {
    if (value === undefined) continue
    throw new CredentialOptionError(
      option,
      `${option} goes with Entra and discoveryUrl with another provider: leave one of them out.`,
    )
  }
  return { tenantId: '', authorityHost: issuerOfDiscoveryUrl(discoveryUrl) }
}

/**
 * Names whose tokens these are, for a shared cache: authority, tenant, application, the account meant, and the store that holds the
 * sign-in. Two stores may hold two people, so that only a store that has a name of its own joins processes. When
 * somebody else has signed in, the tokens are others.
 */
export function userCachePartition(client: UserClient, proof = ''): string {
  const { authorityHost, tenantId, clientId, clientSecret = '', account, signIns } = client
  const parts = [authorityHost, tenantId.toLowerCase(), clientId.toLowerCase(), clientSecret, proof || nameOf(signIns)]
  if (account !== undefined) parts.push(`account ${account.toLowerCase()}`)
  const accounts = changedAccounts(signIns)
  if (accounts !== '') parts.push(accounts)
  return cachePartitionOf('user', parts)
}

const names = new WeakMap<SignInStore, string>()

function nameOf(signIns: SignInStore): string {
  if (signIns.cachePartition !== undefined) return signIns.cachePartition
  const name = names.get(signIns) ?? crypto.randomUUID()
  names.set(signIns, name)
  return name
}

/** How requests of this client are sent. */
export function requestSettings(client: UserClient, abortSignal: AbortSignalLike | undefined): TokenRequestSettings {
  return { transport: client.transport, timeoutMilliseconds: client.timeoutMilliseconds, abortSignal }
}

/** The authority's metadata, read once; a failure is not remembered. Errors are those of `readProviderMetadata`. */
export function metadataOf(client: UserClient, { tenantId, version }: UserRequest): Promise<ProviderMetadata> {
  const { discoveryUrl, authorityHost, metadata } = client
  const url = discoveryUrl ?? entraMetadataUrl(authorityHost, tenantId, version)
  const known = metadata.get(url)
  if (known !== undefined) return known
  const expectedIssuer = discoveryUrl === undefined ? undefined : authorityHost
  const reading = readProviderMetadata(url, expectedIssuer, requestSettings(client, undefined))
  metadata.set(url, reading)
  reading.catch(() => metadata.delete(url))
  return reading
}

/**
 * Asks the token endpoint for a person's tokens.
 * @param grant the parameters of the grant; client, scopes or resource, and claims are added. Errors: `requestToken`.
 * @param deadline by `performance.now()`, for everything, the provider's metadata included
 */
export async function requestForUser(
  client: UserClient,
  request: UserRequest,
  grant: Readonly<Record<string, string | undefined>>,
  abortSignal: AbortSignalLike | undefined,
  deadline = performance.now() + client.timeoutMilliseconds,
): Promise<UserTokens> {
  const { authorityHost, discoveryUrl } = client
  const { tenantId, version, scope, resource, claims } = request
  const metadata = discoveryUrl === undefined ? undefined : await metadataInTime(client, request, abortSignal, deadline)
  const { form: proof, authorization } = proofOf(client, metadata)
  return requestUserTokens(
    {
      authorityHost: discoveryUrl === undefined ? authorityHost : new URL(discoveryUrl).origin,
      tenantId,
      version,
      tokenEndpoint: metadata?.tokenEndpoint,
      form: { ...grant, ...proof, scope, resource, claims, client_info: metadata === undefined ? '1' : undefined },
      authorization,
    },
    { ...requestSettings(client, abortSignal), timeoutMilliseconds: Math.max(1, deadline - performance.now()) },
  )
}

/** What is read is for others too, and goes on when this caller's time is over. */
function metadataInTime(
  client: UserClient,
  request: UserRequest,
  abortSignal: AbortSignalLike | undefined,
  deadline: number,
): Promise<ProviderMetadata> {
  const { authorityHost, timeoutMilliseconds } = client
  const late = () => unreachable(new URL(authorityHost).origin, timedOut(timeoutMilliseconds), timeoutMilliseconds)
  const reading = unlessAborted(metadataOf(client, request), abortSignal)
  return unlessLate(reading, Math.max(1, deadline - performance.now()), late)
}

/** Who asks. Entra takes a secret in the body; another provider says how it takes one. */
function proofOf(
  { clientId, clientSecret }: UserClient,
  metadata: ProviderMetadata | undefined,
): Pick<TokenRequest, 'form' | 'authorization'> {
  if (clientSecret === undefined) return { form: { client_id: clientId } }
  if (metadata === undefined) return { form: { client_id: clientId, client_secret: clientSecret } }
  const { form, authorization } = clientSecretProof(clientId, clientSecret, metadata)
  return { form, authorization: authorization === undefined ? undefined : { header: authorization, clientSecret } }
}
