/** From the start of the process to the first token over HTTPS, and the memory that stays resident after it. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from '../figures.mjs'
import { cpuMicroseconds, pinned, placement, residentMebibytes } from '../processors.mjs'
import { makeKeys, oneToken, startBareServer, startLocalCloud } from '../servers.mjs'

/** Until a server that has answered is idle. */
const settlingMilliseconds = 300

/**
 * @typedef {object} Start
 * @property {number} listening milliseconds from the start of the process to its ready line
 * @property {number} firstToken milliseconds from the start of the process to the token
 * @property {number} cpu milliseconds that it took
 * @property {number} resident MiB
 */

/**
 * @param {() => Promise<import('../servers.mjs').Server>} startServer
 * @returns {Promise<Start>}
 */
async function timeStart(startServer) {
  const startedAt = performance.now()
  const server = await startServer()
  try {
    const listening = performance.now() - startedAt
    await oneToken(server.tokenRequest)
    const firstToken = performance.now() - startedAt
    const cpu = cpuMicroseconds(server.processId).allThreads / 1000
    await new Promise((resolve) => setTimeout(resolve, settlingMilliseconds))
    return { listening, firstToken, cpu, resident: residentMebibytes(server.processId) }
  } finally {
    await server.stop()
  }
}

/**
 * @param {{ rounds: number, progress: (text: string) => void }} options
 */
export async function measureStart({ rounds, progress }) {
  const where = placement()
  const processors = where.both || where.server
  const folder = await mkdtemp(join(tmpdir(), 'doorstep-bench-'))
  try {
    makeKeys(folder)
    const [node, emptyProgram] = pinned(where, processors, [process.execPath, '-e', '0'])
    const timeEmptyProgram = () => {
      const startedAt = performance.now()
      spawnSync(node, emptyProgram)
      return performance.now() - startedAt
    }
    const kept = join(folder, 'kept')
    /** @type {{ node: number[], bare: Start[], ours: Start[], bareNewKey: Start[], oursFirst: Start[] }} */
    const measured = { node: [], bare: [], ours: [], bareNewKey: [], oursFirst: [] }
    await timeStart(() => startLocalCloud(where, { processors, dataDirectory: kept }))
    for (let number = 1; number <= 2 * rounds; number++) {
      progress(`start: existing data folder, ${number} of ${2 * rounds}`)
      measured.node.push(timeEmptyProgram())
      measured.bare.push(await timeStart(() => startBareServer(where, { processors, folder })))
      measured.ours.push(await timeStart(() => startLocalCloud(where, { processors, dataDirectory: kept })))
    }
    for (let number = 1; number <= rounds; number++) {
      progress(`start: first start ever, ${number} of ${rounds}`)
      const dataDirectory = join(folder, `new-${number}`)
      measured.bareNewKey.push(await timeStart(() => startBareServer(where, { processors, folder, newKey: true })))
      measured.oursFirst.push(await timeStart(() => startLocalCloud(where, { processors, dataDirectory })))
    }
    return { rows: rowsOf(measured), warnings: where.warnings, details: measured }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * @param {{ node: number[], bare: Start[], ours: Start[], bareNewKey: Start[], oursFirst: Start[] }} measured
 * @returns {import('../figures.mjs').Row[]}
 */
function rowsOf({ node, bare, ours, bareNewKey, oursFirst }) {
  const of = (/** @type {Start[]} */ starts, /** @type {keyof Start} */ figure) =>
    median(starts.map((start) => start[figure]))
  const first = of(ours, 'firstToken')
  return [
    {
      measure: 'first token, existing data folder',
      value: first / 1000,
      unit: 's',
      budget: { atMost: 0.2 },
      byTheClock: true,
    },
    { measure: '  to `node -e 0`', value: first / median(node), unit: 'x' },
    { measure: '  to the bare server', value: first / of(bare, 'firstToken'), unit: 'x' },
    { measure: '  ready line', value: of(ours, 'listening'), unit: 'ms' },
    { measure: '  CPU', value: of(ours, 'cpu'), unit: 'ms' },
    { measure: '  `node -e 0`', value: median(node), unit: 'ms' },
    { measure: '  bare server', value: of(bare, 'firstToken'), unit: 'ms' },
    {
      measure: 'first token, first start ever',
      value: of(oursFirst, 'firstToken') / 1000,
      unit: 's',
      budget: { atMost: 0.5 },
      byTheClock: true,
    },
    { measure: '  to `node -e 0`', value: of(oursFirst, 'firstToken') / median(node), unit: 'x' },
    {
      measure: '  to the bare server that makes its key',
      value: of(oursFirst, 'firstToken') / of(bareNewKey, 'firstToken'),
      unit: 'x',
    },
    { measure: '  bare server that makes its key', value: of(bareNewKey, 'firstToken'), unit: 'ms' },
    {
      measure: 'resident memory, idle after one token',
      value: of(ours, 'resident'),
      unit: 'MiB',
      budget: { atMost: 85 },
    },
    { measure: '  bare server', value: of(bare, 'resident'), unit: 'MiB' },
  ]
}
