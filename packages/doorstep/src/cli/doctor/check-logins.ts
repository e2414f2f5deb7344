import { type Login, loginCommand, loginPartition, lookAtStore, type StoreLook } from '@doorstep/client'
import { dataDirectory } from '../../data-folder.ts'
import type { CommandIO } from '../command.ts'
import { messageOf } from '../failure.ts'
import { inCommandWords } from '../library-words.ts'
import { type ChosenProfile, chooseProfile } from '../login/choose-profile.ts'
import { loginOfProfile } from '../login/login-of-profile.ts'
import { type Finding, note, ok, problem, warning } from './finding.ts'

/** Where tokens are kept, and why there. */
export function checkTokenStore({ directory, state, setAside, ...look }: StoreLook): Finding {
  const reason = inCommandWords(look.reason)
  if (state === 'unusable') {
    const fix = 'Make the folder writable, and see that the disk is not full.'
    return problem('token store', `Nothing can be kept. ${reason}`, fix)
  }
  if (state === 'damaged') {
    const fix = 'Sign in again; what cannot be read is kept beside it, under a name with .corrupt-.'
    return problem('token store', `The store in ${directory} is damaged. ${reason}`, fix)
  }
  if (setAside.length > 0) {
    const detail = `${directory}. Something could not be read and was set aside: ${setAside.join(', ')}.`
    return warning('token store', detail, 'Sign in again where that is asked, then remove it.')
  }
  if (state === 'empty') return ok('token store', `${directory}. Nothing is kept yet. ${reason}`)
  return ok('token store', `${directory}, encrypted. ${reason}`)
}

/** The profile that `token` takes, and whether somebody is signed in. */
export async function checkProfile({ environment, ...io }: CommandIO): Promise<readonly Finding[]> {
  let profile: ChosenProfile
  try {
    profile = await chooseProfile(undefined, environment)
  } catch (error) {
    return [problem('profile', messageOf(error), 'Correct it. docs/config-file.md describes every key.')]
  }
  let look: StoreLook
  try {
    look = await lookAtStore()
  } catch (error) {
    return [problem('token store', messageOf(error), 'Choose another folder by XDG_DATA_HOME.')]
  }
  return [checkTokenStore(look), await checkLogin(profile, look, { environment, ...io })]
}

async function checkLogin(profile: ChosenProfile, look: StoreLook, io: CommandIO): Promise<Finding> {
  try {
    const login = await loginOfProfile(profile, { folder: look.directory }, io)
    if (login === undefined) return note('profile', `Nobody is signed in as profile ${profile.name}.`)
    const who = `${profile.name}: ${login.username || `the application ${login.clientId}`}`
    if (hasEnded(login, look)) {
      const fix = loginCommand(login, dataDirectory(undefined, io.environment))
      return problem('profile', `${who} was signed in, and nothing of that sign-in is kept any more.`, fix)
    }
    return ok('profile', `${who} at ${login.cloud}.`)
  } catch (error) {
    return problem('profile', messageOf(error), `npx --no-install doorstep login --profile ${profile.name}`)
  }
}

/** An application has its secret elsewhere and needs nothing kept, unless it came through stdin. */
function hasEnded(login: Login, look: StoreLook): boolean {
  const needsKept = login.as === 'person' || login.proof?.kind === 'secretNotKept'
  return needsKept && look.holds(loginPartition(login)) === undefined
}
