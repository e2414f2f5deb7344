/** A stretch of text, and whether it is where two values part. */
export interface Part {
  readonly text: string
  readonly differs: boolean
}

export interface DifferenceRow {
  /** What the value is: `Sent`, `Registered`. */
  readonly label: string
  readonly parts: readonly Part[]
}

/** Two sides set against each other, and in words what to look at: a mark is not heard. */
export interface Difference {
  /** What is compared: `Redirect URI`. */
  readonly subject: string
  readonly inWords: string
  readonly rows: readonly DifferenceRow[]
}

/** More registered values than these would bury the one that was meant. */
const rowsShown = 4
/** Beyond this many comparisons the middle is marked as one. */
const comparisonLimit = 60_000

/** How a redirect URI that was sent differs from those registered, the nearest first. */
export function redirectUriDifference(sent: string, registered: readonly string[]): Difference {
  const nearestFirst = [...registered].sort((a, b) => likeness(sent, b) - likeness(sent, a)).slice(0, rowsShown)
  const nearest = nearestFirst[0]
  const left = registered.length - nearestFirst.length
  return {
    subject: 'Redirect URI',
    inWords:
      nearest === undefined ? 'The application has no redirect URI registered.' : uriDifferenceInWords(sent, nearest),
    rows: [
      { label: 'Sent', parts: nearest === undefined ? [{ text: sent, differs: true }] : marked(sent, nearest) },
      ...nearestFirst.map((uri) => ({ label: 'Registered', parts: marked(uri, sent) })),
      ...(left > 0 ? [{ label: 'And', parts: [{ text: `${left} more`, differs: false }] }] : []),
    ],
  }
}

/** Which of the values asked for (scopes, roles) are missing among those there are. Compared without case. */
export function missingValues(
  subject: string,
  inWords: string,
  asked: { readonly label: string; readonly values: readonly string[] },
  known: { readonly label: string; readonly values: readonly string[] },
): Difference {
  const there = new Set(known.values.map((value) => value.toLowerCase()))
  const spaced = (values: readonly string[], differs: (value: string) => boolean) =>
    values.flatMap((text, index) => [
      ...(index > 0 ? [{ text: ' ', differs: false }] : []),
      { text, differs: differs(text) },
    ])
  const knownParts = spaced(known.values, () => false)
  return {
    subject,
    inWords,
    rows: [
      { label: asked.label, parts: spaced(asked.values, (value) => !there.has(value.toLowerCase())) },
      { label: known.label, parts: knownParts.length > 0 ? knownParts : [{ text: '(none)', differs: false }] },
    ],
  }
}

/** The parts of `text`, marked where `other` has something else. Words and signs are compared whole. */
export function marked(text: string, other: string): readonly Part[] {
  const mine = words(text)
  const theirs = words(other)
  let start = 0
  while (start < mine.length && mine[start] === theirs[start]) start++
  let end = 0
  while (end < Math.min(mine.length, theirs.length) - start && mine.at(-1 - end) === theirs.at(-1 - end)) end++
  const shared = sharedWords(mine.slice(start, mine.length - end), theirs.slice(start, theirs.length - end))
  return joined(
    mine.map((word, index) => ({
      text: word,
      differs: index >= start && index < mine.length - end && !shared.has(index - start),
    })),
  )
}

/** Runs of letters and digits, and every other sign by itself. */
function words(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_~-]+|./gsu) ?? []
}

/** Indices of the words of `mine` that stand, in order, in `theirs` too: a longest common subsequence. */
function sharedWords(mine: readonly string[], theirs: readonly string[]): ReadonlySet<number> {
  const shared = new Set<number>()
  if (mine.length * theirs.length > comparisonLimit) return shared
  const width = theirs.length + 1
  const lengths = new Uint16Array((mine.length + 1) * width)
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0
  for (let row = mine.length - 1; row >= 0; row--)
    for (let column = theirs.length - 1; column >= 0; column--)
      lengths[row * width + column] =
        mine[row] === theirs[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
  for (let row = 0, column = 0; row < mine.length && column < theirs.length; ) {
    if (mine[row] === theirs[column]) {
      shared.add(row)
      row++
      column++
    } else if (at(row + 1, column) >= at(row, column + 1)) row++
    else column++
  }
  return shared
}

function joined(parts: readonly Part[]): readonly Part[] {
  return parts.reduce<Part[]>((runs, part) => {
    const last = runs.at(-1)
    if (last?.differs === part.differs) runs[runs.length - 1] = { text: last.text + part.text, differs: part.differs }
    else runs.push(part)
    return runs
  }, [])
}

/** How many characters two values share at their ends; case counts for less than letters. */
function likeness(sent: string, registered: string): number {
  const [a, b] = [sent.toLowerCase(), registered.toLowerCase()]
  const shorter = Math.min(a.length, b.length)
  let start = 0
  while (start < shorter && a[start] === b[start]) start++
  let end = 0
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end++
  return start + end - Math.abs(a.length - b.length) / 2
}

/** Which port of the own machine is not compared, so a difference there is none. */
function isAnyPort({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1'
}

function uriDifferenceInWords(sent: string, registered: string): string {
  if (sent.toLowerCase() === registered.toLowerCase())
    return 'Only upper and lower case differ; redirect URIs are compared letter by letter.'
  if (sent === `${registered}/`) return 'The one sent ends with a slash, the registered one does not.'
  if (`${sent}/` === registered) return 'The registered one ends with a slash, the one sent does not.'
  if (!URL.canParse(sent)) return 'What was sent is not a complete URI.'
  if (!URL.canParse(registered)) return 'What is registered is not a complete URI.'
  const [a, b] = [new URL(sent), new URL(registered)]
  const differing = [
    a.protocol !== b.protocol && 'scheme',
    a.hostname !== b.hostname && 'host',
    a.port !== b.port && !isAnyPort(a) && 'port',
    a.pathname !== b.pathname && 'path',
    a.search !== b.search && 'query',
    a.hash !== b.hash && 'fragment',
  ].filter((name) => name !== false)
  if (differing.length === 0)
    return 'They mean the same, but are not written alike; they are compared letter by letter.'
  if (differing.length === 1) return `The ${differing[0]} differs from the nearest one registered.`
  return `The ${differing.slice(0, -1).join(', ')} and ${differing.at(-1)} differ from the nearest one registered.`
}
