import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The current Azure CLI, which `.ci/run` installs from what requirements.txt names. */
export const currentAz = fileURLToPath(new URL('.venv/bin/az', import.meta.url))
/** The one that Debian packages. */
const debians = '/usr/bin/az'

/** Each Azure CLI that the tests run, with its name. */
export const azPrograms: readonly (readonly [name: string, file: string])[] = [
  ['current', currentAz],
  ['of Debian', debians],
]

/**
 * Whether the tests of one have to be skipped.
 *
 * @throws {Error} when it is missing and `CI` is set: there nothing may be skipped
 */
export function azMissing(file: string): boolean {
  if (existsSync(file)) return false
  if (process.env.CI) throw new Error(`The tests need ${file}: get it as conformance/README.md says.`)
  return true
}

/** How `az login` is told of an application's certificate; Debian's takes it as it takes a password. */
export function certificateOption(file: string): string {
  return file === currentAz ? '--certificate' : '--password'
}
