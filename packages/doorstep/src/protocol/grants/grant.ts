import type { Application } from '../../directory/application.ts'
import type { ServicePrincipal } from '../../directory/service-principal.ts'
import type { Tenant } from '../../directory/tenant.ts'
import type { TokenRequest } from '../token-request.ts'

/** The party that asks, after it has proved who it is. */
export interface Client {
  readonly application: Application
  readonly servicePrincipal: ServicePrincipal
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

/** One way to get tokens: what is peculiar to it. What all ways share belongs to the endpoint. */
export interface Grant {
  readonly grantTypes: readonly string[]
  /** Whom it serves: only clients that prove themselves, or any. */
  readonly clients: 'confidential' | 'any'
  /** Whether it works over common and organizations, where no tenant is named. */
  readonly overAliases: boolean
  /** Parameters without which the request is refused before anything is looked up. */
  required(request: TokenRequest): readonly string[]
  redeem(
    request: TokenRequest,
    context: { readonly tenant: Tenant; readonly client: Client },
  ): Promise<AppAuthorization>
}
