import { distance } from 'fastest-levenshtein'
import { catalogue, type Refusal, textWithPlaceholders } from '../../protocol/errors.ts'
import { catalogueChecks } from './catalogue-checks.ts'
import { codeRange } from './code-ranges.ts'
import type { Explanation, Meaning } from './explanation.ts'
import { furtherCodes } from './further/index.ts'

const fromCatalogue = new Map<number, Refusal[]>()
for (const row of Object.values<Refusal>(catalogue)) {
  fromCatalogue.set(row.code, [...(fromCatalogue.get(row.code) ?? []), row])
}
const further = new Map(furtherCodes.map((entry) => [entry.code, entry]))

/** Every code with an explanation of its own, ascending. */
export const explainedCodes: readonly number[] = [...new Set([...fromCatalogue.keys(), ...further.keys()])].sort(
  (a, b) => a - b,
)

/**
 * What a code means; for one that is not known, what its number tells and which known ones resemble it.
 *
 * @param error the OAuth error that came with it, which chooses among several meanings
 */
export function explainCode(code: number, error?: string): Explanation {
  const lookUp = `https://login.microsoftonline.com/error?code=${code}`
  const every = fromCatalogue.get(code)
  const same = every?.filter((row) => row.error === error) ?? []
  const rows = same.length > 0 ? same : every
  if (rows) return { code, meanings: rows.map(meaningOfRow), check: catalogueChecks[code] ?? '', lookUp }
  const entry = further.get(code)
  if (entry) {
    const { error, meaning, causes, check, fix } = entry
    return { code, meanings: [{ error, meaning, causes, fix }], check, lookUp }
  }
  const range = codeRange(code)
  const check = 'Read the sentence that came with the code, and look the code up at Microsoft.'
  return { code, meanings: [], ...(range && { range }), similar: similarCodes(code), check, lookUp }
}

function meaningOfRow(row: Refusal): Meaning {
  const { error, suberror, when, fix } = row
  return { error, ...(suberror && { suberror }), meaning: textWithPlaceholders(row), causes: when, fix }
}

/**
 * Longer codes refine shorter ones (500112 belongs to 50011), so those come first; then codes that are one typing
 * error away.
 */
function similarCodes(code: number): number[] {
  const digits = String(code)
  const family = explainedCodes.filter((known) => isFamily(String(known), digits))
  const mistyped = explainedCodes.filter((known) => distance(String(known), digits) === 1)
  return [...new Set([...family, ...mistyped])].slice(0, 4)
}

function isFamily(known: string, asked: string): boolean {
  return known.length >= 5 && asked.length > known.length && asked.startsWith(known)
}
