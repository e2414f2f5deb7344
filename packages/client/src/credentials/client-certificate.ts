import { cachePartitionOf } from '../cache-partition.ts'
import type { AccessToken, CredentialBounds, GetTokenOptions, TokenCredential } from '../credential.ts'
import { CredentialOptionError } from '../errors.ts'
import { type OptionNames, requireOptionNames } from '../options/option-names.ts'
import {
  APPLICATION_OPTION_NAMES,
  type Application,
  type ApplicationOptions,
  applicationOf,
  requestApplicationToken,
} from '../token-endpoint/application-token.ts'

export interface ClientCertificateCredentialOptions extends ApplicationOptions {
  /** A PEM file with the certificate and its private key, in any order. Read for each request, so it may be renewed. */
  certificatePath?: string
  /** Instead of a file: its text. */
  certificate?: string
  /** Opens the private key, where that is encrypted. */
  certificatePassword?: string
  /** Sends the certificate and the others of the PEM along (`x5c`), for applications that are trusted by issuer. */
  sendCertificateChain?: boolean
  /** The authority's time, in milliseconds since 1970, where it is not this machine's: that of a local cloud can be moved. */
  now?: () => number
}

const OPTION_NAMES: OptionNames<ClientCertificateCredentialOptions> = {
  ...APPLICATION_OPTION_NAMES,
  certificatePath: true,
  certificate: true,
  certificatePassword: true,
  sendCertificateChain: true,
  now: true,
}

/**
 * An application that acts as itself, proved by a certificate: the client-credentials grant with a signed assertion,
 * RFC 7523 §2.2, Microsoft's "certificate credentials". It keeps no tokens: wrap it in `cached`.
 */
export class ClientCertificateCredential implements TokenCredential {
  readonly tenantId: string
  readonly clientId: string
  readonly authorityHost: string
  readonly #application: Application
  readonly #source: CertificateSource
  readonly #password: string | undefined
  readonly #sendCertificateChain: boolean
  readonly #now: () => number

  /** @throws {CredentialOptionError} naming the option that is missing or wrong; the PEM is looked at by `getToken` */
  constructor(options: ClientCertificateCredentialOptions) {
    requireOptionNames('ClientCertificateCredential', options, OPTION_NAMES)
    this.#application = applicationOf(options)
    this.#source = certificateSource(options)
    this.#password = options.certificatePassword
    this.#sendCertificateChain = options.sendCertificateChain ?? false
    this.#now = options.now ?? Date.now
    this.tenantId = this.#application.tenantId
    this.clientId = this.#application.clientId
    this.authorityHost = this.#application.authorityHost
  }

  /** Same authority, tenant, application and PEM text or file: same tokens. A renewed file is still the same file. */
  get cachePartition(): string {
    const { resolve } = process.getBuiltinModule('node:path')
    const { option, value } = this.#source
    const own = [option, option === 'certificatePath' ? resolve(value) : value]
    return cachePartitionOf('client-certificate', [
      this.authorityHost,
      this.tenantId.toLowerCase(),
      this.clientId.toLowerCase(),
      ...own,
    ])
  }

  /** That of `timeoutMilliseconds`. */
  get bounds(): CredentialBounds {
    return { withoutPersonMilliseconds: this.#application.timeoutMilliseconds, mayAskPerson: false }
  }

  /**
   * @param scopes one `{API}/.default`, e.g. `https://graph.microsoft.com/.default`; empty with `options.resource`
   * @throws {CredentialOptionError} when scopes, options or the PEM cannot work: no certificate or key in it, a key of
   * another certificate or kind, a wrong password, a certificate that has run out; nothing is sent then
   * @throws {TokenRequestError} when the authority refuses; `code` holds the AADSTS number
   * @throws {AuthorityUnreachableError} when it gives no answer, after 15 s at the latest
   */
  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    const proof = async (tokenEndpoint: string) => ({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await this.#assertion(tokenEndpoint),
    })
    return requestApplicationToken(this.#application, proof, { scopes, options })
  }

  async #assertion(tokenEndpoint: string): Promise<string> {
    const [{ readClientCertificate }, { signClientAssertion }] = await Promise.all([
      import('../certificate/client-certificate.ts'),
      import('../certificate/client-assertion.ts'),
    ]) // on demand: a token from a cache needs no assertion
    const { option, value } = this.#source
    const pem = option === 'certificate' ? value : await readFileOf(value)
    const certificate = readClientCertificate(pem, { option, password: this.#password, now: Date.now() })
    const chain = this.#sendCertificateChain ? certificate.chain : []
    return signClientAssertion({ clientId: this.clientId, tokenEndpoint, certificate, chain, now: this.#now() })
  }
}

interface CertificateSource {
  readonly option: 'certificate' | 'certificatePath'
  readonly value: string
}

function certificateSource(options: ClientCertificateCredentialOptions): CertificateSource {
  const { certificate, certificatePath } = options
  const isGiven = (value: unknown) => value !== undefined && value !== ''
  if (isGiven(certificate) && isGiven(certificatePath)) {
    throw new CredentialOptionError(
      'certificate',
      'certificate and certificatePath are both given: pass the PEM text as certificate or the name of its file as certificatePath, not both.',
    )
  }
  if (typeof certificatePath === 'string' && isGiven(certificatePath)) {
    if (!certificatePath.includes('-----BEGIN')) return { option: 'certificatePath', value: certificatePath }
    throw new CredentialOptionError('certificatePath', 'certificatePath holds PEM text: pass that as certificate.')
  }
  if (typeof certificate === 'string' && isGiven(certificate)) return { option: 'certificate', value: certificate }
  throw new CredentialOptionError(
    'certificatePath',
    'certificatePath is missing: pass the name of a PEM file that holds the certificate and its private key, for example from AZURE_CLIENT_CERTIFICATE_PATH, or its text as certificate.',
  )
}

async function readFileOf(path: string): Promise<string> {
  const { readFile } = process.getBuiltinModule('node:fs/promises')
  try {
    return await readFile(path, 'latin1')
  } catch (error) {
    const code = error instanceof Error ? Reflect.get(error, 'code') : undefined
    const reason =
      code === 'ENOENT' ? 'does not exist' : code === 'EACCES' ? 'may not be read by this user' : `(${String(code)})`
    throw new CredentialOptionError(
      'certificatePath',
      `certificatePath '${path}' ${reason}: pass the name of a PEM file that holds the certificate and its private key.`,
    )
  }
}
