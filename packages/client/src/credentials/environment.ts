import type { AccessToken, CredentialBounds, GetTokenOptions, TokenCredential } from '../credential.ts'
import { CredentialOptionError, CredentialUnavailableError } from '../errors.ts'
import { type OptionNames, optionNameFault } from '../options/option-names.ts'
import { azureAuthorityHosts } from '../provider/authority-host.ts'
import type { Transport } from '../token-endpoint/transport.ts'
import { ClientCertificateCredential } from './client-certificate.ts'
import { ClientSecretCredential } from './client-secret.ts'

export interface EnvironmentCredentialOptions {
  /** Where the variables are looked up. Default `process.env`, read once. */
  environment?: Readonly<Record<string, string | undefined>>
  /** Goes before `AZURE_AUTHORITY_HOST`. */
  authorityHost?: string
  transport?: Transport
  timeoutMilliseconds?: number
  additionallyAllowedTenants?: readonly string[]
  /** The authority's time for a certificate's assertions, in milliseconds since 1970. Default `Date.now`. */
  now?: () => number
}

/** The variable that each option came from. */
const VARIABLES: Readonly<Record<string, string>> = {
  tenantId: 'AZURE_TENANT_ID',
  clientId: 'AZURE_CLIENT_ID',
  clientSecret: 'AZURE_CLIENT_SECRET',
  certificatePath: 'AZURE_CLIENT_CERTIFICATE_PATH',
  certificatePassword: 'AZURE_CLIENT_CERTIFICATE_PASSWORD',
}

const HOST_VARIABLE = { authorityHost: 'AZURE_AUTHORITY_HOST' }

/**
 * An application from environment variables, as Azure's own tools read them: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and
 * `AZURE_CLIENT_SECRET` or `AZURE_CLIENT_CERTIFICATE_PATH` (with `AZURE_CLIENT_CERTIFICATE_PASSWORD` where the key is
 * encrypted); `AZURE_AUTHORITY_HOST`. With both, the secret counts. Making one never fails: what is missing or wrong
 * comes from `getToken`, so that it can stand in a chain.
 */
export class EnvironmentCredential implements TokenCredential {
  readonly #credential: TokenCredential | CredentialUnavailableError | CredentialOptionError

  constructor(options: EnvironmentCredentialOptions = {}) {
    this.#credential = credentialOf(options)
  }

  /** That of the credential which the variables make. */
  get cachePartition(): string | undefined {
    return this.#credential instanceof Error ? undefined : this.#credential.cachePartition
  }

  /** Those of the credential which the variables make. */
  get bounds(): CredentialBounds | undefined {
    return this.#credential instanceof Error ? undefined : this.#credential.bounds
  }

  /**
   * @param scopes one `{API}/.default`, e.g. `https://graph.microsoft.com/.default`; empty with `options.resource`
   * @throws {CredentialUnavailableError} naming the variables that are not set
   * @throws {CredentialOptionError} naming the variable (`option`) whose value cannot work
   * @throws what `getToken` of `ClientSecretCredential` and `ClientCertificateCredential` throws
   */
  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    if (this.#credential instanceof Error) throw this.#credential
    try {
      return await this.#credential.getToken(scopes, options)
    } catch (error) {
      throw namingVariable(error)
    }
  }
}

const OPTION_NAMES: OptionNames<EnvironmentCredentialOptions> = {
  environment: true,
  authorityHost: true,
  transport: true,
  timeoutMilliseconds: true,
  additionallyAllowedTenants: true,
  now: true,
}

function credentialOf(given: EnvironmentCredentialOptions) {
  const fault = optionNameFault('EnvironmentCredential', given, OPTION_NAMES)
  if (fault !== undefined) return fault
  const { environment = process.env, now = Date.now, ...options } = given
  const set = (name: string) => environment[name] || undefined
  const [tenantId, clientId] = [set('AZURE_TENANT_ID'), set('AZURE_CLIENT_ID')]
  const [clientSecret, certificatePath] = [set('AZURE_CLIENT_SECRET'), set('AZURE_CLIENT_CERTIFICATE_PATH')]
  if (!tenantId || !clientId || (!clientSecret && !certificatePath)) {
    return unavailable({
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: clientId,
      'AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH)': clientSecret ?? certificatePath,
    })
  }
  const authorityHost = options.authorityHost ?? set('AZURE_AUTHORITY_HOST') ?? azureAuthorityHosts.public
  const application = { ...options, tenantId, clientId, authorityHost }
  const certificatePassword = set('AZURE_CLIENT_CERTIFICATE_PASSWORD')
  try {
    if (clientSecret) return new ClientSecretCredential({ ...application, clientSecret })
    const password = certificatePassword === undefined ? {} : { certificatePassword }
    return new ClientCertificateCredential({ ...application, now, certificatePath: certificatePath ?? '', ...password })
  } catch (error) {
    const named = namingVariable(error, options.authorityHost === undefined ? HOST_VARIABLE : {})
    if (named instanceof CredentialOptionError) return named
    throw error
  }
}

function unavailable(variables: Readonly<Record<string, string | undefined>>): CredentialUnavailableError {
  const missing = Object.keys(variables).filter((name) => !variables[name])
  const are = missing.length === 1 ? 'is' : 'are'
  return new CredentialUnavailableError(
    `${missing.join(', ')} ${are} not set in the environment: set AZURE_TENANT_ID, AZURE_CLIENT_ID and either AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH.`,
  )
}

/** Who set a variable knows nothing of our options: the error says the variable's name. */
function namingVariable(error: unknown, more: Readonly<Record<string, string>> = {}): unknown {
  if (!(error instanceof CredentialOptionError)) return error
  const variable = VARIABLES[error.option] ?? more[error.option]
  return variable === undefined ? error : new CredentialOptionError(variable, `In ${variable}: ${error.message}`)
}
