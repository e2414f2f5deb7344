import { isRecord } from '../directory/property-problem.ts'

/** A value inside a seed file, and where it stands. It may have any form: the file is checked elsewhere. */
export interface Place {
  readonly path: string
  readonly value: unknown
}

/** What `name` holds in an object; undefined in anything else. */
export function inside(place: Place, name: string): Place {
  const value = isRecord(place.value) && Object.hasOwn(place.value, name) ? place.value[name] : undefined
  return { path: place.path === '' ? name : `${place.path}.${name}`, value }
}

/** The items of the list `name`; none when it is no list. */
export function itemsOf(place: Place, name: string): readonly Place[] {
  const list = inside(place, name)
  if (!Array.isArray(list.value)) return []
  return list.value.map((value: unknown, index) => ({ path: `${list.path}[${index}]`, value }))
}

/** The text `name` in an object; undefined when it is not there or no text. */
export function textIn(place: Place, name: string): string | undefined {
  const { value } = inside(place, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}
