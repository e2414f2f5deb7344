import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { cached } from '../cache/cached.ts'
import type { AccessToken, GetTokenOptions, TokenCredential } from '../credential.ts'
import { listedScopes } from '../options/asked-api.ts'
import { type OptionNames, requireOptionNames } from '../options/option-names.ts'
import { requireClientSecret, requireDuration, requireText } from '../options/option-values.ts'
import { findConfigFile, readDefaultProfile } from '../profile/config-file.ts'
import { type Login, loginPath, notSignedIn, readLogin } from '../profile/login.ts'
import { loginAuthority } from '../profile/login-authority.ts'
import { loginCredential } from '../profile/login-credential.ts'
import { loginPartition, loginSignIns } from '../profile/login-store.ts'
import { defaultProfileName, requireProfileName } from '../profile/profile-name.ts'
import { type FileSignature, sameFile, signatureOf } from '../store/file-signature.ts'
import { type FileStore, fileStore } from '../store/file-store.ts'
import type { NoticeListener } from '../store/notice.ts'
import { type DefaultStore, defaultStore } from '../store/store-folder.ts'
import type { Transport } from '../token-endpoint/transport.ts'

export interface ProfileCredentialOptions {
  /**
   * Name that `doorstep login --profile` was given. Default, as for `doorstep token`: that of `DOORSTEP_PROFILE`, else
   * `defaultProfile` of the nearest `doorstep.config.yaml`, else `default`.
   */
  profile?: string
  /** Folder of the token store that `doorstep login` keeps. Default that of `fileStore`. */
  directory?: string
  /** Where variables are looked up, that of a client secret among them. Default `process.env`. */
  environment?: Readonly<Record<string, string | undefined>>
  /** Of a login with a client secret that was not kept; goes before its variable. */
  clientSecret?: string
  /** How requests are sent; the default trusts, for a login at a local cloud, that cloud's root alone. */
  transport?: Transport
  /** Bound on one token request with its retries. Default 15,000. */
  timeoutMilliseconds?: number
  /** Further tenants that `getToken` may be asked for by its `tenantId`; `*` allows any. Default none. */
  additionallyAllowedTenants?: readonly string[]
  /** Told what went wrong with the token store without stopping anything. Default: a warning on stderr. */
  onNotice?: NoticeListener
}

/** A login as it was read, and what gives its tokens. */
interface Session {
  readonly login: Login
  readonly file: FileSignature | undefined
  readonly credential: TokenCredential
}

const OPTION_NAMES: OptionNames<ProfileCredentialOptions> = {
  profile: true,
  directory: true,
  environment: true,
  clientSecret: true,
  transport: true,
  timeoutMilliseconds: true,
  additionallyAllowedTenants: true,
  onNotice: true,
}

/**
 * Who signed in by `doorstep login`, a person or an application. Nobody is asked. It needs no `cached`: tokens come from
 * the store that `doorstep` and all programs with this credential share, and whoever finds one due asks for all of
 * them. A later `doorstep login` counts from the next call on.
 *
 * Making one looks at nothing; what is missing comes from `getToken`, so that it can stand in a chain. Of
 * `doorstep.config.yaml` it knows `defaultProfile` alone: a profile there that needs no login has none.
 */
export class ProfileCredential implements TokenCredential {
  readonly #options: ProfileCredentialOptions
  #profile: string | undefined
  #store: Promise<FileStore> | undefined
  #session: Session | undefined

  /** @throws {CredentialOptionError} naming the option that is wrong */
  constructor(options: ProfileCredentialOptions = {}) {
    requireOptionNames('ProfileCredential', options, OPTION_NAMES)
    const { profile, clientSecret, timeoutMilliseconds, directory } = options
    if (profile !== undefined) this.#profile = requireProfileName('profile', profile)
    if (clientSecret !== undefined) requireClientSecret(clientSecret)
    if (directory !== undefined) requireText('directory', directory, 'name a folder, or leave it out for the default')
    requireDuration(timeoutMilliseconds)
    this.#options = { ...options }
  }

