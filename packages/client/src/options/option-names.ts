import { CredentialOptionError } from '../errors.ts'

/** The names of all options that something takes: the compiler sees to it that none is left out. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>

/**
 * What is wrong with options before any value is looked at: a name that is not known might be one that matters, such as
 * where a secret goes, in another spelling.
 * @param owner the class or function that takes them, for the message
 * @returns undefined when nothing is
 */
export function optionNameFault<Options>(
  owner: string,
  options: unknown,
  names: OptionNames<Options>,
): CredentialOptionError | undefined {
  const known = Object.keys(names)
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const given = options === undefined ? 'nothing was passed' : 'something else was passed'
    return new CredentialOptionError(
      'options',
      `${owner} takes one object with its options, and ${given}: ${owner}({ ${known.slice(0, 3).join(', ')}, … }).`,
    )
  }
  const unknown = Object.entries(options).find(([name, value]) => value !== undefined && !Object.hasOwn(names, name))
  if (unknown === undefined) return undefined
  const [name] = unknown
  const meant = nearest(name, known)
  const fix = meant === undefined ? `It takes ${known.join(', ')}.` : `Did you mean ${meant}?`
  return new CredentialOptionError(name, `${owner} knows no option ${name}. ${fix}`)
}

/** @throws {CredentialOptionError} naming the option, as `optionNameFault` says it */
export function requireOptionNames<Options>(owner: string, options: unknown, names: OptionNames<Options>): void {
  const fault = optionNameFault(owner, options, names)
  if (fault !== undefined) throw fault
}

/** The name that was probably meant: the same letters, the same beginning, or a slip or two. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const asked = plain(name)
  const isBeginning = (other: string) => asked.length >= 3 && plain(other).startsWith(asked)
  const [closest] = known
    .map((other) => ({ other, slips: isBeginning(other) ? 1 : distance(asked, plain(other)) }))
    .sort((one, other) => one.slips - other.slips)
  return closest !== undefined && closest.slips <= Math.max(2, asked.length / 4) ? closest.other : undefined
}

/** How many letters to add, remove or change (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (const [column, target] of [...other].entries()) {
      const change = (row[column] ?? 0) + (letter === target ? 0 : 1)
      next.push(Math.min(change, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
