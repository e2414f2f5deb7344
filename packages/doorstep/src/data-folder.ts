import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { access, chmod, constants, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, posix, resolve, win32 } from 'node:path'

/** The files of a data folder; the store beside them has names of its own. */
export type DataFileName =
  | 'bootstrap.json'
  | 'control-token'
  | 'instance.json'
  | 'ca.pem'
  | 'intercept-ca.pem'
  | 'master-key'
  | 'certificates.json'
  | 'clock.json'

/** `instance.json`: where the local cloud that holds this data folder answers. */
export interface Instance {
  /** The HTTPS listener, `https://localhost:<port>`. */
  readonly url: string
  /** The CONNECT proxy, `http://127.0.0.1:<port>`. */
  readonly proxy: string
  readonly processId: number
  /** Another name under which the listener is reached. */
  readonly publicName?: string | undefined
}

/** `bootstrap.json`: the service principal with which the command line administers its own local cloud. */
export interface BootstrapCredential {
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
}

/** A data folder cannot be used. The message says why and what helps. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError'
  readonly code: 'unusable' | 'tooOpen' | 'inUse'
  constructor(code: 'unusable' | 'tooOpen' | 'inUse', message: string) {
    super(message)
    this.code = code
  }
}

/** A data folder that this process holds until `close`, or until it dies. */
export interface DataFolder {
  readonly path: string
  pathOf(fileName: string): string
  /** The text of a file, or undefined when there is none. */
  read(name: DataFileName): Promise<string | undefined>
  /** Replaces a file as a whole, durably, readable by its owner alone (0600): readers see the old text or the new. */
  write(name: DataFileName, text: string): Promise<void>
  remove(name: DataFileName): Promise<void>
  /** Removes `instance.json` and lets go of the folder. */
  close(): Promise<void>
}

/**
 * Which data folder is meant: what was given, else `DOORSTEP_DATA`, else the platform's place for a user's data.
 *
 * @returns an absolute path; nothing is created
 */
export function dataDirectory(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const named = given || environment.DOORSTEP_DATA
  if (named) return resolve(named)
  const home = environment.HOME || environment.USERPROFILE || homedir()
  if (platform === 'win32') {
    return win32.join(environment.LOCALAPPDATA || win32.join(home, 'AppData', 'Local'), 'Doorstep')
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Doorstep')
  // The XDG base directory specification: a relative path is invalid and has to be ignored.
  const shared = environment.XDG_DATA_HOME
  return posix.join(shared?.startsWith('/') ? shared : posix.join(home, '.local', 'share'), 'doorstep')
}

/**
 * Takes a data folder for this process: makes it (0700) when it is not there, refuses it when others could change what
 * is in it, and locks it.
 *
 * @throws {DataFolderError} `unusable`, `tooOpen`, or `inUse` when another process holds it
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  await prepare(path)
  const unlock = await lock(path)
  // What a process that died has left: half-written files, and an address where nobody answers any more.
  for (const name of await readdir(path)) if (isTemporary(name)) await rm(join(path, name), { force: true })
  await rm(join(path, 'instance.json'), { force: true })
  return {
    path,
    pathOf: (fileName) => join(path, fileName),
    read: (name) => readText(join(path, name)),
    write: (name, text) => writeAtomically(path, name, text),
    remove: (name) => rm(join(path, name), { force: true }),
    async close() {
      await rm(join(path, 'instance.json'), { force: true })
      unlock()
    },
  }
}

/** Whether a process holds this data folder now; `false` when there is no such folder. */
export async function dataFolderInUse(path: string): Promise<boolean> {
  const lockFile = join(path, 'lock.db')
  if (!existsSync(lockFile)) return false
  const { DatabaseSync } = await import('@photostructure/sqlite')
  const database = new DatabaseSync(lockFile, { readOnly: true, timeout: 0 })
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    return false
  } catch (error) {
    if (isBusy(error)) return true
    throw error
  } finally {
    database.close()
  }
}

/** Where the local cloud of this data folder says it answers, or undefined when none says so. */
export async function readInstance(path: string): Promise<Instance | undefined> {
  const record = await readRecord(path, 'instance.json')
  if (!record) return undefined
  const { url, proxy, processId, publicName } = record
  if (typeof url !== 'string' || typeof proxy !== 'string' || typeof processId !== 'number') return undefined
  return { url, proxy, processId, ...(typeof publicName === 'string' ? { publicName } : {}) }
}

/** The credential with which the command line administers the local cloud of this folder. */
export async function readBootstrap(path: string): Promise<BootstrapCredential | undefined> {
  const record = await readRecord(path, 'bootstrap.json')
  if (!record) return undefined
  const { tenantId, clientId, clientSecret } = record
  if (typeof tenantId !== 'string' || typeof clientId !== 'string' || typeof clientSecret !== 'string') return undefined
  return { tenantId, clientId, clientSecret }
}

