import { parseDocument } from 'yaml'
import { SeedError } from './problem.ts'

/** So many references to anchors one file may expand to; a file that needs more is a bomb. */
const aliasesAtMost = 100

/**
 * The plain data of a YAML or JSON text (JSON is YAML); an empty one is an empty seed.
 * @throws {SeedError} naming line and column when the text is neither, repeats a key or expands without end.
 */
export function readDocument(text: string, name: string): unknown {
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: true })
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message }) => ({ path: '', message: message.split('\n')[0] ?? message }))
    throw new SeedError(name, problems)
  }
  try {
    // Written and read as JSON, so that what follows sees a tree: no dates, no maps, no reference to itself.
    const plain: unknown = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: aliasesAtMost }) ?? {}))
    return plain
  } catch (cause) {
    const message = 'Its anchors refer to themselves or expand to too much. Write out what they stand for.'
    throw new SeedError(name, [{ path: '', message: cause instanceof RangeError ? message : `${message} (${cause})` }])
  }
}
