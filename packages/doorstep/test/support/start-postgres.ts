import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  accessSync,
  chownSync,
  constants,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

/** A PostgreSQL server of one test file's own. */
export interface PrivatePostgres {
  /** Address of the database `postgres`, as its superuser; every test may add `?schema=` of its own. */
  readonly url: string
  /** Ends the server, whoever is still connected, and removes its files. */
  stop(): Promise<void>
}

/** The folder of PostgreSQL's programs: on the PATH, or where Debian keeps them, the newest version first. */
export function postgresPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = foldersIn(debian).sort((one, other) => Number(other) - Number(one))
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ]
  const folder = folders.find(
    (candidate) => isProgram(join(candidate, 'initdb')) && isProgram(join(candidate, 'postgres')),
  )
  return folder === undefined ? undefined : dirname(realpathSync(join(folder, 'postgres')))
}

/** Whether tests that need PostgreSQL are to be skipped; where nothing may be skipped (CI), they fail instead. */
export function skipWithoutPostgres(): boolean {
  return postgresPrograms() === undefined && !process.env.CI
}

/** Starts an empty server on a loopback port and a socket of its own, with a password of its own. */
export async function startPostgres(): Promise<PrivatePostgres> {
  const programs = postgresPrograms()
  if (programs === undefined) {
    throw new Error('PostgreSQL is needed (initdb and postgres on the PATH): apt-get install postgresql')
  }
  const account = accountForServers()
  const folder = mkdtempSync(join(tmpdir(), 'doorstep-postgres-'))
  try {
    const password = randomBytes(16).toString('hex')
    writeFileSync(join(folder, 'password'), password)
    if (account.uid !== undefined) {
      for (const path of [folder, join(folder, 'password')]) chownSync(path, account.uid, account.gid)
    }
    initialise(programs, folder, account)
    const port = await freePort()
    const server = await listening(programs, folder, port, account)
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      stop: async () => {
        await ended(server)
        rmSync(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

type Account = { readonly uid: number; readonly gid: number } | { readonly uid?: undefined }

/** PostgreSQL refuses to run as root; root starts it as the account that its package has made. */
function accountForServers(): Account {
  if (process.getuid?.() !== 0) return {}
  const idOf = (option: string) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

function initialise(programs: string, folder: string, account: Account): void {
  const options = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${join(folder, 'password')}`, '--no-sync']
  const arguments_ = [...options, '--encoding=UTF8', `--pgdata=${join(folder, 'data')}`, ...collation(programs)]
  execFileSync(join(programs, 'initdb'), arguments_, { ...account, cwd: folder, stdio: 'pipe' })
}

/** A language's order where the server knows one: what must be compared byte by byte is then seen to say so. */
function collation(programs: string): readonly string[] {
  const help = execFileSync(join(programs, 'initdb'), ['--help'], { encoding: 'utf8' })
  return help.includes('--icu-locale') ? ['--locale=C', '--locale-provider=icu', '--icu-locale=en-US'] : ['--locale=C']
}

async function listening(programs: string, folder: string, port: number, account: Account): Promise<ChildProcess> {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: 50,
    shared_buffers: '16MB',
    // Tests end clients and connections, never the machine.
    fsync: 'off',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(join(programs, 'postgres'), ['-D', join(folder, 'data'), ...options], {
    ...account,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  })
  const said: string[] = []
  const lines = createInterface({ input: server.stderr })
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      said.push(line)
      if (line.includes('database system is ready to accept connections')) resolve()
    })
    server.once('error', reject)
    server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${said.join('\n')}`)))
  })
  // What it says later nobody reads, but a full pipe would stop it.
  lines.removeAllListeners('line')
  lines.on('line', () => {})
  return server
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exit = once(server, 'exit')
  server.kill('SIGINT')
  await exit
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('The probe has no port.')
  return address.port
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
