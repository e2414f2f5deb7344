import { listLogins, notSignedIn } from '@doorstep/client'
import { command, flag, jsonOption, profileOption } from '../command.ts'
import { UsageError } from '../failure.ts'
import { chooseProfile } from '../login/choose-profile.ts'
import { forgetFailures } from '../login/forget-failures.ts'
import { forgetAllLogins, forgetDamagedLogin, forgetLogin } from '../login/forget-login.ts'
import { damagedProfiles, loginRecord } from '../login/login-record.ts'
import { openTokenStore, type TokenStore } from '../login/token-store.ts'

export const logout = command({
  summary: 'forget a login',
  description: [
    'Removes the sign-in of the profile and its access tokens; with --all every sign-in of `login` and every access token that is kept here.',
    'The authority is not told: tokens that were copied elsewhere stay good until they expire.',
  ].join('\n'),
  options: {
    profile: profileOption('which one (default: DOORSTEP_PROFILE, else default)'),
    all: flag('every profile'),
    json: jsonOption,
  },
  examples: ['doorstep logout', 'doorstep logout --profile work', 'doorstep logout --all'],
  async run({ profile, all, json }, io) {
    if (all && profile !== undefined) throw new UsageError('--all and --profile exclude each other.')
    const store = await openTokenStore(io)
    const gone = all
      ? await logOutAll(store)
      : [await logOut((await chooseProfile(profile, io.environment)).name, store)]
    await forgetFailures(store.folder)
    if (json) return void io.terminal.printJson({ loggedOut: gone.map((one) => one.profile) })
    if (gone.length === 0) io.terminal.print('Nobody was signed in.')
    for (const { profile: name, who } of gone) {
      io.terminal.print(
        who === undefined ? `Removed the damaged login of profile ${name}.` : `Signed out ${who} (profile ${name}).`,
      )
    }
  },
})

/** A login that was forgotten. */
interface Gone {
  readonly profile: string
  /** Undefined when its record did not tell. */
  readonly who: string | undefined
}

async function logOut(profile: string, store: TokenStore): Promise<Gone> {
  const login = loginRecord(store.folder, profile)
  if (login === undefined) throw notSignedIn(profile)
  if (login === 'damaged') {
    await forgetDamagedLogin(profile, store)
    return { profile, who: undefined }
  }
  await forgetLogin(login, store)
  return { profile, who: login.username || `the application ${login.clientId}` }
}

async function logOutAll(store: TokenStore): Promise<readonly Gone[]> {
  const logins = listLogins(store.folder).map(({ profile, username, clientId }) => ({
    profile,
    who: username || `the application ${clientId}`,
  }))
  const damaged = (await damagedProfiles(store.folder)).map((profile) => ({ profile, who: undefined }))
  await forgetAllLogins(store)
  return [...logins, ...damaged]
}
