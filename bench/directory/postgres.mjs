/** A PostgreSQL server for one run of the bench. */
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** @returns {string | undefined} the folder of PostgreSQL's programs */
function programs() {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((one, other) => Number(other) - Number(one)) : []
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...versions.map((name) => join(debian, name, 'bin'))]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

/** It refuses to run as root, who starts it as the account that its package made. */
function account() {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = ['-u', '-g'].map((option) =>
    Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' })),
  )
  return { uid, gid }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address())
      probe.close(() => resolve(port))
    })
  })
}

/**
 * Starts an empty server that flushes nothing: it lives no longer than the bench.
 * @returns {Promise<{ url: string, stop(): Promise<void> } | undefined>} undefined where it is not installed
 */
export async function startPostgres() {
  const folder = programs()
  if (!folder) return undefined
  const home = mkdtempSync(join(tmpdir(), 'doorstep-bench-postgres-'))
  const owner = account()
  const password = randomBytes(16).toString('hex')
  writeFileSync(join(home, 'password'), password)
  if (owner.uid !== undefined && owner.gid !== undefined) {
    for (const path of [home, join(home, 'password')]) chownSync(path, owner.uid, owner.gid)
  }
  const data = join(home, 'data')
  const initial = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${join(home, 'password')}`, '--no-sync']
  execFileSync(join(folder, 'initdb'), [...initial, '--encoding=UTF8', '--locale=C', `--pgdata=${data}`], {
    ...owner,
    cwd: home,
    stdio: 'pipe',
  })
  const port = await freePort()
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${home}`, 'fsync=off']
  const options = [...settings, 'max_wal_size=4GB', 'shared_buffers=256MB'].flatMap((setting) => ['-c', setting])
  const server = spawn(join(folder, 'postgres'), ['-D', data, ...options], { ...owner, cwd: home, stdio: 'pipe' })
  const ended = new Promise((resolve) => server.once('exit', resolve))
  const stop = async () => {
    server.kill('SIGINT')
    await ended
    rmSync(home, { recursive: true, force: true })
  }
  process.once('exit', () => server.kill('SIGINT'))
  await new Promise((resolve, reject) => {
    server.stderr.on('data', (said) => `${said}`.includes('ready to accept connections') && resolve(undefined))
    ended.then(() => reject(new Error('PostgreSQL ended before it listened.')))
  })
  return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, stop }
}
