import type { Entity } from './call.ts'
import { badRequest } from './errors.ts'
import { type EntityType, knownProperty } from './odata/known-properties.ts'

/**
 * A moment as Graph writes it: what was just made carries seven fractional digits, what is read later whole seconds.
 */
export function graphTimestamp(moment: string, precision: 'created' | 'read'): string {
  const [seconds = moment, rest = ''] = moment.split('.')
  if (precision === 'read') return seconds.endsWith('Z') ? seconds : `${seconds}Z`
  const fraction = rest.replace(/\D/g, '')
  return /[1-9]/.test(fraction) ? `${seconds}.${fraction.slice(0, 7).padEnd(7, '0')}Z` : `${seconds.replace(/Z$/, '')}Z`
}

/** The properties that `$select` names, as the type spells them; undefined for all. @throws {GraphError} 400 */
export function selectedProperties(
  select: readonly string[] | undefined,
  type: EntityType,
): readonly string[] | undefined {
  return select?.map((name) => {
    if (name.includes('/')) throw badRequest(`$select takes whole properties here, not '${name}'.`)
    return knownProperty(name, type)
  })
}

/** An entity with the selected properties only, in the order of the type; what it is stays written on it. */
export function projection(entity: Entity, selected: readonly string[] | undefined): Entity {
  if (!selected) return entity
  return Object.fromEntries(Object.entries(entity).filter(([name]) => name.startsWith('@') || selected.includes(name)))
}

/**
 * What follows `$metadata#`: `applications`, or `applications(id,appId,owners(id))` for a projection and a
 * relationship that is expanded.
 */
export function collectionContext(
  collection: string,
  selected: readonly string[] | undefined,
  expanded?: { readonly name: string; readonly selected: readonly string[] | undefined },
): string {
  const related = expanded ? [`${expanded.name}(${expanded.selected?.join(',') ?? ''})`] : []
  const shown = [...(selected ?? []), ...related]
  return shown.length > 0 ? `${collection}(${shown.join(',')})` : collection
}
