import { execFile } from 'node:child_process'

/** A step on a trust store failed. The message names the program and what it said. */
export class TrustStepError extends Error {
  override readonly name = 'TrustStepError'
}

/**
 * Runs one program to its end, without a terminal: none may wait for a password that nobody is asked for.
 *
 * @returns its stdout
 * @throws {TrustStepError} when it cannot be executed, ends with another code than 0 or takes more than a minute
 */
export function runStep(program: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: 60_000, maxBuffer: 16 * 1024 * 1024 }
    const child = execFile(program, [...words], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout)
      const said = (stderr || stdout || error.message).trim()
      reject(new TrustStepError(`${program} failed: ${said}`, { cause: error }))
    })
    child.stdin?.end()
  })
}
