import { readFileSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cloud } from '../clouds.ts'
import { RefusedError } from '../failure.ts'

/** How an application proves that it is itself. The proof is never in a record, only the way to it. */
export type Proof =
  | { readonly kind: 'secretVariable'; readonly variable: string }
  /** It came through stdin, and was not kept. */
  | { readonly kind: 'secretNotKept' }
  | { readonly kind: 'certificate'; readonly path: string }

/** What `login` leaves of a profile beside its tokens: facts, and nothing secret. */
export interface Login {
  /** Names its tokens and its sign-in in the token store; another one at each login. */
  readonly id: string
  readonly profile: string
  readonly cloud: Cloud
  /** Origin. That of the local cloud may have changed since. */
  readonly authorityHost: string
  /** Of the local cloud. */
  readonly dataDirectory?: string | undefined
  readonly tenantId: string
  readonly clientId: string
  /** Whether a person signed in, or the application itself. */
  readonly as: 'person' | 'application'
  readonly proof?: Proof | undefined
  /** What `token` asks for when it is told nothing else: scopes, v2.0, or a resource, v1.0. */
  readonly scopes: readonly string[]
  readonly resource?: string | undefined
  /** For people's eyes; empty for an application. */
  readonly username: string
  readonly subscriptionId?: string | undefined
  /** RFC 3339. */
  readonly signedInAt: string
}

/** Folder of the records inside the folder of the token store. One file each, so that logins do not disturb others. */
const folderName = 'profiles'

/** The login of a profile, or undefined when nobody is signed in. Synchronous: that is quicker for one small file. */
export function readLogin(storeFolder: string, profile: string): Login | undefined {
  const path = join(storeFolder, folderName, `${profile}.json`)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new RefusedError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error })
  }
  const login = parseLogin(text)
  if (login) return login
  throw new RefusedError(`${path} is damaged. Sign in again: npx --no-install doorstep login --profile ${profile}`)
}

/** All logins, by the names of their profiles; those that cannot be read are left out. */
export async function listLogins(storeFolder: string): Promise<readonly Login[]> {
  const names = await readdir(join(storeFolder, folderName)).catch(() => [])
  const profiles = names.flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : []))
  return profiles.sort().flatMap((name) => readableLogin(storeFolder, name) ?? [])
}

/** The login of a profile, where there is one that can be read. */
export function readableLogin(storeFolder: string, profile: string): Login | undefined {
  try {
    return readLogin(storeFolder, profile)
  } catch {
    return undefined
  }
}

/** Replaces the login of its profile as a whole, durably, readable by its owner alone (0600). */
export async function writeLogin(storeFolder: string, login: Login): Promise<void> {
  const folder = join(storeFolder, folderName)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, `.${login.profile}.${crypto.randomUUID()}.tmp`)
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(`${JSON.stringify(login, undefined, 2)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, join(folder, `${login.profile}.json`))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

export async function removeLogin(storeFolder: string, profile: string): Promise<void> {
  await rm(join(storeFolder, folderName, `${profile}.json`), { force: true })
}

function parseLogin(text: string): Login | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const needed = ['id', 'profile', 'cloud', 'authorityHost', 'tenantId', 'clientId', 'as', 'username', 'signedInAt']
  const isWhole = needed.every((name) => typeof Reflect.get(value, name) === 'string')
  return isWhole && Array.isArray(Reflect.get(value, 'scopes')) ? (value as Login) : undefined
}
