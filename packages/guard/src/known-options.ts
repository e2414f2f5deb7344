/**
 * Refuses options that nobody reads: in JavaScript a misspelt one would be dropped without a word, and with it what it
 * was to protect.
 *
 * @param owner whose options they are, for the message
 * @throws {TypeError} naming the option and the one that it resembles
 */
export function refuseUnknownOptions(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${owner}: expected an object with options (${known.join(', ')}), not ${shown(options)}.`)
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const alike = nearest(name, known)
    const meant = alike === undefined ? '' : ` Did you mean '${alike}'?`
    throw new TypeError(`${owner}: there is no option '${name}'.${meant} Known are ${known.join(', ')}.`)
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? 'a text' : typeof value === 'function' ? 'a function' : String(value)
}

/** The name that is not too far from what was written. */
function nearest(written: string, known: readonly string[]): string | undefined {
  const folded = written.toLowerCase()
  const [best] = known
    .map((name) => ({ name, distance: distanceOf(folded, name.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance)
  return best !== undefined && best.distance <= Math.max(written.length, best.name.length) / 2 ? best.name : undefined
}

/** How many letters to put in, take out or change; what the other begins with is near. */
function distanceOf(one: string, other: string): number {
  if (other.startsWith(one)) return 1
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (const [column, wanted] of [...other].entries()) {
      const changed = (row[column] ?? 0) + (letter === wanted ? 0 : 1)
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
