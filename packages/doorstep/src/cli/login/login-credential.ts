import {
  AuthenticationRequiredError,
  AuthorizationCodeCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  InteractiveBrowserCredential,
  type TokenCredential,
  TokenRequestError,
} from '@doorstep/client'
import type { CommandIO } from '../command.ts'
import { RefusedError } from '../failure.ts'
import { type Authority, authorityOf } from './authority.ts'
import type { Login } from './login-record.ts'
import { loginCommand } from './next-login.ts'
import { timeOf } from './token-clock.ts'
import { signInsOf, type TokenStore } from './token-store.ts'

/**
 * The credential of a login, which asks nobody: a person who has to sign in again is told the command.
 *
 * @throws {RefusedError} when what proves the application is not there any more
 * @throws {UnreachableError} when the login is of a local cloud that does not run
 */
export async function uncachedCredential(login: Login, store: TokenStore, io: CommandIO): Promise<TokenCredential> {
  const authority = await authorityOf(login, io.environment)
  const credential =
    login.as === 'application' ? asApplication(login, authority, io) : asPerson(login, authority, store, io)
  return {
    getToken: (scopes, options) =>
      credential.getToken(scopes, options).catch((error: unknown) => {
        if (!(error instanceof AuthenticationRequiredError)) throw error
        const again = { ...login, ...(error.scopes.length > 0 && { scopes: error.scopes, resource: undefined }) }
        throw new RefusedError(`${whySignInAgain(error)}\nSign in again: ${loginCommand(again, io.environment)}`, {
          cause: error,
        })
      }),
  }
}

function asPerson(login: Login, authority: Authority, store: TokenStore, io: CommandIO): TokenCredential {
  const { tenantId, clientId } = login
  const options = {
    ...authority,
    tenantId,
    clientId,
    signIns: signInsOf(store, login),
    disableAutomaticAuthentication: true,
  }
  if (login.proof === undefined) return new InteractiveBrowserCredential(options)
  return new AuthorizationCodeCredential({ ...options, clientSecret: secretOf(login, io) })
}

function asApplication(login: Login, authority: Authority, io: CommandIO): TokenCredential {
  const { tenantId, clientId, proof } = login
  const options = { ...authority, tenantId, clientId }
  if (proof?.kind === 'certificate') {
    const now = timeOf(login, io.environment)
    return new ClientCertificateCredential({ ...options, now, certificatePath: proof.path })
  }
  return new ClientSecretCredential({ ...options, clientSecret: secretOf(login, io) })
}

function secretOf(login: Login, { environment }: CommandIO): string {
  const { proof, profile } = login
  if (proof?.kind !== 'secretVariable') {
    throw new RefusedError(
      `A new token needs the client secret of profile ${profile}, which came through stdin and was not kept. Sign in again with --client-secret-env VARIABLE, which keeps the variable's name, or with --client-secret-stdin.`,
    )
  }
  const secret = environment[proof.variable]
  if (secret) return secret
  throw new RefusedError(
    `A new token needs the client secret of profile ${profile}: set the variable ${proof.variable}, which login was told to read.`,
  )
}

function whySignInAgain({ cause }: AuthenticationRequiredError): string {
  if (!(cause instanceof Error)) return 'Nobody is signed in any more.'
  const isAboutConsent =
    cause instanceof TokenRequestError && (cause.subError === 'consent_required' || cause.code === 65001)
  return `${isAboutConsent ? 'The person has to agree first' : 'The sign-in has ended'}: ${cause.message}`
}
