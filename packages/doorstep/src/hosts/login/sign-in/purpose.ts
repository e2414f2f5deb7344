import type { FastifyReply } from 'fastify'
import type { Application } from '../../../directory/application.ts'
import type { DirectoryChange } from '../../../directory/changes.ts'
import type { ServicePrincipal } from '../../../directory/service-principal.ts'
import type { Tenant } from '../../../directory/tenant.ts'
import type { User } from '../../../directory/user.ts'
import type { AuthorizationRequest } from '../../../protocol/authorization-request.ts'
import type { EntraError } from '../../../protocol/errors.ts'
import type { SignedInAccount } from '../../../protocol/prompt.ts'
import type { SignInChange } from '../../../protocol/sign-in-records.ts'
import type { TenantSegment } from '../../../protocol/tenant-segment.ts'
import type { Visit } from './visit.ts'

/** What a person is asked for: whose session may answer, and which permissions. */
export type AskedOfPerson = Pick<
  AuthorizationRequest,
  'endpoint' | 'requested' | 'prompt' | 'loginHint' | 'sid' | 'domainHint' | 'maxAge'
>

/** What a sign-in is for, and where it ends; `proceed.ts` does all that lies between. */
export interface SignInPurpose {
  readonly application: Application
  readonly segment: TenantSegment
  /** @throws {EntraError} what is wrong with the request; `refuse` answers it. */
  asked(): AskedOfPerson
  /** The end: somebody is signed in, and everything is granted. Commits `granted.changes` with its own. */
  complete(visit: Visit, granted: GrantedSignIn): Promise<FastifyReply>
  /** Tells whoever began the sign-in about a refusal. */
  refuse(visit: Visit, refusal: EntraError): Promise<FastifyReply>
  /** The person left before signing in. */
  cancel(visit: Visit): Promise<FastifyReply>
}

/** Who signed in where, with everything granted that was asked for. */
export interface GrantedSignIn {
  readonly signedIn: SignedInAccount
  readonly tenant: Tenant
  /** The account in `tenant`. */
  readonly user: User
  /** The application's in `tenant`; `changes` may make it. */
  readonly servicePrincipal: ServicePrincipal
  /** What the sign-in itself wants written. */
  readonly changes: readonly (DirectoryChange | SignInChange)[]
}
