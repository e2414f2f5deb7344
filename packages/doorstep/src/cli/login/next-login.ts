import { dataDirectory } from '../../data-folder.ts'
import type { CommandIO } from '../command.ts'
import { shellWord } from '../shell-word.ts'
import type { Login } from './login-record.ts'
import { defaultProfileName } from './profile-name.ts'

/** The command line that signs a profile in again, as it was signed in. */
export function loginCommand(login: Login, environment: CommandIO['environment']): string {
  const { profile, cloud, tenantId, clientId, scopes, resource, as, proof } = login
  const words = ['npx --no-install doorstep login']
  if (profile !== defaultProfileName) words.push('--profile', profile)
  if (cloud !== 'local') words.push('--cloud', cloud)
  if (cloud === 'local' && login.dataDirectory !== dataDirectory(undefined, environment))
    words.push('--data', shellWord(login.dataDirectory ?? ''))
  words.push('--tenant', tenantId, '--client-id', clientId)
  for (const scope of scopes) words.push('--scope', shellWord(scope))
  if (resource !== undefined) words.push('--resource', shellWord(resource))
  if (proof?.kind === 'secretVariable') words.push('--client-secret-env', proof.variable)
  if (proof?.kind === 'secretNotKept') words.push('--client-secret-stdin')
  if (proof?.kind === 'certificate') words.push('--certificate', shellWord(proof.path))
  if (as === 'person' && proof !== undefined) words.push('--browser')
  return words.join(' ')
}
