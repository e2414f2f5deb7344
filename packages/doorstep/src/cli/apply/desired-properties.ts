import { derivedPermissionId, registrationOf, type SeedApplication } from '../../seed.ts'
import type { Application } from '../registration/application.ts'
import type { Members } from './application-state.ts'
import { renamed } from './stand-in.ts'

interface Permission {
  readonly id: string
  readonly value: string | null
}

/**
 * The members that a file sets on a registration, as Graph takes them. Scopes and roles that have no id in the file keep
 * the one that they have in the tenant, and what an entry leaves out.
 *
 * @param names client ids of the file, and what they are in the tenant
 */
export function desiredProperties(
  form: SeedApplication,
  domain: string,
  actual: Application | undefined,
  names: ReadonlyMap<string, string>,
): Members {
  const {
    requiredResourceAccess: _permissions,
    keyCredentials: _certificates,
    api,
    appRoles,
    info,
    ...registration
  } = registrationOf(form)
  const adopted = <P extends Permission>(list: 'scope' | 'role', wanted: readonly P[], there: readonly Permission[]) =>
    wanted.map((permission) => {
      const isDerived =
        permission.value !== null && permission.id === derivedPermissionId(domain, form, list, permission.value)
      const known = there.find(({ id, value }) => (isDerived ? value === permission.value : id === permission.id))
      return known ? { ...known, ...withoutNulls(permission), id: known.id } : permission
    })
  const scopes = api?.oauth2PermissionScopes
  const { logoUrl: _logo, ...links } = info ?? {}
  const members = {
    ...registration,
    ...(api && {
      api: {
        ...api,
        ...(scopes && {
          oauth2PermissionScopes: adopted('scope', scopes, actual?.api?.oauth2PermissionScopes ?? []),
        }),
      },
    }),
    ...(appRoles && { appRoles: adopted('role', appRoles, actual?.appRoles ?? []) }),
    ...(Object.keys(links).length > 0 && { info: links }),
  }
  return renamed(members, names)
}

function withoutNulls(entry: object): object {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null))
}
