import { azureCliClientId, type Cloud, cloudOfAuthority, defaultScopes } from '../clouds.ts'
import type { CommandIO } from '../command.ts'
import { UsageError } from '../failure.ts'
import type { ConfiguredProfile } from './config.ts'
import type { AskedApi } from './kept-token.ts'

/** What a person said on the command line of `login`. */
export interface LoginOptions {
  readonly cloud: Cloud | undefined
  readonly tenant: string | undefined
  readonly clientId: string | undefined
  readonly scope: readonly string[]
  readonly resource: string | undefined
  readonly browser: boolean
  readonly deviceCode: boolean
  readonly redirectUri: string | undefined
  readonly clientSecretEnv: string | undefined
  readonly clientSecretStdin: boolean
  readonly certificate: string | undefined
  readonly certificatePasswordEnv: string | undefined
}

/** How an application is to prove itself, before anything secret has been read. */
export type ProofSource =
  | { readonly kind: 'secretVariable'; readonly variable: string }
  | { readonly kind: 'secretStdin' }
  | { readonly kind: 'certificate'; readonly path: string; readonly passwordVariable: string | undefined }

/** What `login` does. `way: 'any'` is a browser where one can be opened, else a device code. */
export interface SignInPlan {
  readonly cloud: Cloud
  /** Undefined: the default of the cloud. */
  readonly tenantId: string | undefined
  readonly clientId: string
  readonly asked: AskedApi
  readonly way: 'browser' | 'deviceCode' | 'any' | 'application'
  readonly redirectUri: string | undefined
  readonly proof: ProofSource | undefined
}

/**
 * Puts together what the options, the profile in `doorstep.config.yaml` and the environment say, in this order.
 *
 * @param localUrl the address of the local cloud, where there is one
 * @throws {UsageError} when they exclude each other, or something is missing
 */
export function planSignIn(
  options: LoginOptions,
  profile: ConfiguredProfile,
  environment: CommandIO['environment'],
  localUrl: string | undefined,
): SignInPlan {
  const proof = proofOf(options, profile)
  const way = wayOf(options, profile, proof)
  const cloud = options.cloud ?? profile.cloud ?? cloudOfEnvironment(environment, localUrl) ?? 'local'
  const redirectUri = redirectUriOf(options, profile, way)
  return {
    cloud,
    way,
    proof,
    redirectUri,
    tenantId: options.tenant ?? profile.tenant ?? (proof && environment.AZURE_TENANT_ID),
    clientId: clientIdOf(options.clientId ?? profile.clientId ?? (proof && environment.AZURE_CLIENT_ID), proof),
    asked: askedApi(options, profile) ?? { scopes: [defaultScopes[cloud]] },
  }
}

function proofOf(options: LoginOptions, profile: ConfiguredProfile): ProofSource | undefined {
  const { clientSecretEnv, clientSecretStdin, certificate } = options
  const path = certificate ?? profile.certificate
  if (options.certificatePasswordEnv !== undefined && path === undefined)
    throw new UsageError(
      '--certificate-password-env is for an encrypted certificate: name its file with --certificate.',
    )
  const given = [
    clientSecretEnv !== undefined && '--client-secret-env',
    clientSecretStdin && '--client-secret-stdin',
    certificate !== undefined && '--certificate',
  ].filter((name) => name !== false)
  if (given.length > 1)
    throw new UsageError(`${given.join(' and ')} exclude each other: the application has one proof.`)
  if (clientSecretStdin) return { kind: 'secretStdin' }
  if (clientSecretEnv !== undefined) return secretVariable(clientSecretEnv, '--client-secret-env')
  if (certificate !== undefined) return certificateProof(certificate, options, profile)
  if (options.deviceCode) return undefined // the profile's proof is for another way
  if (profile.clientSecretEnv !== undefined && profile.certificate !== undefined) {
    throw new UsageError(
      'The profile has clientSecretEnv and certificate: the application has one proof, leave one out.',
    )
  }
  if (profile.clientSecretEnv !== undefined) return secretVariable(profile.clientSecretEnv, 'clientSecretEnv')
  return profile.certificate === undefined ? undefined : certificateProof(profile.certificate, options, profile)
}

function certificateProof(path: string, options: LoginOptions, profile: ConfiguredProfile): ProofSource {
  const { certificatePasswordEnv: given } = options
  const variable = given ?? profile.certificatePasswordEnv
  const source = given === undefined ? 'certificatePasswordEnv' : '--certificate-password-env'
  if (variable !== undefined) requireVariableName(variable, source, 'the password')
  return { kind: 'certificate', path, passwordVariable: variable }
}

