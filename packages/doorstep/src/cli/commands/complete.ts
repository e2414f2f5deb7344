import { type CommandDeclaration, type CommandTable, command, text } from '../command.ts'
import { candidates } from '../completion/candidates.ts'

/** What the scripts of `completion` ask at each Tab; `table` is that of the whole program. */
export function completeFrom(table: CommandTable): CommandDeclaration {
  return command({
    summary: 'the words that may come next, for the scripts of `completion`',
    arguments: [{ form: '[before...]', help: 'the words before the one that is typed' }],
    options: { word: { ...text('WORD', 'the beginning of the word that is typed'), takesDashes: true } },
    examples: ['doorstep complete --word=cl'],
    passThrough: true,
    async run({ word = '' }, { terminal, environment }, before) {
      const { words, files } = await candidates(table, before, word, environment)
      for (const candidate of words) terminal.print(`${candidate.word}\t${candidate.help}`)
      if (files) terminal.print(':files')
    },
  }) as CommandDeclaration
}
