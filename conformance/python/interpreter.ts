import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The interpreter that has what requirements.txt names; `.ci/run` makes it. */
export const python = fileURLToPath(new URL('.venv/bin/python', import.meta.url))

/**
 * Whether the tests that need it have to be skipped.
 *
 * @throws {Error} when it is missing and `CI` is set: there nothing may be skipped
 */
export function pythonMissing(): boolean {
  if (existsSync(python)) return false
  if (process.env.CI) throw new Error(`The tests need ${python}: make it as conformance/README.md says.`)
  return true
}
