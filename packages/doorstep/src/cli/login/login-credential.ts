import { type Login, loginCredential, loginSignIns, type TokenCredential } from '@doorstep/client'
import { dataDirectory } from '../../data-folder.ts'
import type { CommandIO } from '../command.ts'
import { authorityOf } from './authority.ts'
import { timeOf } from './token-clock.ts'
import type { TokenStore } from './token-store.ts'

/**
 * The credential of a login, which asks nobody: a person who has to sign in again is told the command.
 *
 * @throws {CredentialUnavailableError} when what proves the application is not there any more
 * @throws {UnreachableError} when the login is of a local cloud that does not run
 */
export async function uncachedCredential(
  login: Login,
  { file }: TokenStore,
  { environment }: CommandIO,
): Promise<TokenCredential> {
  return loginCredential(login, {
    ...(await authorityOf(login, environment)),
    signIns: loginSignIns(file, login),
    environment,
    now: timeOf(login, environment),
    usualDataDirectory: dataDirectory(undefined, environment),
  })
}
