import { dataDirectory } from '../data-folder.ts'
import { shellWord } from './shell-word.ts'

/**
 * A command line to paste: `words` after the program's name, with `--data` when the data folder is not the one that
 * the command would find by itself.
 */
export function nextCommand(
  words: string,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const [name, ...rest] = words.split(' -- ')
  const data = dataDirectory(undefined, environment) === folder ? '' : ` --data ${shellWord(folder)}`
  return ['npx --no-install doorstep', [`${name}${data}`, ...rest].join(' -- ')].join(' ')
}
