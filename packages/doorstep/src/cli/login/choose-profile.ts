import { defaultProfileName } from '@doorstep/client'
import type { CommandIO } from '../command.ts'
import type { ConfiguredProfile } from './config.ts'
import { readConfigFile } from './config-file.ts'
import { profileName } from './profile-name.ts'

/** The profile that a command works with. */
export interface ChosenProfile {
  readonly name: string
  /** Whether somebody named it: an option, a variable or a file. */
  readonly isNamed: boolean
  /** What `doorstep.config.yaml` says of it; nothing where it says nothing. */
  readonly configured: ConfiguredProfile
  /** Path of that file, where it has the profile. */
  readonly configFile: string | undefined
  /** The file that named it as the default, in words; undefined where the command line or the environment did. */
  readonly namedBy: string | undefined
  /** Profiles of that file. */
  readonly configuredNames: readonly string[]
}

/**
 * That of `--profile`, else of DOORSTEP_PROFILE, else `defaultProfile` of `doorstep.config.yaml`, else `default`.
 *
 * @throws {UsageError} when a name, or the file, is wrong
 */
export async function chooseProfile(
  given: string | undefined,
  environment: CommandIO['environment'],
): Promise<ChosenProfile> {
  const file = await readConfigFile(environment)
  const said = namedProfile(given, environment)
  const named = said ?? file?.config.defaultProfile
  const name = named ?? defaultProfileName
  const configured = file && Object.hasOwn(file.config.profiles, name) ? file.config.profiles[name] : undefined
  return {
    name,
    isNamed: named !== undefined,
    configured: configured ?? {},
    configFile: configured && file?.path,
    namedBy: said === undefined && named !== undefined ? `defaultProfile of ${file?.path}` : undefined,
    configuredNames: Object.keys(file?.config.profiles ?? {}),
  }
}

/** The name that was said on the command line or in the environment. */
export function namedProfile(given: string | undefined, environment: CommandIO['environment']): string | undefined {
  if (given !== undefined) return profileName(given, '--profile')
  const { DOORSTEP_PROFILE } = environment
  return DOORSTEP_PROFILE ? profileName(DOORSTEP_PROFILE, 'DOORSTEP_PROFILE') : undefined
}