/** What control asks for, or undefined before the first start. */
export async function readControlToken(path: string): Promise<string | undefined> {
  return (await readText(join(path, 'control-token')))?.trim()
}

/** The root, in PEM, that signs the localhost certificate of this folder's local cloud. */
export function readCaCertificate(path: string): Promise<string | undefined> {
  return readText(join(path, 'ca.pem'))
}

/** Keeps for readers of the folder how far the local cloud's clock is ahead, in milliseconds; nothing where it is not. */
export async function writeClockOffset(
  folder: Pick<DataFolder, 'write' | 'remove'>,
  offsetMilliseconds: number,
): Promise<void> {
  if (offsetMilliseconds === 0) await folder.remove('clock.json')
  else await folder.write('clock.json', JSON.stringify({ offsetMilliseconds }))
}

/** How far the clock of this folder's local cloud is ahead of the machine's, in milliseconds. Synchronous: it is quicker. */
export function readClockOffset(path: string): number {
  try {
    const { offsetMilliseconds } = JSON.parse(readFileSync(join(path, 'clock.json'), 'utf8')) as Record<string, unknown>
    return typeof offsetMilliseconds === 'number' ? offsetMilliseconds : 0
  } catch {
    return 0
  }
}

async function prepare(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    const found = await stat(path)
    if (!found.isDirectory()) throw new DataFolderError('unusable', `The data folder ${path} is not a folder.`)
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
    if (process.platform !== 'win32') await refuseIfOthersMayWrite(path, found)
  } catch (error) {
    if (error instanceof DataFolderError) throw error
    throw new DataFolderError('unusable', `The data folder ${path} cannot be used: ${reason(error)}. ${anotherFolder}`)
  }
}

const anotherFolder = 'Choose another folder with --data DIR.'

async function refuseIfOthersMayWrite(path: string, found: { uid: number; mode: number }): Promise<void> {
  const user = process.getuid?.()
  // Root in a container often works on a folder that belongs to the user outside.
  if (user !== undefined && user !== 0 && found.uid !== user) {
    throw new DataFolderError('tooOpen', `The data folder ${path} belongs to another user. ${anotherFolder}`)
  }
  const entries = await readdir(path)
  if (entries.length > 0 && (found.mode & 0o022) !== 0) {
    throw new DataFolderError(
      'tooOpen',
      `Other users may write to the data folder ${path}, where keys and secrets are kept. Run: chmod 700 ${path}`,
    )
  }
  const ours = entries.length === 0 || entries.includes('lock.db')
  if (ours && (found.mode & 0o077) !== 0) await chmod(path, 0o700)
}

/** An exclusive lock that the operating system gives back when this process dies, however it dies. */
async function lock(path: string): Promise<() => void> {
  const lockFile = join(path, 'lock.db')
  // Only ever opened by name when it is new: closing any descriptor of a file drops this process's own locks on it.
  await open(lockFile, 'wx', 0o600).then(
    (made) => made.close(),
    () => undefined,
  )
  const { DatabaseSync } = await import('@photostructure/sqlite')
  // Long enough for somebody who only looks whether the folder is in use, no longer.
  const database = new DatabaseSync(lockFile, { timeout: 200 })
  try {
    // The lock is all that is wanted of it: nothing is ever written, so no journal need lie beside it.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!isBusy(error)) throw error
    throw new DataFolderError('inUse', await inUseMessage(path))
  }
  return () => database.close()
}

async function inUseMessage(path: string): Promise<string> {
  const holder = await readInstance(path)
  const who = holder ? `the local cloud at ${holder.url} (process ${holder.processId})` : 'another process'
  return `The data folder ${path} is in use by ${who}. Stop it with: npx --no-install doorstep down --data ${path} - or choose another folder with --data DIR.`
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && /database is locked|SQLITE_BUSY/i.test(error.message)
}

async function writeAtomically(folder: string, name: string, text: string): Promise<void> {
  const temporary = join(folder, `.${name}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, join(folder, name))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(folder)
}

/** Makes a rename durable. Windows cannot open folders and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const isTemporary = (name: string) => name.startsWith('.') && name.endsWith('.tmp')

async function readRecord(folder: string, name: DataFileName): Promise<Record<string, unknown> | undefined> {
  const text = await readText(join(folder, name))
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    throw new DataFolderError('unusable', `${join(folder, name)} is not valid JSON. Restore it, or remove the folder.`)
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new DataFolderError('unusable', `${path} cannot be read: ${reason(error)}.`)
  }
}

function reason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EROFS':
      return 'the file system is read-only'
    case 'EEXIST':
    case 'ENOTDIR':
      return 'a part of the path is not a folder'
    case 'ENOSPC':
      return 'no space is left on the device'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}
