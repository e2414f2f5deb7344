import type { TokenCache } from '../cache/token-cache.ts'
import type { AccessToken, GetTokenOptions, TokenCredential } from '../credential.ts'
import type { DeviceCodeCredentialOptions } from '../credentials/device-code.ts'
import type { InteractiveBrowserCredentialOptions } from '../credentials/interactive-browser.ts'
import { CredentialOptionError } from '../errors.ts'
import { isJsonObject } from '../json-object.ts'
import type { SignInStore } from '../person/sign-in.ts'
import type { Transport } from '../token-endpoint/transport.ts'
import { LOADERS } from './loaders.ts'
import { noticeOfApiKey, refuseOlderNames } from './older-names.ts'

/** What a file cannot say. */
export interface LoadOptions {
  /** Where tokens are kept beyond memory. */
  cache?: TokenCache
  /** Where people's sign-ins are kept; default memory. */
  signIns?: SignInStore
  transport?: Transport
  /** Of `device_code`, and of `interactive` where no browser is reachable: tells the person. */
  userPromptCallback?: DeviceCodeCredentialOptions['userPromptCallback']
  /** Of `interactive`: whatever else its credential takes, such as `onNotice` and `onWaiting`. */
  interactive?: Partial<InteractiveBrowserCredentialOptions>
  /** Told, in a sentence, what may go wrong elsewhere. Default a warning of the process. */
  onNotice?: (text: string) => void
  /** Where `COGNITE_API_KEY` is looked for. Default `process.env`. */
  environment?: Readonly<Record<string, string | undefined>>
}

/** A credential that knows what it is for. It keeps its tokens. */
export interface LoadedCredential extends TokenCredential {
  /** As configured; empty with `resource` and with `token`. */
  readonly scopes: readonly string[]
  /** The API, for v1.0. */
  readonly resource: string | undefined
  /** Without scopes, those that were configured. */
  getToken(scopes?: string | string[], options?: GetTokenOptions): Promise<AccessToken>
  /** `Bearer …` for the configured API. */
  authorizationHeader(options?: GetTokenOptions): Promise<string>
}

/**
 * A credential from settings, read from YAML or JSON before, in the form of the Cognite SDK's credential providers. One
 * of:
 *
 * - `{ token: '…' }`, or a function that gives one
 * - `{ client_credentials: { client_id, client_secret, token_url, scopes } }`
 * - `{ client_certificate: { client_id, authority_url, certificate | certificate_path, certificate_password?, scopes } }`
 * - `{ interactive: { client_id, authority_url, scopes, redirect_port? } }`, port 53000 unless another is given
 * - `{ device_code: { client_id, authority_url, scopes } }`
 *
 * `token_url` may stand for `authority_url` and the other way round. `cdf_cluster` may take the place of `scopes`, and
 * `resource` does with a v1.0 `token_url`. For people `oauth_discovery_url` names another provider. The SDK's settings
 * of its own cache (`token_expiry_leeway_seconds`, `token_cache_path`, `clear_cache`, `mem_cache_only`) change nothing.
 *
 * @throws {CredentialOptionError} whose `option` is the path of a setting that is missing, wrong or unknown; for the
 * names of older SDKs it tells the new ones
 */
export function load(config: unknown, options: LoadOptions = {}): LoadedCredential {
  const { onNotice = warn, environment = process.env } = options
  const [type, value] = singleSetting(config)
  const notice = noticeOfApiKey(environment)
  if (notice !== undefined) onNotice(notice)
  const loader = Object.hasOwn(LOADERS, type) ? LOADERS[type] : undefined
  if (loader === undefined) throw unknownType(type)
  const { credential, scopes, resource } = loader(value, options)
  const getToken = (asked?: string | string[], more?: GetTokenOptions) =>
    asked === undefined
      ? credential.getToken([...scopes], resource === undefined ? more : { ...more, resource })
      : credential.getToken(asked, more)
  return {
    scopes,
    resource,
    getToken,
    authorizationHeader: async (more) => `Bearer ${(await getToken(undefined, more)).token}`,
  }
}

function singleSetting(config: unknown): [string, unknown] {
  const types = Object.keys(LOADERS).join(', ')
  if (typeof config === 'string') {
    throw new CredentialOptionError('config', 'load takes settings, not their text: parse the YAML or JSON first.')
  }
  if (!isJsonObject(config)) throw new CredentialOptionError('config', `load takes an object with one of ${types}.`)
  refuseOlderNames(config)
  const [entry, ...others] = Object.entries(config)
  if (entry === undefined || others.length > 0) {
    const has = entry === undefined ? 'nothing' : Object.keys(config).join(', ')
    throw new CredentialOptionError('config', `The settings must have exactly one of ${types}; there is ${has}.`)
  }
  return entry
}

function unknownType(type: string): CredentialOptionError {
  const types = Object.keys(LOADERS).join(', ')
  return new CredentialOptionError(type, `${type} is no kind of credential: the settings must have one of ${types}.`)
}

function warn(text: string): void {
  process.emitWarning(text, { code: 'DOORSTEP_CREDENTIAL_SETTINGS' })
}
