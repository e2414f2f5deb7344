import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CredentialUnavailableError } from '../errors.ts'
import { isJsonObject, parseJsonObject } from '../json-object.ts'
import { codeOf } from '../store/system-error.ts'
import { defaultProfileName } from './profile-name.ts'

/** How an application proves that it is itself. The proof is never in a record, only the way to it. */
export type LoginProof =
  | { readonly kind: 'secretVariable'; readonly variable: string }
  /** It came through stdin, and was not kept. */
  | { readonly kind: 'secretNotKept' }
  | {
      readonly kind: 'certificate'
      readonly path: string
      /** Variable that holds the password of an encrypted key. */
      readonly passwordVariable?: string | undefined
    }

/** What `doorstep login` leaves of a profile beside its tokens: facts, and nothing secret. */
export interface Login {
  /** Names its tokens and its sign-in in the token store; another one at each login. */
  readonly id: string
  readonly profile: string
  readonly cloud: 'local' | 'public' | 'usgov' | 'china'
  /** Origin. That of the local cloud may have changed since. */
  readonly authorityHost: string
  /** Of the local cloud. */
  readonly dataDirectory?: string | undefined
  readonly tenantId: string
  readonly clientId: string
  /** Whether a person signed in, or the application itself. */
  readonly as: 'person' | 'application'
  readonly proof?: LoginProof | undefined
  /** What is asked for when nothing else is named: scopes, v2.0, or a resource, v1.0. */
  readonly scopes: readonly string[]
  readonly resource?: string | undefined
  /** For people's eyes; empty for an application. */
  readonly username: string
  readonly subscriptionId?: string | undefined
  /** RFC 3339. */
  readonly signedInAt: string
}

/** Folder of the records inside the folder of the token store. One file each, so that logins do not disturb others. */
const FOLDER_NAME = 'profiles'

/** File of the login of a profile. @param profile a name that `requireProfileName` took */
export function loginPath(storeFolder: string, profile: string): string {
  return join(storeFolder, FOLDER_NAME, `${profile}.json`)
}

/**
 * The login of a profile, or undefined when nobody is signed in. Synchronous: that is quicker for one small file.
 * @throws {CredentialUnavailableError} when its file cannot be read, or holds no login
 */
export function readLogin(storeFolder: string, profile: string): Login | undefined {
  const path = loginPath(storeFolder, profile)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new CredentialUnavailableError(`${path} cannot be read (${codeOf(error)}).`)
  }
  const login = parseJsonObject(text)
  if (isLogin(login)) return login
  throw new CredentialUnavailableError(
    `${path} is damaged. Sign in again: npx --no-install doorstep login --profile ${profile}`,
  )
}

/** All logins, by the names of their profiles; those that cannot be read are left out. */
export function listLogins(storeFolder: string): readonly Login[] {
  return namesIn(join(storeFolder, FOLDER_NAME)).flatMap((profile) => {
    try {
      return readLogin(storeFolder, profile) ?? []
    } catch {
      return []
    }
  })
}

/** What to tell a person who is not signed in. */
export function notSignedIn(profile: string): CredentialUnavailableError {
  const isDefault = profile === defaultProfileName
  return new CredentialUnavailableError(
    `Nobody is signed in${isDefault ? '' : ` as profile ${profile}`}. Sign in first: npx --no-install doorstep login${isDefault ? '' : ` --profile ${profile}`}`,
  )
}

function namesIn(folder: string): readonly string[] {
  try {
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
    return files.map((name) => name.slice(0, -'.json'.length)).sort()
  } catch {
    return []
  }
}

const TEXTS = ['id', 'profile', 'cloud', 'authorityHost', 'tenantId', 'clientId', 'as', 'username', 'signedInAt']

function isLogin(value: unknown): value is Login {
  if (!isJsonObject(value)) return false
  return TEXTS.every((name) => typeof value[name] === 'string') && Array.isArray(value.scopes)
}
