import type { TenantStore } from '../../directory/tenant.ts'
import type { User, UserStore } from '../../directory/user.ts'
import { entraError } from '../errors.ts'
import { loggedSignIn, type SignInKind } from '../sign-in-log.ts'
import type { Grant } from './grant.ts'
import { provenClient } from './proven-client.ts'
import { nothingEarlier, requestedDelegation } from './requested-delegation.ts'
import { authorizeUser, type UserGrantParts } from './user-authorization.ts'

/** What can be said of a password that was given for an account. */
export type PasswordFinding = 'right' | 'wrong' | 'locked' | 'noPassword' | 'disabled' | 'mustChange'

/** On whose way a password was given, for the sign-in log. */
export interface PasswordUse {
  readonly kind: SignInKind
  readonly clientAppId: string | null
  readonly correlationId: string
}

export type CheckPassword = (account: User, given: string, use: PasswordUse) => Promise<PasswordFinding>

export interface PasswordParts extends UserGrantParts {
  readonly tenants: TenantStore
  readonly users: UserStore
  readonly checkPassword: CheckPassword
  readonly newId: () => string
}

/** Resource owner password credentials grant. RFC 6749 §4.3; "OAuth 2.0 Resource Owner Password Credentials". */
export function passwordGrant(parts: PasswordParts): Grant {
  return {
    grantTypes: ['password'],
    async tenantOver(request, segment) {
      if (segment.kind !== 'alias' || segment.alias !== 'organizations') throw entraError('passwordOverAlias')
      const domain = request.required('username').split('@')[1]
      const tenant = domain === undefined ? undefined : await parts.tenants.byDomain(domain)
      if (!tenant) throw entraError('userNameWithoutTenant')
      return tenant.id
    },
    required: ({ endpoint }) => ['username', 'password', endpoint === 'v1' ? 'resource' : 'scope'],
    async redeem(request, context) {
      const { tenant, now } = context
      const client = await provenClient(request, context, null)
      const requested = requestedDelegation(request, nothingEarlier, 'first')
      const user = await parts.users.byPrincipalName(tenant.id, request.required('username'))
      if (!user) throw entraError('userNotFound', { tenant: tenant.displayName })
      const use = {
        kind: 'password' as const,
        clientAppId: client.application.appId,
        correlationId: context.correlationId,
      }
      const finding = await parts.checkPassword(user, request.required('password'), use)
      if (finding !== 'right') throw entraError(passwordRefusals[finding])
      return authorizeUser(
        {
          endpoint: request.endpoint,
          client,
          user,
          signIn: {
            tenantId: tenant.id,
            userId: user.id,
            method: 'pwd',
            authenticatedAt: now,
            sessionId: parts.newId(),
          },
          requested,
          redirectUriType: null,
          nonce: null,
          redeemed: null,
          consumes: [
            loggedSignIn(
              {
                ...use,
                user,
                tenantId: tenant.id,
                resourceAppId: null,
                errorCode: 0,
                now,
              },
              parts,
            ),
          ],
          takenRefusal: null,
        },
        context,
        parts,
      )
    },
  }
}

/** What the platform says of a password that lets nobody in. */
export const passwordRefusals = {
  wrong: 'passwordWrong',
  locked: 'accountLocked',
  noPassword: 'passwordMissing',
  disabled: 'userDisabled',
  mustChange: 'passwordExpired',
} as const
