import { cachePartitionOf } from '../cache-partition.ts'
import type { AccessToken, CredentialBounds, GetTokenOptions, TokenCredential } from '../credential.ts'
import { type OptionNames, requireOptionNames } from '../options/option-names.ts'
import { requireClientSecret } from '../options/option-values.ts'
import {
  APPLICATION_OPTION_NAMES,
  type Application,
  type ApplicationOptions,
  applicationOf,
  requestApplicationToken,
} from '../token-endpoint/application-token.ts'

export interface ClientSecretCredentialOptions extends ApplicationOptions {
  /** The secret's value, not its id. */
  clientSecret: string
}

const OPTION_NAMES: OptionNames<ClientSecretCredentialOptions> = { ...APPLICATION_OPTION_NAMES, clientSecret: true }

/**
 * An application that acts as itself, proved by a secret: the client-credentials grant, RFC 6749 §4.4.
 * Accepted wherever an Azure SDK takes a TokenCredential. It keeps no tokens: wrap it in `cached`.
 */
export class ClientSecretCredential implements TokenCredential {
  readonly tenantId: string
  readonly clientId: string
  readonly authorityHost: string
  readonly #application: Application
  readonly #clientSecret: string

  /** @throws {CredentialOptionError} naming the option that is missing or wrong */
  constructor(options: ClientSecretCredentialOptions) {
    requireOptionNames('ClientSecretCredential', options, OPTION_NAMES)
    this.#application = applicationOf(options)
    this.#clientSecret = requireClientSecret(options.clientSecret)
    this.tenantId = this.#application.tenantId
    this.clientId = this.#application.clientId
    this.authorityHost = this.#application.authorityHost
  }

  /**
   * Same authority, tenant, application and secret: same tokens. The secret is part of it, as a hash, so that whoever
   * holds a wrong one is given nothing from a shared cache.
   */
  get cachePartition(): string {
    const parts = [this.authorityHost, this.tenantId.toLowerCase(), this.clientId.toLowerCase(), this.#clientSecret]
    return cachePartitionOf('client-secret', parts)
  }

  /** That of `timeoutMilliseconds`. */
  get bounds(): CredentialBounds {
    return { withoutPersonMilliseconds: this.#application.timeoutMilliseconds, mayAskPerson: false }
  }

  /**
   * @param scopes one `{API}/.default`, e.g. `https://graph.microsoft.com/.default`; empty with `options.resource`
   * @throws {CredentialOptionError} when scopes or options cannot work; nothing is sent then
   * @throws {TokenRequestError} when the authority refuses; `code` holds the AADSTS number
   * @throws {AuthorityUnreachableError} when it gives no answer, after 15 s at the latest
   */
  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    const proof = () => ({ client_secret: this.#clientSecret })
    return requestApplicationToken(this.#application, proof, { scopes, options })
  }
}
