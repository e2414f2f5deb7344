import { CredentialOptionError } from '../errors.ts'

/** The profile of a person who has named none. */
export const defaultProfileName = 'default'

const FORM = /^[a-z0-9][a-z0-9._-]{0,63}$/

/**
 * @param source how the name was given: an option, a variable, a key of a file
 * @throws {CredentialOptionError} unless it is a name that can stand as a file's name on every system
 */
export function requireProfileName(source: string, name: unknown): string {
  if (typeof name === 'string' && FORM.test(name)) return name
  throw new CredentialOptionError(
    source,
    `${source} '${String(name)}' is no name of a profile: write small letters, digits, dots and hyphens, for example work.`,
  )
}
