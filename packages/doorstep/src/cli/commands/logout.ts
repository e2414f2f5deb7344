import { type Login, listLogins, notSignedIn, readLogin } from '@doorstep/client'
import { command, flag, jsonOption, text } from '../command.ts'
import { UsageError } from '../failure.ts'
import { chooseProfile } from '../login/choose-profile.ts'
import { forgetLogin } from '../login/forget-login.ts'
import { openTokenStore, type TokenStore } from '../login/token-store.ts'

export const logout = command({
  summary: 'forget a login',
  description: [
    'Removes the sign-in of the profile and its access tokens; with --all those of everybody.',
    'The authority is not told: tokens that were copied elsewhere stay good until they expire.',
  ].join('\n'),
  options: {
    profile: text('PROFILE', 'which one (default: DOORSTEP_PROFILE, else default)'),
    all: flag('every profile'),
    json: jsonOption,
  },
  examples: ['doorstep logout', 'doorstep logout --profile work', 'doorstep logout --all'],
  async run({ profile, all, json }, io) {
    if (all && profile !== undefined) throw new UsageError('--all and --profile exclude each other.')
    const store = await openTokenStore(io)
    const logins = all ? listLogins(store.folder) : [await loginNamed(profile, store, io.environment)]
    for (const login of logins) await forgetLogin(login, store)
    if (all) await store.file.deleteTokens()
    if (json) return void io.terminal.printJson({ loggedOut: logins.map((login) => login.profile) })
    if (logins.length === 0) io.terminal.print('Nobody was signed in.')
    for (const { profile: name, username, clientId } of logins) {
      io.terminal.print(`Signed out ${username || `the application ${clientId}`} (profile ${name}).`)
    }
  },
})

async function loginNamed(
  given: string | undefined,
  store: TokenStore,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Login> {
  const { name } = await chooseProfile(given, environment)
  const login = readLogin(store.folder, name)
  if (login === undefined) throw notSignedIn(name)
  return login
}
