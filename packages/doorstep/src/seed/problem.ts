import { closest, distance } from 'fastest-levenshtein'

/** One thing that is wrong with a seed file. */
export interface SeedProblem {
  /** As one would write it in code: `tenants[0].applications[1].signInAudience`; empty for the whole file. */
  readonly path: string
  /** What was found, what was expected and how to fix it. */
  readonly message: string
}

/** A seed file that cannot be applied; it names every problem at once. */
export class SeedError extends Error {
  override readonly name = 'SeedError'
  readonly problems: readonly SeedProblem[]

  constructor(file: string, problems: readonly SeedProblem[]) {
    const lines = problems.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`)
    super([`${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`, ...lines].join('\n'))
    this.problems = problems
  }
}

/** `tenants[0].applications[1]` of `['tenants', 0, 'applications', 1]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? String(key) : `${text}.${String(key)}`
  }, '')
}

/** The one of `candidates` that was probably meant by `word`; undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined
  const folded = new Map(candidates.map((candidate) => [candidate.toLowerCase(), candidate]))
  const wanted = word.toLowerCase()
  const found = closest(wanted, [...folded.keys()])
  return distance(wanted, found) <= Math.max(2, Math.floor(wanted.length / 3)) ? folded.get(found) : undefined
}

/** The end of a message about a word that is not among `candidates`: a suggestion, else what there is. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates)
  if (near !== undefined) return ` Did you mean '${near}'?`
  const shown = candidates.slice(0, 12)
  if (shown.length === 0) return ''
  return ` There ${shown.length === 1 ? 'is' : 'are'}: ${shown.join(', ')}${candidates.length > shown.length ? ', …' : ''}.`
}