function secretVariable(variable: string, source: string): ProofSource {
  requireVariableName(variable, source, 'the secret')
  return { kind: 'secretVariable', variable }
}

/** Never repeats what was given: it may be the secret itself. */
function requireVariableName(variable: string, source: string, what: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) return
  throw new UsageError(`${source} takes the name of a variable that holds ${what}, such as MY_APP_SECRET, not ${what}.`)
}

function wayOf(options: LoginOptions, profile: ConfiguredProfile, proof: ProofSource | undefined): SignInPlan['way'] {
  const { browser, deviceCode } = options
  if (browser && deviceCode) throw new UsageError('--browser and --device-code exclude each other: choose one way.')
  const way = browser ? 'browser' : deviceCode ? 'deviceCode' : profile.signIn
  if (way === 'deviceCode' && proof !== undefined) {
    throw new UsageError(
      'A device code is for programs without a secret: leave the secret or certificate out, or sign in with --browser.',
    )
  }
  if (way === 'browser' && proof?.kind === 'certificate') {
    throw new UsageError(
      '--certificate and --browser exclude each other: a web app signs people in with a secret here (--client-secret-env VAR --browser); without --browser the certificate signs in the application itself.',
    )
  }
  return way ?? (proof === undefined ? 'any' : 'application')
}

function redirectUriOf(options: LoginOptions, profile: ConfiguredProfile, way: SignInPlan['way']): string | undefined {
  if (way === 'browser' || way === 'any') return options.redirectUri ?? profile.redirectUri
  if (options.redirectUri === undefined) return undefined
  const instead = way === 'deviceCode' ? 'a device code needs none' : 'an application that signs in itself needs none'
  throw new UsageError(`--redirect-uri is for --browser; ${instead}: leave it out, or add --browser.`)
}

const applicationId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function clientIdOf(given: string | undefined, proof: ProofSource | undefined): string {
  if (given === undefined || given === '') {
    if (proof === undefined) return azureCliClientId
    throw new UsageError('Say whose secret or certificate it is: --client-id ID, or set AZURE_CLIENT_ID.')
  }
  if (applicationId.test(given)) return given
  throw new UsageError(
    `--client-id '${given}' is no Application (client) ID: write it as 0a123b56-c987-4234-abcd-1a2b3c4d5e6f.`,
  )
}

/** What `--scope` and `--resource` ask for, else what the profile does; undefined when neither says anything. */
export function askedApi(
  { scope, resource }: Pick<LoginOptions, 'scope' | 'resource'>,
  profile: Pick<ConfiguredProfile, 'scopes' | 'resource'>,
): AskedApi | undefined {
  if (scope.length > 0 && resource !== undefined) {
    throw new UsageError('--scope asks the v2.0 endpoint and --resource the v1.0 endpoint: give one of them.')
  }
  if (resource !== undefined) return { scopes: [], resource: notEmpty(resource, '--resource') }
  if (scope.length > 0) return { scopes: scope.map((text) => notEmpty(text, '--scope')) }
  if (profile.scopes !== undefined && profile.resource !== undefined) {
    throw new UsageError('The profile has scopes (v2.0) and resource (v1.0): leave one of them out.')
  }
  if (profile.resource !== undefined) return { scopes: [], resource: profile.resource }
  return profile.scopes && { scopes: profile.scopes }
}

function notEmpty(text: string, option: string): string {
  if (text.trim() !== '') return text
  const example = option === '--scope' ? 'https://graph.microsoft.com/.default' : 'https://management.azure.com/'
  throw new UsageError(`${option} is empty: write ${option} ${example}`)
}

/**
 * The cloud that AZURE_AUTHORITY_HOST names; undefined where it is not set.
 *
 * @param localUrl the address of the local cloud, where there is one
 * @throws {UsageError} when it names none: tokens of a stranger must not be taken for those of a cloud
 */
export function cloudOfEnvironment(
  { AZURE_AUTHORITY_HOST: host }: CommandIO['environment'],
  localUrl: string | undefined,
): Cloud | undefined {
  if (!host) return undefined
  const isLocal = localUrl !== undefined && URL.canParse(host) && new URL(host).origin === localUrl
  const cloud = isLocal ? 'local' : cloudOfAuthority(host)
  if (cloud !== undefined) return cloud
  throw new UsageError(
    `AZURE_AUTHORITY_HOST names ${URL.canParse(host) ? new URL(host).origin : 'no address'}, which is no cloud that is known here: name the authority of the local cloud, public, usgov or china, or unset it. \`login\` takes --cloud instead.`,
  )
}
