import { UsageError } from '../failure.ts'

/** The profile of a person who has named none. */
export const defaultProfileName = 'default'

const form = /^[a-z0-9][a-z0-9._-]{0,63}$/

/**
 * @param source how the name was given: an option, a variable, a key of a file
 * @throws {UsageError} unless it is a name that can stand as a file's name on every system
 */
export function profileName(name: string, source: string): string {
  if (form.test(name)) return name
  throw new UsageError(
    `${source} '${name}' is no name of a profile: write small letters, digits, dots and hyphens, for example work.`,
  )
}
