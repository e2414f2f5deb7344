import { type Login, readLogin } from '@doorstep/client'
import { dataDirectory, readBootstrap } from '../../data-folder.ts'
import { authorityHosts } from '../clouds.ts'
import type { CommandIO } from '../command.ts'
import { RefusedError } from '../failure.ts'
import type { ChosenProfile } from './choose-profile.ts'
import type { ConfiguredProfile } from './config.ts'
import { folderWord, partitionName } from './local-partition.ts'
import { askedApi, planSignIn } from './sign-in-plan.ts'
import type { TokenStore } from './token-store.ts'

const unsaid = {
  cloud: undefined,
  tenant: undefined,
  clientId: undefined,
  scope: [],
  resource: undefined,
  browser: false,
  deviceCode: false,
  redirectUri: undefined,
  clientSecretEnv: undefined,
  clientSecretStdin: false,
  certificate: undefined,
  certificatePasswordEnv: undefined,
}

/**
 * The login of a profile. A profile of `doorstep.config.yaml` that names a client secret's variable or a certificate
 * needs no `login`: the application signs in itself.
 *
 * @param data folder of the local cloud for a profile that needs no login; undefined: the usual one
 * @returns undefined when nobody is signed in
 * @throws {RefusedError} when the file says other things than the login was made with
 */
export async function loginOfProfile(
  profile: ChosenProfile,
  store: Pick<TokenStore, 'folder'>,
  { environment }: CommandIO,
  data?: string,
): Promise<Login | undefined> {
  const login = readLogin(store.folder, profile.name)
  if (login !== undefined) {
    refuseIfChanged(login, profile)
    const asked = askedApi(unsaid, profile.configured)
    return asked === undefined ? login : { ...login, resource: undefined, ...asked }
  }
  const { configured, name } = profile
  if (configured.clientSecretEnv === undefined && configured.certificate === undefined) return undefined
  const plan = planSignIn(unsaid, configured, environment, undefined)
  if (plan.way !== 'application' || plan.proof === undefined || plan.proof.kind === 'secretStdin') return undefined
  if (plan.tenantId === undefined && plan.cloud !== 'local') return undefined
  const folder = plan.cloud === 'local' ? dataDirectory(data, environment) : undefined
  const bootstrap = folder === undefined ? undefined : await readBootstrap(folder)
  return {
    // The same words at the same authority, the same tokens; another secret is another variable's value, and its tokens
    // are the application's too. A folder may have another local cloud today, which then has another bootstrap.
    id: `configured ${folderWord(folder)} ${partitionName([name, plan, bootstrap])}`,
    profile: name,
    cloud: plan.cloud,
    authorityHost: plan.cloud === 'local' ? '' : authorityHosts[plan.cloud],
    dataDirectory: folder,
    tenantId: plan.tenantId ?? bootstrap?.tenantId ?? 'organizations',
    clientId: plan.clientId,
    as: 'application',
    proof: plan.proof,
    ...plan.asked,
    username: '',
    signedInAt: '',
  }
}

/** Tokens of another application or tenant than the file says would be a surprise that nobody sees. */
function refuseIfChanged(login: Login, { configured, configFile, name }: ChosenProfile): void {
  const pairs: readonly (readonly [keyof ConfiguredProfile, string])[] = [
    ['cloud', login.cloud],
    ['tenant', login.tenantId],
    ['clientId', login.clientId],
  ]
  for (const [key, signedIn] of pairs) {
    const written = configured[key]
    if (typeof written !== 'string' || written.toLowerCase() === signedIn.toLowerCase()) continue
    throw changed(`Profile ${name} of ${configFile} says ${key}: ${written}, but is signed in with ${signedIn}.`, name)
  }
  const proofs = [configured.clientSecretEnv, configured.certificate, configured.certificatePasswordEnv]
  const kept = keptProofOf(login)
  if (kept === undefined || proofs.every((proof) => proof === undefined)) return
  if (proofs.every((proof, index) => proof === kept[index])) return
  throw changed(
    `Profile ${name} of ${configFile} names another secret or certificate than the one that is signed in with.`,
    name,
  )
}

/**
 * Where the proof of a login is: secret's variable, certificate, password's variable. Undefined where there is none, or
 * where it came by the command line and is nowhere.
 */
function keptProofOf({ proof }: Login): readonly (string | undefined)[] | undefined {
  if (proof?.kind === 'secretVariable') return [proof.variable, undefined, undefined]
  return proof?.kind === 'certificate' ? [undefined, proof.path, proof.passwordVariable] : undefined
}

function changed(what: string, name: string): RefusedError {
  return new RefusedError(`${what} Sign in anew: npx --no-install doorstep login --profile ${name}`)
}
