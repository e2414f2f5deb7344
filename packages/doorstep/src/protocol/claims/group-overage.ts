import type { Tenant } from '../../directory/tenant.ts'
import type { User } from '../../directory/user.ts'
import type { Claims } from './access-token.ts'

/** So many groups fit into a JWT by Entra's rule ("Groups overage claim"). */
const groupsAtMost = 200
/** And so many into the fragment of an address. */
const groupsInFragmentAtMost = 6

/** `groups`, or where there are too many the address to ask for them: Azure AD Graph's, retired as it is. */
export function groupClaims(groups: readonly string[], user: Pick<User, 'id'>, tenant: Pick<Tenant, 'id'>): Claims {
  if (groups.length === 0) return {}
  if (groups.length <= groupsAtMost) return { groups }
  const endpoint = `https://graph.windows.net/${tenant.id}/users/${user.id}/getMemberObjects`
  return { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint } } }
}

/** `groups` of a token that travels in a fragment; where there are too many, only that there are some. */
export function groupClaimsInFragment(groups: readonly string[]): Claims {
  if (groups.length === 0) return {}
  return groups.length <= groupsInFragmentAtMost ? { groups } : { hasgroups: true }
}
