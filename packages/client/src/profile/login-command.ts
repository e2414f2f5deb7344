import type { Login } from './login.ts'
import { defaultProfileName } from './profile-name.ts'

/**
 * The command line that signs a profile in again, as it was signed in.
 * @param usualDataDirectory the data folder that the command finds by itself, which need not be said
 */
export function loginCommand(login: Login, usualDataDirectory?: string): string {
  const { profile, cloud, tenantId, clientId, scopes, resource, as, proof, dataDirectory = '' } = login
  const words = ['npx --no-install doorstep login']
  if (profile !== defaultProfileName) words.push('--profile', profile)
  if (cloud !== 'local') words.push('--cloud', cloud)
  if (cloud === 'local' && dataDirectory !== usualDataDirectory) words.push('--data', shellWord(dataDirectory))
  words.push('--tenant', tenantId, '--client-id', clientId)
  for (const scope of scopes) words.push('--scope', shellWord(scope))
  if (resource !== undefined) words.push('--resource', shellWord(resource))
  if (proof?.kind === 'secretVariable') words.push('--client-secret-env', proof.variable)
  if (proof?.kind === 'secretNotKept') words.push('--client-secret-stdin')
  if (proof?.kind === 'certificate') words.push('--certificate', shellWord(proof.path))
  if (proof?.kind === 'certificate' && proof.passwordVariable !== undefined)
    words.push('--certificate-password-env', proof.passwordVariable)
  if (as === 'person' && proof !== undefined) words.push('--browser')
  return words.join(' ')
}

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
