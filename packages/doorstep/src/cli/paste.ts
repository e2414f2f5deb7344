import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { CommandIO } from './command.ts'
import { InterruptedError } from './failure.ts'

/** A paste arrives as a burst of lines; after so much silence, in milliseconds, it is over. */
const SILENCE = 200

/**
 * What is piped in, or what a person pastes on a terminal. A paste is not echoed, so that no secret stays on the screen,
 * and ends at Ctrl-D, or after a line when `isEnough` and nothing follows.
 *
 * @throws {InterruptedError} on Ctrl-C
 */
export function readPaste({ terminal }: CommandIO, isEnough: (pasted: string) => boolean): Promise<string> {
  if (!process.stdin.isTTY) return text(process.stdin)
  const paste = readTerminal(isEnough)
  // Only now: what is pasted before the terminal is in raw mode would be shown.
  terminal.note('Paste it here; it is not shown. Enter ends it.')
  return paste
}

function readTerminal(isEnough: (pasted: string) => boolean): Promise<string> {
  // Raw mode: a terminal's own line editing cuts lines at 4096 characters, and tokens are longer.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true })
  let pasted = ''
  let timer: NodeJS.Timeout | undefined
  return new Promise((resolve, reject) => {
    reader.on('SIGINT', () => {
      reject(new InterruptedError('SIGINT'))
      reader.close()
    })
    reader.on('line', (line) => {
      pasted += `${line}\n`
      clearTimeout(timer)
      // What follows belongs to the paste too: left unread it would be typed into the shell.
      timer = setTimeout(() => isEnough(pasted) && reader.close(), SILENCE)
    })
    reader.on('close', () => {
      clearTimeout(timer)
      resolve(pasted)
    })
  })
}
