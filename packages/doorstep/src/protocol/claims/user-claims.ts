import type { OptionalClaim } from '../../directory/application.ts'
import { personalAccountsTenantId } from '../../directory/personal-accounts.ts'
import type { User } from '../../directory/user.ts'
import { type Authority, issuerOf, personalIdentityProvider } from '../authority.ts'
import { homeOf } from '../grants/account-in-tenant.ts'
import type { Memberships, SignedInClient } from '../grants/grant.ts'
import type { Claims, Issuance } from './access-token.ts'
import { groupClaims, groupClaimsInFragment } from './group-overage.ts'
import type { KeyedHash } from './pairwise-subject.ts'

/** What the issuance of a user's token needs beyond that of an application's. */
export interface UserIssuance extends Issuance {
  readonly keyedHash: KeyedHash
  /** The address the request came from; `ipaddr`. */
  readonly clientAddress: string
  /** Whether the token is delivered in the fragment of an address, which must stay short. */
  readonly travelsInFragment?: boolean
}

type Person = Pick<SignedInClient, 'user' | 'signIn' | 'openId' | 'tenant'>

/** The name a guest signs in with at home, a member here. */
function signInName(user: User): string {
  return user.userType === 'Guest' ? (user.mail ?? user.userPrincipalName) : user.userPrincipalName
}

/** A sign-in that was made without a person stands for one with a password: its tokens look like others. */
const methodReferences = ['pwd']

/** What v1.0 tokens say of a person without being asked. */
export function personClaimsOfV1({ user }: Person, { clientAddress }: UserIssuance): Claims {
  return {
    amr: methodReferences,
    ...(user.surname !== null && { family_name: user.surname }),
    ...(user.givenName !== null && { given_name: user.givenName }),
    ipaddr: clientAddress,
    name: user.displayName,
    unique_name: uniqueName(user),
    ...(user.userType === 'Member' && { upn: user.userPrincipalName }),
  }
}

/** v1.0 marks the names of invited personal accounts by who vouches for them. */
function uniqueName(user: User): string {
  const isPersonal = user.home?.tenantId === personalAccountsTenantId
  return isPersonal ? `${personalIdentityProvider}#${signInName(user)}` : signInName(user)
}

/** What v2.0 tokens say of a person when `profile` was asked for. */
export function personClaimsOfV2({ user, openId }: Person): Claims {
  return openId.has('profile') ? { name: user.displayName, preferred_username: signInName(user) } : {}
}

/** Entra names the home tenant's issuer, as it is under the name that was asked. */
function identityProvider(authority: Authority, homeTenantId: string): string {
  return homeTenantId === personalAccountsTenantId ? personalIdentityProvider : issuerOf(authority, homeTenantId, 'v1')
}

/** Guests come with where they are at home. */
export function guestClaims({ user, tenant }: Person, { authority }: Issuance): Claims {
  if (user.userType !== 'Guest') return {}
  const home = homeOf(user)
  return {
    ...(user.mail !== null && { email: user.mail }),
    ...(home.tenantId !== tenant.id && { idp: identityProvider(authority, home.tenantId) }),
  }
}

export function membershipClaims(
  { roles, groups, wids }: Memberships,
  { user, tenant }: Person,
  { travelsInFragment = false }: Pick<UserIssuance, 'travelsInFragment'>,
): Claims {
  return {
    ...(travelsInFragment ? groupClaimsInFragment(groups) : groupClaims(groups, user, tenant)),
    ...(roles.length > 0 && { roles }),
    ...(wids.length > 0 && { wids }),
  }
}

/**
 * The optional claims that a manifest asks for ("Provide optional claims to your app"), as far as the directory knows
 * their values. What the token has anyway is not listed.
 */
export function optionalClaims(
  wanted: readonly OptionalClaim[],
  person: Person,
  { clientAddress }: UserIssuance,
): Claims {
  const { user, signIn, tenant } = person
  const known: Readonly<Record<string, (claim: OptionalClaim) => unknown>> = {
    acct: () => (user.userType === 'Guest' ? 1 : 0),
    amr: () => methodReferences,
    auth_time: () => Math.floor(signIn.authenticatedAt / 1000),
    ctry: () => user.usageLocation,
    email: () => user.mail,
    family_name: () => user.surname,
    given_name: () => user.givenName,
    ipaddr: () => clientAddress,
    login_hint: () => loginHint(user),
    sid: () => signIn.sessionId,
    tenant_ctry: () => tenant.countryLetterCode,
    tenant_region_scope: () => 'WW',
    upn: (claim) => principalName(user, claim),
    verified_primary_email: () => (user.mail === null ? null : [user.mail]),
    xms_pl: () => user.preferredLanguage,
  }
  const values = wanted.map((claim) => [claim.name, known[claim.name]?.(claim) ?? null] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== null))
}

/** A guest's `upn` is shown only when it is asked for with the tenant it comes from. */
function principalName(user: User, { additionalProperties }: OptionalClaim): string | null {
  if (user.userType === 'Member') return user.userPrincipalName
  return additionalProperties.some((property) => property.startsWith('include_externally_authenticated_upn'))
    ? user.userPrincipalName
    : null
}

/** Opaque for its readers; `logout_hint` and `login_hint` take it. */
export function loginHint(user: User): string {
  return `O.${Buffer.from(JSON.stringify({ upn: signInName(user), oid: user.id })).toString('base64url')}`
}

/** `client_info` of an answer: the account in its home tenant, base64url JSON. */
export function clientInfo(user: User): string {
  const { userId, tenantId } = homeOf(user)
  return Buffer.from(JSON.stringify({ uid: userId, utid: tenantId })).toString('base64url')
}

const leading = ['aud', 'iss', 'iat', 'nbf', 'exp']

/** The order of real tokens: who and when first, all else by name. */
export function ordered(claims: Claims): Claims {
  const others = Object.keys(claims)
    .filter((name) => !leading.includes(name))
    .sort()
  return Object.fromEntries([...leading, ...others].map((name) => [name, claims[name]]))
}
