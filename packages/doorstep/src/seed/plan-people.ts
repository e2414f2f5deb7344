import { isDeepStrictEqual } from 'node:util'
import type { DirectoryChange } from '../directory/changes.ts'
import { findDirectoryRole } from '../directory/directory-role.ts'
import { newGroup } from '../directory/group.ts'
import { guestPrincipalName } from '../directory/guest.ts'
import { newUser, type User } from '../directory/user.ts'
import type { SeedUser } from './form.ts'
import type { Identified, IdentifiedTenant } from './identities.ts'
import type { Planning } from './plan-parts.ts'
import { principalNamed } from './principals.ts'

/** What a tenant's own properties, its users, their passwords and directory roles need. */
export async function planUsers(tenant: IdentifiedTenant, planning: Planning): Promise<readonly DirectoryChange[]> {
  const changes = await Promise.all(
    tenant.users.map(async (user) => [
      ...userChanges(user, tenant, planning),
      ...(await passwordChanges(user, planning)),
      ...(await directoryRoleChanges(user, tenant, planning)),
    ]),
  )
  return changes.flat()
}

/** The tenant itself: made, changed, or as it is. */
export function planTenant({ form, tenant, made }: IdentifiedTenant): readonly DirectoryChange[] {
  if (made) return made.changes
  const wanted = {
    ...tenant,
    displayName: form.displayName,
    countryLetterCode: form.countryLetterCode === undefined ? tenant.countryLetterCode : form.countryLetterCode,
    usersCanRegisterApplications: form.usersCanRegisterApplications ?? tenant.usersCanRegisterApplications,
    usersCanConsent: form.usersCanConsent ?? tenant.usersCanConsent,
  }
  return isDeepStrictEqual({ ...tenant }, wanted) ? [] : [{ change: 'updateTenant', tenant: wanted, before: tenant }]
}

function userChanges(
  { form, kept, id }: Identified<SeedUser, User>,
  { tenant }: IdentifiedTenant,
  { now }: Planning,
): readonly DirectoryChange[] {
  const { id: _id, password: _password, passwordProfile: _profile, directoryRoles: _roles, ...properties } = form
  if (!kept) {
    return [{ change: 'createUser', user: newUser(properties, { id, tenantId: tenant.id, createdDateTime: now }) }]
  }
  const wanted = { ...kept, ...properties, userPrincipalName: kept.userPrincipalName }
  return isDeepStrictEqual({ ...kept }, wanted) ? [] : [{ change: 'updateUser', user: wanted }]
}

async function passwordChanges(
  { form, kept, id }: Identified<SeedUser, User>,
  { reads, parts, now, secretsUnchanged }: Planning,
): Promise<readonly DirectoryChange[]> {
  const password = form.password ?? form.passwordProfile?.password
  if (password === undefined || (kept && secretsUnchanged)) return []
  const before = kept && (await reads.users.passwordOf(id))
  if (before && (await parts.matches(password, before.passwordHash))) return []
  const passwordHash = await parts.hashChosen(password)
  const mustChange = form.passwordProfile?.forceChangePasswordNextSignIn ?? false
  return [{ change: 'setUserPassword', password: { userId: id, passwordHash, changedDateTime: now, mustChange } }]
}

async function directoryRoleChanges(
  { form, kept, id }: Identified<SeedUser, User>,
  { tenant }: IdentifiedTenant,
  { reads }: Planning,
): Promise<readonly DirectoryChange[]> {
  const wanted = [...new Set((form.directoryRoles ?? []).map((name) => findDirectoryRole(name)?.roleTemplateId))]
  if (wanted.length === 0) return []
  const held = kept ? await reads.directoryRoles.assignedTo(tenant.id, id) : []
  return wanted.flatMap((roleTemplateId) =>
    roleTemplateId === undefined || held.some((assignment) => assignment.roleTemplateId === roleTemplateId)
      ? []
      : [{ change: 'addDirectoryRole', assignment: { tenantId: tenant.id, principalId: id, roleTemplateId } }],
  )
}

/** Guests: accounts whose home is another tenant of the same file. */
export function planGuests(
  tenant: IdentifiedTenant,
  tenants: readonly IdentifiedTenant[],
  { now }: Planning,
): readonly DirectoryChange[] {
  return tenant.guests.flatMap(({ form: name, kept, id }) => {
    if (kept) return []
    const home = tenants.find((other) => other !== tenant && hasUser(other, name))
    if (!home) throw new Error(`The seed file has no user '${name}' to be a guest.`)
    const account = home.users.find(({ form }) => form.userPrincipalName.toLowerCase() === name.toLowerCase())
    const user = newUser(
      {
        userPrincipalName: guestPrincipalName(name, tenant.form.domain),
        displayName: account?.form.displayName ?? name,
        mail: name,
        userType: 'Guest',
        externalUserState: 'Accepted',
        home: { tenantId: home.tenant.id, userId: account?.id ?? '' },
      },
      { id, tenantId: tenant.tenant.id, createdDateTime: now },
    )
    return [{ change: 'createUser' as const, user }]
  })
}

function hasUser({ users }: IdentifiedTenant, name: string): boolean {
  return users.some(({ form }) => form.userPrincipalName.toLowerCase() === name.toLowerCase())
}

/** Groups and who owns them. */
export function planGroups(tenant: IdentifiedTenant, { now }: Planning): readonly DirectoryChange[] {
  return tenant.groups.flatMap(({ form, kept, id }): readonly DirectoryChange[] => {
    const { id: _id, members: _members, owners: named, ...properties } = form
    const owners = ownersNamed(tenant, named, kept?.owners)
    if (!kept) {
      const identity = { id, tenantId: tenant.tenant.id, createdDateTime: now }
      return [{ change: 'createGroup', group: newGroup({ ...properties, owners }, identity) }]
    }
    const wanted = { ...kept, ...properties, owners }
    return isDeepStrictEqual({ ...kept }, wanted) ? [] : [{ change: 'updateGroup', group: wanted }]
  })
}

/** The ids of all who own something: those it has and those that the seed file names. */
export function ownersNamed(
  tenant: IdentifiedTenant,
  named: readonly string[] | undefined,
  kept: readonly string[] = [],
): readonly string[] {
  const ids = (named ?? []).map((name) => principalNamed(tenant, name, ['user', 'application']).id)
  return [...new Set([...kept, ...ids])]
}

/** Who belongs to which group; nobody is taken out of one. */
export async function planMembers(tenant: IdentifiedTenant, { reads }: Planning): Promise<readonly DirectoryChange[]> {
  const changes: DirectoryChange[] = []
  for (const { form, kept, id } of tenant.groups) {
    const members = new Set(kept ? (await reads.groups.membersOf(id)).map(({ memberId }) => memberId) : [])
    for (const name of form.members ?? []) {
      const principal = principalNamed(tenant, name, ['user', 'group', 'application'])
      if (members.has(principal.id)) continue
      members.add(principal.id)
      const member = { groupId: id, memberId: principal.id, memberType: principal.type }
      changes.push({ change: 'addGroupMember', member })
    }
  }
  return changes
}
