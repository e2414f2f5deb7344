import { type Login, listLogins } from '@doorstep/client'
import { dataDirectory } from '../../data-folder.ts'
import type { Cloud } from '../clouds.ts'
import type { CommandIO } from '../command.ts'
import { RefusedError, UsageError } from '../failure.ts'
import { shellWord } from '../shell-word.ts'
import { type ChosenProfile, chooseProfile } from './choose-profile.ts'
import { loginOfProfile } from './login-of-profile.ts'
import type { TokenStore } from './token-store.ts'

/** Which logins may be meant; nothing said: all. */
export interface WantedLogin {
  readonly cloud: Cloud | undefined
  /** Of a local cloud. Absolute. */
  readonly dataDirectory: string | undefined
}

/**
 * The login that is meant: that of the profile; where nobody has named one, and its login is not of the cloud that was
 * said, the only one that is.
 *
 * @returns undefined when there is none
 * @throws {RefusedError} when the profile that was named is signed in elsewhere
 * @throws {UsageError} when several logins may be meant
 */
export async function findLogin(
  profile: ChosenProfile,
  wanted: WantedLogin,
  store: TokenStore,
  io: CommandIO,
): Promise<Login | undefined> {
  const login = await loginOfProfile(profile, store, io, wanted.dataDirectory)
  if (login !== undefined && isMeant(login, wanted)) return login
  if (profile.isNamed) {
    if (login !== undefined) throw new RefusedError(signedInElsewhere(login, wanted))
    return undefined
  }
  if (wanted.cloud === undefined && wanted.dataDirectory === undefined) return undefined
  const [one, ...others] = listLogins(store.folder).filter((known) => isMeant(known, wanted))
  if (one === undefined) return undefined
  if (others.length === 0) return loginOfProfile(await chooseProfile(one.profile, io.environment), store, io)
  const names = [one, ...others].map((known) => known.profile).join(', ')
  throw new UsageError(`Several profiles are signed in ${placeOf(wanted)}: ${names}. Say which with --profile.`)
}

/** What to tell a person whose profile nobody has signed in. It names the profiles that there are. */
export function nobodySignedIn(
  { name, isNamed, namedBy, configuredNames }: ChosenProfile,
  wanted: WantedLogin,
  store: TokenStore,
  environment: CommandIO['environment'],
): RefusedError {
  const { cloud, dataDirectory: folder } = wanted
  const words = ['npx --no-install doorstep login']
  if (isNamed) words.push('--profile', name)
  if (cloud !== undefined && cloud !== 'local') words.push('--cloud', cloud)
  if (folder !== undefined && folder !== dataDirectory(undefined, environment)) words.push('--data', shellWord(folder))
  const place = cloud === undefined && folder === undefined ? '' : ` ${placeOf(wanted)}`
  const who = isNamed ? ` as profile ${name}` : ''
  const why = namedBy === undefined ? '' : `\nThat is ${namedBy}.`
  const names = new Set([...listLogins(store.folder).map(({ profile }) => profile), ...configuredNames])
  names.delete(name)
  const there =
    names.size === 0 ? '' : `\nThere are the profiles ${[...names].sort().join(', ')}: choose with --profile.`
  return new RefusedError(`Nobody is signed in${place}${who}. Sign in first: ${words.join(' ')}${why}${there}`)
}

function isMeant(login: Login, { cloud, dataDirectory: folder }: WantedLogin): boolean {
  return (cloud ?? login.cloud) === login.cloud && (folder ?? login.dataDirectory) === login.dataDirectory
}

function signedInElsewhere(login: Login, wanted: WantedLogin): string {
  const at = placeOf({ cloud: login.cloud, dataDirectory: login.dataDirectory })
  return `Profile ${login.profile} is signed in ${at}, not ${placeOf(wanted)}. Choose another profile, or sign in anew there.`
}

function placeOf({ cloud, dataDirectory: folder }: WantedLogin): string {
  if (folder !== undefined) return `at the local cloud of ${folder}`
  return cloud === undefined || cloud === 'local' ? 'at a local cloud' : `at the cloud ${cloud}`
}