  /**
   * @param scopes permissions of one API; empty, without `options.resource`, for what `doorstep login` asked for
   * @throws {CredentialUnavailableError} when nobody is signed in as the profile, or the client secret is not there;
   *   the message has the command line, or the name of the variable
   * @throws {AuthenticationRequiredError} when the person has to sign in again; the message has the command line
   * @throws {CredentialOptionError} when scopes or options cannot work, or `DOORSTEP_PROFILE` is no profile's name
   * @throws {TokenRequestError} when the authority refuses; `code` holds the AADSTS number
   * @throws {AuthorityUnreachableError} when it gives no answer, or the local cloud of the login does not run
   */
  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    const { login, credential } = await this.#current()
    const isNamed = options.resource !== undefined || listedScopes(scopes).length > 0
    if (isNamed) return credential.getToken(scopes, options)
    const { resource } = login
    return credential.getToken([...login.scopes], resource === undefined ? options : { ...options, resource })
  }

  /** The login as it is now: its file is read only when it has changed. */
  async #current(): Promise<Session> {
    this.#profile ??= defaultProfile(this.#options.environment ?? process.env)
    const { directory, withoutKeychain } = placeOf(this.#options)
    const file = signatureOfFile(loginPath(directory, this.#profile))
    const session = this.#session
    if (session !== undefined && file !== undefined && sameFile(session.file, file)) return session
    const login = readLogin(directory, this.#profile)
    if (login === undefined) throw notSignedIn(this.#profile)
    const store = await this.#open(directory, withoutKeychain === undefined ? 'auto' : 'off')
    // Others may have come here meanwhile: one credential for one login, so that its callers share what it holds.
    const known = this.#session?.login.id === login.id ? this.#session : undefined
    this.#session = { login, file, credential: known?.credential ?? cached(this.#asking(login, store), store.tokens) }
    return this.#session
  }

  #open(directory: string, keychain: 'auto' | 'off'): Promise<FileStore> {
    this.#store ??= fileStore({ directory, keychain, onNotice: this.#options.onNotice }).catch((error: unknown) => {
      this.#store = undefined
      throw error
    })
    return this.#store
  }

  /** Made for each request, since a local cloud may have moved, and a variable been set. */
  #asking(login: Login, store: FileStore): TokenCredential {
    return {
      cachePartition: loginPartition(login),
      bounds: {
        withoutPersonMilliseconds: requireDuration(this.#options.timeoutMilliseconds),
        mayAskPerson: false,
      },
      getToken: async (scopes, asked) => {
        const { authorityHost, transport } = await loginAuthority(login)
        const own = { ...this.#options, authorityHost, transport: this.#options.transport ?? transport }
        return loginCredential(login, { ...own, signIns: loginSignIns(store, login) }).getToken(scopes, asked)
      },
    }
  }
}

/** As `doorstep token` chooses it where no `--profile` is given. */
function defaultProfile(environment: Readonly<Record<string, string | undefined>>): string {
  const { DOORSTEP_PROFILE } = environment
  if (DOORSTEP_PROFILE) return requireProfileName('DOORSTEP_PROFILE', DOORSTEP_PROFILE)
  const configFile = findConfigFile(process.cwd(), environment)
  return (configFile && readDefaultProfile(configFile)) ?? defaultProfileName
}

function placeOf({ directory, environment }: ProfileCredentialOptions): DefaultStore {
  return directory === undefined
    ? defaultStore(environment)
    : { directory: resolve(directory), withoutKeychain: undefined }
}

/** Undefined where there is none, or none that can be looked at: reading it says which. */
function signatureOfFile(path: string): FileSignature | undefined {
  try {
    return signatureOf(statSync(path, { bigint: true }))
  } catch {
    return undefined
  }
}
