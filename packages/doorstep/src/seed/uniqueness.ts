import { bootstrapAppId, firstPartyAppIds } from '../directory/first-party-ids.ts'
import { guestNames } from './names.ts'
import { inside, itemsOf, type Place, textIn } from './place.ts'
import type { SeedProblem } from './problem.ts'

/** What a seed file says twice though it must be unique, since records are matched by it. */
export function uniquenessProblems(seed: Place): readonly SeedProblem[] {
  const tenants = itemsOf(seed, 'tenants')
  const personalAccounts = itemsOf(seed, 'personalAccounts')
  const inAll = (list: string) => tenants.flatMap((tenant) => itemsOf(tenant, list))
  return [
    ...repeated(tenants, 'domain'),
    ...repeated(tenants, 'tenantId'),
    ...repeated(inAll('applications'), 'appId'),
    ...repeated(inAll('subscriptions'), 'subscriptionId'),
    ...repeated([...inAll('users'), ...inAll('groups'), ...inAll('applications'), ...personalAccounts], 'id'),
    ...repeated(personalAccounts, 'userPrincipalName'),
    ...personalAccounts.flatMap((account) => ownedDomain(account, tenants)),
    ...repeated(itemsOf(seed, 'cdf'), 'cluster'),
    ...repeated(itemsOf(seed, 'energy'), 'name'),
    ...inAll('applications').flatMap(takenAppId),
    ...tenants.flatMap(tenantProblems),
  ]
}

function tenantProblems(tenant: Place): readonly SeedProblem[] {
  return [
    ...repeated(itemsOf(tenant, 'users'), 'userPrincipalName'),
    ...repeated(itemsOf(tenant, 'groups'), 'displayName'),
    ...repeated(itemsOf(tenant, 'applications'), 'displayName'),
    ...repeated(itemsOf(tenant, 'subscriptions'), 'displayName'),
    ...itemsOf(tenant, 'subscriptions').flatMap((subscription) =>
      repeated(itemsOf(subscription, 'resourceGroups'), 'name'),
    ),
    ...repeatedGuests(tenant),
    ...itemsOf(tenant, 'users').flatMap((user) => foreignUser(user, textIn(tenant, 'domain'))),
  ]
}

function repeated(places: readonly Place[], name: string): readonly SeedProblem[] {
  const first = new Map<string, string>()
  return places.flatMap((place) => {
    const value = textIn(place, name)
    if (value === undefined) return []
    const { path } = inside(place, name)
    const before = first.get(value.toLowerCase())
    if (before === undefined) {
      first.set(value.toLowerCase(), path)
      return []
    }
    return [{ path, message: `'${value}' is the value of ${before} already; it must be unique.` }]
  })
}

function repeatedGuests(tenant: Place): readonly SeedProblem[] {
  const names = guestNames(tenant).map((name) => name.toLowerCase())
  return itemsOf(tenant, 'guests').flatMap(({ path, value }, index) =>
    typeof value === 'string' && names.indexOf(value.toLowerCase()) < index
      ? [{ path, message: `'${value}' is a guest already; it must be unique.` }]
      : [],
  )
}

const takenAppIds: readonly string[] = [...Object.values(firstPartyAppIds), bootstrapAppId]

function takenAppId(application: Place): readonly SeedProblem[] {
  const appId = textIn(application, 'appId')?.toLowerCase()
  if (appId === undefined || !takenAppIds.includes(appId)) return []
  const message = 'This is the client id of an application that every local cloud has; choose another GUID.'
  return [{ path: `${application.path}.appId`, message }]
}

function ownedDomain(account: Place, tenants: readonly Place[]): readonly SeedProblem[] {
  const domain = textIn(account, 'userPrincipalName')?.split('@')[1]?.toLowerCase()
  const owner = tenants.find((tenant) => domain !== undefined && textIn(tenant, 'domain')?.toLowerCase() === domain)
  if (!owner) return []
  const message = `The domain ${domain} is that of ${owner.path}; a personal account has another one, such as outlook.example. People of a tenant go under its users.`
  return [{ path: `${account.path}.userPrincipalName`, message }]
}

function foreignUser(user: Place, domain: string | undefined): readonly SeedProblem[] {
  const name = textIn(user, 'userPrincipalName')
  const at = name?.lastIndexOf('@') ?? -1
  if (name === undefined || domain === undefined || at < 0) return []
  if (name.slice(at + 1).toLowerCase() === domain.toLowerCase()) return []
  const message = `Expected a name at the tenant's domain, such as ${name.slice(0, at)}@${domain}; users of other tenants go under guests.`
  return [{ path: `${user.path}.userPrincipalName`, message }]
}
