import type { TokenCredential } from '../credential.ts'
import { AuthorizationCodeCredential } from '../credentials/authorization-code.ts'
import { ClientCertificateCredential } from '../credentials/client-certificate.ts'
import { ClientSecretCredential } from '../credentials/client-secret.ts'
import { InteractiveBrowserCredential } from '../credentials/interactive-browser.ts'
import { AuthenticationRequiredError, CredentialUnavailableError, TokenRequestError } from '../errors.ts'
import type { SignInStore } from '../person/sign-in.ts'
import type { Transport } from '../token-endpoint/transport.ts'
import type { Login } from './login.ts'
import { loginCommand } from './login-command.ts'

export interface LoginCredentialOptions {
  authorityHost: string
  /** Where the sign-in of the login is: `loginSignIns`. */
  signIns: SignInStore
  /** Where the variable is looked up that holds the client secret. Default `process.env`. */
  environment?: Readonly<Record<string, string | undefined>> | undefined
  /** In place of that variable's value, and of a secret that was not kept. */
  clientSecret?: string | undefined
  transport?: Transport | undefined
  /** The authority's time, in milliseconds since 1970. Default `Date.now`. */
  now?: (() => number) | undefined
  timeoutMilliseconds?: number | undefined
  additionallyAllowedTenants?: readonly string[] | undefined
  /** The data folder that `doorstep login` finds by itself: it is left out of the command line that errors show. */
  usualDataDirectory?: string | undefined
}

/**
 * The credential of a login, which asks nobody: when a person has to sign in again, `getToken` throws an
 * `AuthenticationRequiredError` with the command line for it. It keeps no tokens: wrap it in `cached`.
 * @throws {CredentialUnavailableError} when what proves the application is not there any more
 */
export function loginCredential(login: Login, options: LoginCredentialOptions): TokenCredential {
  const credential = login.as === 'application' ? asApplication(login, options) : asPerson(login, options)
  return {
    getToken: (scopes, asked) =>
      credential.getToken(scopes, asked).catch((error: unknown) => {
        if (!(error instanceof AuthenticationRequiredError)) throw error
        const again = { ...login, ...(error.scopes.length > 0 && { scopes: error.scopes, resource: undefined }) }
        const message = `${whySignInAgain(error)}\nSign in again: ${loginCommand(again, options.usualDataDirectory)}`
        throw new AuthenticationRequiredError(error.scopes, message, error.cause ?? error, error.claims)
      }),
  }
}

function asPerson(login: Login, options: LoginCredentialOptions): TokenCredential {
  const { signIns } = options
  const own = { ...optionsOf(login, options), signIns, disableAutomaticAuthentication: true }
  if (login.proof === undefined) return new InteractiveBrowserCredential(own)
  return new AuthorizationCodeCredential({ ...own, clientSecret: secretOf(login, options) })
}

function asApplication(login: Login, options: LoginCredentialOptions): TokenCredential {
  const own = optionsOf(login, options)
  const { proof } = login
  if (proof?.kind === 'certificate') {
    const { now = Date.now } = options
    const password = passwordOf(login, options)
    const secret = password === undefined ? {} : { certificatePassword: password }
    return new ClientCertificateCredential({ ...own, now, certificatePath: proof.path, ...secret })
  }
  return new ClientSecretCredential({ ...own, clientSecret: secretOf(login, options) })
}

function optionsOf({ tenantId, clientId }: Login, options: LoginCredentialOptions) {
  const { authorityHost, transport, timeoutMilliseconds, additionallyAllowedTenants } = options
  return { tenantId, clientId, authorityHost, transport, timeoutMilliseconds, additionallyAllowedTenants }
}

function secretOf({ proof, profile }: Login, { environment = process.env, clientSecret }: LoginCredentialOptions) {
  if (clientSecret !== undefined) return clientSecret
  if (proof?.kind !== 'secretVariable') {
    throw new CredentialUnavailableError(
      `A new token needs the client secret of profile ${profile}, which came through stdin and was not kept. Sign in again with --client-secret-env VARIABLE, which keeps the variable's name, or with --client-secret-stdin.`,
    )
  }
  const secret = environment[proof.variable]
  if (secret) return secret
  throw new CredentialUnavailableError(
    `A new token needs the client secret of profile ${profile}: set the variable ${proof.variable}, which login was told to read.`,
  )
}

function passwordOf({ proof, profile }: Login, { environment = process.env }: LoginCredentialOptions) {
  if (proof?.kind !== 'certificate' || proof.passwordVariable === undefined) return undefined
  const password = environment[proof.passwordVariable]
  if (password) return password
  throw new CredentialUnavailableError(
    `A new token needs the password of the certificate of profile ${profile}: set the variable ${proof.passwordVariable}, which login was told to read.`,
  )
}

function whySignInAgain({ cause }: AuthenticationRequiredError): string {
  if (!(cause instanceof Error)) return 'Nobody is signed in any more.'
  const isAboutConsent =
    cause instanceof TokenRequestError && (cause.subError === 'consent_required' || cause.code === 65001)
  return `${isAboutConsent ? 'The person has to agree first' : 'The sign-in has ended'}: ${cause.message}`
}
