/**
 * What the machine gives and what a process takes of it: pinning, CPU time, memory, and the yardstick of a signing
 * server. Reads /proc, so it needs Linux; without `taskset` it measures unpinned and says so.
 */
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** @returns {number[]} the processors that this process may use */
function allowedProcessors() {
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}

/** @param {string} program */
const isInstalled = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined

/**
 * Where servers and load run. Everything that can spoil the figures is in `warnings`.
 * @typedef {{ server: string, load: string, both: string, pins: boolean, warnings: string[] }} Placement
 * @returns {Placement}
 */
export function placement() {
  if (process.platform !== 'linux') throw new Error('This bench reads /proc and pins with taskset: it needs Linux.')
  if (!isInstalled('openssl')) {
    throw new Error(
      '`openssl` is missing: it makes certificates and is the yardstick. On Debian: apt-get install openssl',
    )
  }
  const [server, load] = allowedProcessors()
  const pins = isInstalled('taskset')
  const warnings = []
  if (!pins) warnings.push('`taskset` is missing (package util-linux): nothing is pinned, so "one core" is not true.')
  if (load === undefined)
    warnings.push('There is one processor only: server and load share it, and two cores are not measured.')
  return {
    server: `${server}`,
    load: `${load ?? server}`,
    both: load === undefined ? '' : `${server},${load}`,
    pins,
    warnings,
  }
}

/**
 * Command and arguments that run a program on some processors. `taskset` becomes the program: same process id.
 * @param {Placement} where
 * @param {string} processors a list for `taskset -c`
 * @param {string[]} command
 * @returns {[string, string[]]}
 */
export function pinned(where, processors, command) {
  const [program, ...rest] = where.pins ? ['taskset', '-c', processors, ...command] : command
  return [program, rest]
}

/**
 * CPU time of a process, user and system, as the scheduler counts it in nanoseconds. In Node the main thread runs
 * JavaScript and TLS, and nearly all the others do is signing.
 * @param {number} processId
 * @returns {{ allThreads: number, mainThread: number }} microseconds
 */
export function cpuMicroseconds(processId) {
  const ofThread = (/** @type {string} */ thread) =>
    Number(readFileSync(`/proc/${processId}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1000
  const threads = readdirSync(`/proc/${processId}/task`)
  const allThreads = threads.reduce((sum, thread) => sum + ofThread(thread), 0)
  return { allThreads, mainThread: ofThread(`${processId}`) }
}

/**
 * CPU time that all processes of the machine took since it started.
 * @returns {number} microseconds
 */
export function machineMicroseconds() {
  const [, user, nice, system, , , interrupts, softInterrupts] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .split(/\s+/)
    .map(Number)
  const ticksOf10Milliseconds = user + nice + system + interrupts + softInterrupts
  return ticksOf10Milliseconds * 10_000
}

/**
 * @param {number} processId
 * @returns {number} MiB of resident memory
 */
export function residentMebibytes(processId) {
  return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1]) / 1024
}

/**
 * The yardstick: RSA-2048 signatures per CPU second on the server's processor, by `openssl speed`.
 * @param {Placement} where
 * @param {number} seconds
 * @returns {Promise<number>}
 */
export function signaturesPerSecond(where, seconds) {
  const [program, parameters] = pinned(where, where.server, [
    'openssl',
    'speed',
    '-mr',
    '-seconds',
    `${seconds}`,
    'rsa2048',
  ])
  const speed = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'pipe'] })
  return new Promise((resolve, reject) => {
    let printed = ''
    speed.stderr.on('data', (chunk) => {
      printed += chunk
      const signing = /\+R1:(\d+):\d+:([\d.]+)/.exec(printed)
      if (!signing) return
      speed.kill() // verifications would follow
      resolve(Number(signing[1]) / Number(signing[2]))
    })
    speed.on('error', reject)
    speed.on('close', () => reject(new Error(`openssl speed gave no result: ${printed}`)))
  })
}
