import type { Application } from '../../directory/application.ts'
import type { ServicePrincipal } from '../../directory/service-principal.ts'
import type { Tenant } from '../../directory/tenant.ts'
import type { User } from '../../directory/user.ts'
import type { RefusalName } from '../errors.ts'
import type { OpenIdScope } from '../requested-scopes.ts'
import type { RefreshToken, SignedInUser, SignInChange } from '../sign-in-records.ts'
import type { TenantSegment } from '../tenant-segment.ts'
import type { TokenRequest } from '../token-request.ts'

/** The application that asks, found in the tenant. */
export interface RegisteredClient {
  readonly application: Application
  readonly servicePrincipal: ServicePrincipal
}

/** The party that asks, after it has proved who it is. */
export interface Client extends RegisteredClient {
  /** How it proved itself; becomes `appidacr` and `azpacr`. */
  readonly authenticatedBy: 'nothing' | 'secret' | 'certificate'
}

/** The API a token is for. */
export interface Resource {
  readonly application: Application
  readonly servicePrincipal: ServicePrincipal
  /** As the request wrote it; the `aud` of v1.0 tokens. */
  readonly identifier: string
}

/** A grant's decision: a token for an application itself. */
export interface AppAuthorization {
  readonly kind: 'app'
  readonly client: Client
  readonly resource: Resource
  /** Values of the app roles the client holds on the resource. */
  readonly roles: readonly string[]
  /** Object ids of the client's groups, where the resource asks for them. */
  readonly groups: readonly string[]
}

/** What a token says about the user's place in the tenant, as far as the manifest of its audience asks for it. */
export interface Memberships {
  /** Values of app roles, held directly or through groups. */
  readonly roles: readonly string[]
  /** Object ids. */
  readonly groups: readonly string[]
  /** Template ids of directory roles. */
  readonly wids: readonly string[]
}

/** The person tokens are about, at a client. All that an id_token needs. */
export interface SignedInClient {
  readonly client: Client
  readonly tenant: Tenant
  readonly user: User
  readonly signIn: Pick<SignedInUser, 'method' | 'authenticatedAt' | 'sessionId'>
  readonly openId: ReadonlySet<OpenIdScope>
  readonly nonce: string | null
  /** By the client's manifest. */
  readonly clientMemberships: Memberships
}

/** A grant's decision: tokens for an application that acts for a user. */
export interface UserAuthorization extends SignedInClient {
  readonly kind: 'user'
  readonly resource: Resource
  /** `scp` of the access token. */
  readonly scopes: readonly string[]
  /** `scope` of the answer. */
  readonly scopeEcho: string
  /** By the API's manifest. */
  readonly resourceMemberships: Memberships
  readonly wantsIdToken: boolean
  readonly refreshToken: { readonly text: string; readonly record: RefreshToken } | null
  /** The origin of the page that may read the answer; only for spa redirect URIs. */
  readonly allowOrigin: string | undefined
  /** What must be written before the answer is given. */
  readonly changes: readonly SignInChange[]
  /** The refusal when somebody else has consumed the grant meanwhile. */
  readonly takenRefusal: TakenRefusal | null
}

export type Authorization = AppAuthorization | UserAuthorization

/** What the endpoint knows when a grant decides. */
export interface RedeemContext {
  readonly segment: TenantSegment
  /** The tenant tokens are issued for: that of the URL, or over an alias what `tenantOver` said. */
  readonly tenant: Tenant
  readonly registered: RegisteredClient
  /** The `Origin` header: a page asks. */
  readonly origin: string | undefined
  /** Milliseconds. */
  readonly now: number
  /** By which the log finds the request again. */
  readonly correlationId: string
  /** Checks the credential of the request. @throws {EntraError} of client authentication. */
  authenticate(): Promise<Client>
}

/** A segment of the URL that names no tenant. */
export type TenantlessSegment = Exclude<TenantSegment, { readonly kind: 'tenant' }>

/** One way to get tokens: what is peculiar to it. What all ways share belongs to the endpoint. */
export interface Grant {
  readonly grantTypes: readonly string[]
  /**
   * The id of the tenant that tokens are issued for, where the URL names none; undefined when nothing implies one.
   * A grant without it does not work over common and organizations. @throws {EntraError} when what is presented
   * cannot be redeemed.
   */
  tenantOver?(request: TokenRequest, segment: TenantlessSegment, now: number): Promise<string | undefined>
  /** Parameters without which the request is refused before anything is looked up. */
  required(request: TokenRequest): readonly string[]
  redeem(request: TokenRequest, context: RedeemContext): Promise<Authorization>
}

export type TakenRefusal = Extract<RefusalName, 'codeRedeemed' | 'deviceCodeInvalid'>
