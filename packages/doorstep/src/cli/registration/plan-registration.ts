import { isDeepStrictEqual } from 'node:util'
import type { Application, RequiredAccess } from './application.ts'
import { type Api, permissionName } from './permission.ts'

type Members = Readonly<Record<string, unknown>>

/** One value that differs, by its place in Graph's application: `web.redirectUris`. */
export interface PropertyChange {
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** What brings a registration to what is desired, in this order. */
export type RegistrationStep =
  | { readonly kind: 'createApplication'; readonly properties: Members }
  /** Graph removes no scope or role that is enabled: it is disabled in a request of its own. */
  | { readonly kind: 'disablePermissions'; readonly patch: Members; readonly values: readonly string[] }
  | { readonly kind: 'updateApplication'; readonly patch: Members; readonly changes: readonly PropertyChange[] }
  | { readonly kind: 'createServicePrincipal' }

/** What is in the directory. */
export interface ActualRegistration {
  readonly application: Application
  readonly hasServicePrincipal: boolean
}

/**
 * Plans how a registration comes to have these properties. Members that are not desired stay as they are; inside of
 * objects such as `web` too; collections become exactly what is desired, whatever their order. Nothing differs: no step.
 *
 * @param desired members of Graph's application, permissions resolved to `requiredResourceAccess`
 * @param actual undefined where there is none yet
 */
export function planRegistration(
  desired: Members,
  actual: ActualRegistration | undefined,
): readonly RegistrationStep[] {
  if (!actual) return [{ kind: 'createApplication', properties: desired }, { kind: 'createServicePrincipal' }]
  const application = actual.application as unknown as Members
  const changes = Object.entries(desired).flatMap(([name, value]) => differences(name, application[name], value))
  const patch = patchOf(changes, desired)
  return [
    ...disabling(application, desired),
    ...(changes.length > 0 ? [{ kind: 'updateApplication' as const, patch, changes }] : []),
    ...(actual.hasServicePrincipal ? [] : [{ kind: 'createServicePrincipal' as const }]),
  ]
}

function differences(path: string, before: unknown, after: unknown): readonly PropertyChange[] {
  if (isObject(after)) {
    const inside = isObject(before) ? before : {}
    return Object.entries(after).flatMap(([name, value]) => differences(`${path}.${name}`, inside[name], value))
  }
  return isAlike(before, after) ? [] : [{ path, before, after }]
}

/** Collections of Graph have no order; what is left out of an entry, and null, are the same. */
function isAlike(before: unknown, after: unknown): boolean {
  const isNothing = (value: unknown) => value === null || value === undefined || value === false
  if (isNothing(before) && isNothing(after)) return true
  return isDeepStrictEqual(comparable(before), comparable(after))
}

function comparable(value: unknown): unknown {
  if (Array.isArray(value))
    return value
      .map(comparable)
      .map((entry) => JSON.stringify(entry))
      .sort()
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => member !== null && name !== 'origin')
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, comparable(member)]),
  )
}

/** Members that hold a change, of objects only what changes in them. */
function patchOf(changes: readonly PropertyChange[], desired: Members): Members {
  const patch: Record<string, unknown> = {}
  for (const { path } of changes) {
    const [name = '', inside] = path.split('.')
    const value = desired[name]
    if (inside === undefined || !isObject(value)) patch[name] = value
    else patch[name] = { ...(isObject(patch[name]) ? patch[name] : {}), [inside]: value[inside] }
  }
  return patch
}

interface Permission {
  readonly id: string
  readonly value: string | null
  readonly isEnabled?: boolean
}

function disabling(application: Members, desired: Members): readonly RegistrationStep[] {
  const scopes = lostAndDisabled(
    inside(application.api, 'oauth2PermissionScopes'),
    inside(desired.api, 'oauth2PermissionScopes'),
  )
  const roles = lostAndDisabled(application.appRoles, desired.appRoles)
  const values = [...(scopes?.values ?? []), ...(roles?.values ?? [])]
  if (values.length === 0) return []
  const patch = {
    ...(scopes && { api: { oauth2PermissionScopes: scopes.list } }),
    ...(roles && { appRoles: roles.list }),
  }
  return [{ kind: 'disablePermissions', patch, values }]
}

/** The permissions as they are, those that are to go disabled; undefined where none is to go. */
function lostAndDisabled(before: unknown, after: unknown) {
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined
  const kept = new Map((after as readonly Permission[]).map(({ id, value }) => [id, value]))
  const isLost = ({ id, value, isEnabled }: Permission) => isEnabled !== false && kept.get(id) !== value
  const lost = (before as readonly Permission[]).filter(isLost)
  if (lost.length === 0) return undefined
  return {
    values: lost.map(({ id, value }) => value ?? id),
    list: (before as readonly Permission[]).map((entry) => (isLost(entry) ? { ...entry, isEnabled: false } : entry)),
  }
}

function inside(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * A plan for people: a line for what is made, `-` and `+` for what changes.
 *
 * @param apis by which permissions get their names; those of an API that is missing keep their ids
 */
export function describeSteps(steps: readonly RegistrationStep[], name: string, apis: Apis): readonly string[] {
  return steps.flatMap((step) => describeStep(step, name, apis))
}

type Apis = ReadonlyMap<string, Api>

function describeStep(step: RegistrationStep, name: string, apis: Apis): readonly string[] {
  switch (step.kind) {
    case 'createApplication':
      return [`+ application ${name}`]
    case 'createServicePrincipal':
      return [`+ service principal of ${name}`]
    case 'disablePermissions':
      return [`~ ${name}: disable ${step.values.join(', ')} before they are removed`]
    case 'updateApplication':
      return [
        `~ ${name}`,
        ...step.changes.flatMap((change) =>
          change.path === 'requiredResourceAccess' ? describePermissions(change, apis) : describeChange(change),
        ),
      ]
  }
}

function describePermissions({ before, after }: PropertyChange, apis: Apis): readonly string[] {
  const [had, wanted] = [permissionLines(before, apis), permissionLines(after, apis)]
  return [
    ...had.filter((line) => !wanted.includes(line)).map((line) => `  - ${line}`),
    ...wanted.filter((line) => !had.includes(line)).map((line) => `  + ${line}`),
  ]
}

function permissionLines(required: unknown, apis: Apis): readonly string[] {
  const entries: readonly RequiredAccess[] = Array.isArray(required) ? required : []
  return entries.flatMap(({ resourceAppId, resourceAccess }) =>
    resourceAccess.map((access) => {
      const name = permissionName(apis.get(resourceAppId), resourceAppId, access)
      return `${access.type === 'Role' ? 'application permission' : 'permission'}: ${name}`
    }),
  )
}

/** A property that changes, `-` and `+`; of a list only what goes and comes. */
export function describeChange({ path, before, after }: PropertyChange): readonly string[] {
  if (!Array.isArray(after)) return [`  - ${path}: ${written(before)}`, `  + ${path}: ${written(after)}`]
  const had = Array.isArray(before) ? before : []
  const isIn = (list: readonly unknown[], entry: unknown) => list.some((other) => isAlike(other, entry))
  return [
    ...had.filter((entry) => !isIn(after, entry)).map((entry) => `  - ${path}: ${written(entry)}`),
    ...after.filter((entry) => !isIn(had, entry)).map((entry) => `  + ${path}: ${written(entry)}`),
  ]
}

function written(value: unknown): string {
  if (value === undefined || value === null) return 'not set'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
