import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { doorstepWords } from './run-under-doorstep.ts'

/** What a page of docs/guides has between fences. */
export interface Guide {
  /** Files by their name: the second word after the fence, as in "yaml doorstep.yaml". */
  readonly files: ReadonlyMap<string, string>
  /** Lines of `sh` blocks, for a shell; `npx --no-install doorstep` is the built program. */
  readonly commands: readonly string[]
}

export async function readGuide(name: string): Promise<Guide> {
  const text = await readFile(new URL(`../../docs/guides/${name}`, import.meta.url), 'utf8')
  const blocks = [...text.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)]
  const files = blocks.flatMap(([, , file, content = '']) => (file ? [[file, content] as const] : []))
  const lines = blocks.flatMap(([, language, , content = '']) =>
    language === 'sh' ? content.trimEnd().split('\n') : [],
  )
  const doorstep = doorstepWords().map(quoted).join(' ')
  return {
    files: new Map(files),
    commands: lines.map((line) => line.replace(/\bnpx --no-install doorstep\b/, () => doorstep)),
  }
}

/** Saves a guide's files where its reader works. */
export async function saveFiles({ files }: Guide, folder: string): Promise<void> {
  await Promise.all([...files].map(([name, content]) => writeFile(join(folder, name), content)))
}

/** A word for a POSIX shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
