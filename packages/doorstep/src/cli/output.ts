import { writeSync } from 'node:fs'

/**
 * Has a result that cannot be written end the process with 1 and a line that says so. A reader that has seen enough
 * (`doorstep app list | head -1`) is no failure, and no reason to stop half-way.
 */
export function watchOutput(): void {
  process.stdout.on('error', refuseUnlessUnread)
  process.stderr.on('error', (error: NodeJS.ErrnoException) => error.code === 'EPIPE' || process.exit(1))
}

/**
 * Ends the process when everything that was written is out. Connections that are kept open for a next request do not
 * keep it.
 */
export function endProcess(exitCode: number): void {
  process.stdout.write('', (error) => {
    refuseUnlessUnread(error)
    process.stderr.write('', () => process.exit(exitCode))
  })
}

/** @param error what a write to standard output ended with */
export function refuseUnlessUnread(error: NodeJS.ErrnoException | null | undefined): void {
  if (!error || error.code === 'EPIPE') return
  try {
    writeSync(2, `error: The result could not be written to standard output (${error.code ?? error.message}).\n`)
  } catch {
    // Where nobody can be told, the exit code has to say it.
  }
  process.exit(1)
}
