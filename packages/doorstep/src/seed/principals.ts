import type { PrincipalType } from '../directory/group.ts'
import type { IdentifiedTenant } from './identities.ts'
import type { PrincipalKind } from './names.ts'

export interface Principal {
  readonly id: string
  readonly type: PrincipalType
  /** Whether it is about to be made, so that nothing can be recorded about it yet. */
  readonly isNew: boolean
}

/** The object that a name in a seed file stands for; the file's names were checked when it was read. */
export function principalNamed(tenant: IdentifiedTenant, name: string, kinds: readonly PrincipalKind[]): Principal {
  const wanted = name.toLowerCase()
  const found = kinds.flatMap((kind) => candidates(tenant, kind)).find(({ names }) => names.includes(wanted))
  if (!found) throw new Error(`The seed file's tenant ${tenant.form.domain} has no ${kinds.join(' or ')} '${name}'.`)
  return found.principal
}

function candidates(tenant: IdentifiedTenant, kind: PrincipalKind) {
  if (kind === 'group') {
    return tenant.groups.map(({ form, id, kept }) => named([form.displayName], { id, type: 'Group', isNew: !kept }))
  }
  if (kind === 'application') {
    return tenant.applications.map(({ form, appId, servicePrincipal: { id, kept } }) =>
      named([form.displayName, appId], { id, type: 'ServicePrincipal', isNew: !kept }),
    )
  }
  return [
    ...tenant.users.map(({ form, id, kept }) => named([form.userPrincipalName], { id, type: 'User', isNew: !kept })),
    ...tenant.guests.map(({ form, id, kept }) => named([form], { id, type: 'User', isNew: !kept })),
  ]
}

function named(names: readonly string[], principal: Principal) {
  return { names: names.map((name) => name.toLowerCase()), principal }
}
