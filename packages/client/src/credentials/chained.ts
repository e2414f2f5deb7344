import type { AccessToken, GetTokenOptions, TokenCredential } from '../credential.ts'
import { CredentialUnavailableError, type SkippedCredential } from '../errors.ts'

/** What may stand in a chain: our credentials, and those of the Azure SDKs, which may give `null`. */
export interface ChainableCredential {
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null>
}

/** Errors that say "not here", by name, so that those of the Azure SDK's credentials count too. */
const UNAVAILABLE = ['CredentialUnavailableError', 'AuthenticationRequiredError']

/**
 * Asks credentials in order until one gives a token. Only a credential that finds nothing to work with is passed over
 * (`CredentialUnavailableError`); any other error ends the chain, because somebody who set a credential up wants to
 * hear that it is wrong. Which one worked is remembered and asked first from then on; the others are asked again when it
 * has nothing to work with any more.
 *
 * To keep tokens, wrap the links rather than the chain: `new ChainedCredential(cached(first), cached(second))`.
 */
export class ChainedCredential implements TokenCredential {
  readonly #credentials: readonly ChainableCredential[]
  #worked: ChainableCredential | undefined

  /** @throws {TypeError} when there are none */
  constructor(...credentials: readonly ChainableCredential[]) {
    if (credentials.length === 0) throw new TypeError('A ChainedCredential needs at least one credential.')
    this.#credentials = credentials
  }

  /**
   * @throws {CredentialUnavailableError} when no credential found anything; `skipped` has the reason of each
   * @throws the error of a credential that was set up and refused
   */
  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    const skipped: SkippedCredential[] = []
    const first = this.#worked
    const others = this.#credentials.filter((credential) => credential !== first)
    for (const credential of first === undefined ? others : [first, ...others]) {
      const outcome = await ask(credential, scopes, options)
      if ('token' in outcome) {
        this.#worked = credential
        return outcome
      }
      skipped.push(outcome)
    }
    this.#worked = undefined
    const lines = skipped.map(({ credential, reason }, index) => `\n  ${index + 1}. ${credential}: ${reason}`)
    throw new CredentialUnavailableError(`No credential of the chain could give a token:${lines.join('')}`, skipped)
  }
}

async function ask(
  credential: ChainableCredential,
  scopes: string | string[],
  options: GetTokenOptions,
): Promise<AccessToken | SkippedCredential> {
  const name = nameOf(credential)
  try {
    return (await credential.getToken(scopes, options)) ?? { credential: name, reason: 'it gave no token.' }
  } catch (error) {
    if (error instanceof Error && UNAVAILABLE.includes(error.name)) return { credential: name, reason: error.message }
    throw error
  }
}

/** What `cached` gives has no class of its own. */
function nameOf(credential: ChainableCredential): string {
  const { name } = credential.constructor
  return name === '' || name === 'Object' ? 'credential' : name
}
