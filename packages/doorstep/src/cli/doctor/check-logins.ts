import type { CommandIO } from '../command.ts'
import { messageOf } from '../failure.ts'
import { inCommandWords } from '../library-words.ts'
import { type ChosenProfile, chooseProfile } from '../login/choose-profile.ts'
import { loginOfProfile } from '../login/login-of-profile.ts'
import { openTokenStore, type TokenStore } from '../login/token-store.ts'
import { type Finding, note, ok, problem } from './finding.ts'

/** Where tokens are kept, and why there. */
export function checkTokenStore({ file }: TokenStore): Finding {
  const { path, keyPlace } = file
  const keyPlaceReason = inCommandWords(file.keyPlaceReason)
  if (keyPlace === 'memory') {
    return problem(
      'token store',
      `Nothing can be kept. ${keyPlaceReason}`,
      'Make the folder writable, and see that the disk is not full.',
    )
  }
  return ok('token store', `${path}, encrypted. ${keyPlaceReason}`)
}

/** The profile that `token` takes, and whether somebody is signed in. */
export async function checkProfile(io: CommandIO): Promise<readonly Finding[]> {
  let profile: ChosenProfile
  try {
    profile = await chooseProfile(undefined, io.environment)
  } catch (error) {
    return [problem('profile', messageOf(error), 'Correct it. docs/config-file.md describes every key.')]
  }
  let store: TokenStore
  try {
    store = await openTokenStore(io)
  } catch (error) {
    return [problem('token store', messageOf(error), 'chmod 700 that folder, or choose another by XDG_DATA_HOME.')]
  }
  return [checkTokenStore(store), await checkLogin(profile, store, io)]
}

async function checkLogin(profile: ChosenProfile, store: TokenStore, io: CommandIO): Promise<Finding> {
  try {
    const login = await loginOfProfile(profile, store, io)
    if (login === undefined) return note('profile', `Nobody is signed in as profile ${profile.name}.`)
    return ok('profile', `${profile.name}: ${login.username || `the application ${login.clientId}`} at ${login.cloud}.`)
  } catch (error) {
    return problem('profile', messageOf(error), `npx --no-install doorstep login --profile ${profile.name}`)
  }
}
