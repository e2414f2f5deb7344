/** What stands for the client id of an application that Graph has still to make. */
export function standIn(name: string): string {
  return `<appId of ${name}>`
}

/** Plain data with texts inside its texts replaced, in either case. */
export function renamed<Value>(value: Value, names: ReadonlyMap<string, string>): Value {
  return (names.size === 0 ? value : replaced(value, names)) as Value
}

function replaced(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    return [...names].reduce((text, [before, after]) => text.replaceAll(pattern(before), () => after), value)
  }
  if (Array.isArray(value)) return value.map((entry) => replaced(entry, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replaced(member, names)]))
}

function pattern(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi')
}

/** Whether one of these texts is anywhere in plain data. */
export function mentions(value: unknown, texts: readonly string[]): boolean {
  if (typeof value === 'string') return texts.some((text) => value.includes(text))
  return typeof value === 'object' && value !== null && Object.values(value).some((member) => mentions(member, texts))
}
