/** How near the token endpoint comes to what the processor can sign, and what of it is our own doing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { median } from '../figures.mjs'
import { pinned, placement, residentMebibytes, signaturesPerSecond } from '../processors.mjs'
import { makeKeys, oneToken, registerApplication, startBareServer, startLocalCloud } from '../servers.mjs'

const loadProgram = fileURLToPath(new URL('load.mjs', import.meta.url))
const yardstickSeconds = 2
const manyConnections = 16

/**
 * @typedef {import('./load.mjs').LoadResult} LoadResult
 * @typedef {{ server: import('../servers.mjs').Server, tokenRequest: import('../servers.mjs').TokenRequest }} Target
 */

/**
 * Loads one server from the load's processor.
 * @param {import('../processors.mjs').Placement} where
 * @param {Target} target
 * @param {Pick<import('./load.mjs').LoadOrder, 'connections' | 'milliseconds'> & Partial<import('./load.mjs').LoadOrder>} amount
 *   and what else differs from a load of one repeated token request
 * @returns {Promise<LoadResult>}
 */
export async function load(where, { server, tokenRequest }, amount) {
  const [program, parameters] = pinned(where, where.load, [process.execPath, loadProgram])
  const child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'inherit'] })
  const { processId } = server
  child.stdin.end(JSON.stringify({ tokenRequest, processId, warmUpMilliseconds: 400, ...amount }))
  const ended = once(child, 'close')
  const result = /** @type {LoadResult} */ (await json(child.stdout))
  await ended
  if (result.firstFailure) throw new Error(`A request failed under load:\n${result.firstFailure}`)
  return result
}

/**
 * The alternatives of one round, in turn. What is compared was measured in the same round.
 * @param {import('../processors.mjs').Placement} where
 * @param {{ bare: Target, ours: Target, bareOnBoth?: Target, oursOnBoth?: Target }} targets
 */
async function round(where, { bare, ours, bareOnBoth, oursOnBoth }) {
  const many = { connections: manyConnections, milliseconds: 2_000 }
  const one = { connections: 1, milliseconds: 1_000 }
  const signaturesBefore = await signaturesPerSecond(where, yardstickSeconds)
  const bareMany = await load(where, bare, many)
  const oursMany = await load(where, ours, many)
  const signaturesAfter = await signaturesPerSecond(where, yardstickSeconds)
  const bareOne = await load(where, bare, one)
  const oursOne = await load(where, ours, one)
  const bareBoth = bareOnBoth && (await load(where, bareOnBoth, many))
  const oursBoth = oursOnBoth && (await load(where, oursOnBoth, many))
  const signatures = (signaturesBefore + signaturesAfter) / 2
  return { signatures, bareMany, oursMany, bareOne, oursOne, bareBoth, oursBoth }
}

/**
 * @param {{ rounds: number, progress: (text: string) => void }} options
 */
export async function measureTokenEndpoint({ rounds, progress }) {
  const where = placement()
  const folder = await mkdtemp(join(tmpdir(), 'doorstep-bench-'))
  /** @type {(() => Promise<void>)[]} */
  const cleanUp = [() => rm(folder, { recursive: true, force: true })]
  try {
    makeKeys(folder)
    const bareOn = async (/** @type {string} */ processors) => {
      const server = await startBareServer(where, { processors, folder })
      cleanUp.push(server.stop)
      await oneToken(server.tokenRequest)
      return { server, tokenRequest: server.tokenRequest }
    }
    const oursOn = async (/** @type {string} */ processors) => {
      const server = await startLocalCloud(where, { processors })
      cleanUp.push(server.stop)
      return { server, tokenRequest: await registerApplication(server) }
    }
    const bare = await bareOn(where.server)
    const ours = await oursOn(where.server)
    const bareOnBoth = where.both ? await bareOn(where.both) : undefined
    const oursOnBoth = where.both ? await oursOn(where.both) : undefined
    const measured = []
    for (let number = 1; number <= rounds; number++) {
      progress(`token-endpoint: round ${number} of ${rounds}`)
      measured.push(await round(where, { bare, ours, bareOnBoth, oursOnBoth }))
    }
    const loaded = { bare: residentMebibytes(bare.server.processId), ours: residentMebibytes(ours.server.processId) }
    return { rows: rowsOf(measured, loaded), warnings: warningsOf(where, measured), details: measured }
  } finally {
    for (const step of cleanUp.reverse()) await step()
  }
}

/**
 * @param {Awaited<ReturnType<typeof round>>[]} measured
 * @param {{ bare: number, ours: number }} loaded MiB
 * @returns {import('../figures.mjs').Row[]}
 */
function rowsOf(measured, loaded) {
  const over = (/** @type {(round: any) => number} */ figure) => median(measured.map(figure))
  const share = (/** @type {LoadResult} */ result, /** @type {number} */ signatures) =>
    (100 * 1e6) / result.cpuMicroseconds / signatures
  const loads = measured.flatMap(({ bareMany, oursMany, bareOne, oursOne, bareBoth, oursBoth }) =>
    [bareMany, oursMany, bareOne, oursOne, bareBoth, oursBoth].filter((result) => result !== undefined),
  )
  const both = measured.every(({ oursBoth }) => oursBoth)
  return [
    {
      measure: 'tokens per CPU second, one core, 16 connections, of openssl signatures',
      value: over(({ oursMany, signatures }) => share(oursMany, signatures)),
      unit: '%',
      budget: { atLeast: 78 },
    },
    { measure: '  bare server', value: over(({ bareMany, signatures }) => share(bareMany, signatures)), unit: '%' },
    {
      measure: 'own CPU per token above the bare server',
      value: over(({ oursMany, bareMany }) => oursMany.cpuMicroseconds - bareMany.cpuMicroseconds),
      unit: 'us',
      budget: { atMost: 20 },
    },
    { measure: '  CPU per token', value: over(({ oursMany }) => oursMany.cpuMicroseconds), unit: 'us' },
    {
      measure: '  on the main thread, above the bare server',
      value: over(({ oursMany, bareMany }) => oursMany.mainThreadMicroseconds - bareMany.mainThreadMicroseconds),
      unit: 'us',
    },
    { measure: '  CPU per token, bare server', value: over(({ bareMany }) => bareMany.cpuMicroseconds), unit: 'us' },
    {
      measure: 'p99 at 16 connections, to the bare server',
      value: over(({ oursMany, bareMany }) => oursMany.p99 / bareMany.p99),
      unit: 'x',
      budget: { atMost: 1.5 },
      byTheClock: true,
    },
    { measure: '  p50 at 16 connections', value: over(({ oursMany }) => oursMany.p50), unit: 'ms' },
    { measure: '  p99 at 16 connections', value: over(({ oursMany }) => oursMany.p99), unit: 'ms' },
    { measure: '  p50 at one connection', value: over(({ oursOne }) => oursOne.p50), unit: 'ms' },
    { measure: '  p99 at one connection', value: over(({ oursOne }) => oursOne.p99), unit: 'ms' },
    { measure: '  p50 at one connection, bare server', value: over(({ bareOne }) => bareOne.p50), unit: 'ms' },
    { measure: '  p99 at one connection, bare server', value: over(({ bareOne }) => bareOne.p99), unit: 'ms' },
    ...(both ? bothCores(over) : []),
    { measure: '  tokens per second, one core', value: over(({ oursMany }) => oursMany.tokensPerSecond), unit: '/s' },
    { measure: '  openssl signatures per CPU second', value: over(({ signatures }) => signatures), unit: '/s' },
    {
      measure: 'tokens that were not new',
      value: loads.reduce((sum, { repeatedTokens }) => sum + repeatedTokens, 0),
      unit: `of ${loads.reduce((sum, { tokens }) => sum + tokens, 0)}`,
      budget: { atMost: 0 },
    },
    {
      measure: 'failed requests',
      value: loads.reduce((sum, { failed }) => sum + failed, 0),
      unit: '',
      budget: { atMost: 0 },
    },
    { measure: '  resident memory after the load', value: loaded.ours, unit: 'MiB' },
    { measure: '  resident memory after the load, bare server', value: loaded.bare, unit: 'MiB' },
  ]
}

/**
 * @param {(figure: (round: any) => number) => number} over
 * @returns {import('../figures.mjs').Row[]}
 */
function bothCores(over) {
  return [
    {
      measure: 'tokens per second on two cores, to what one core can sign',
      value: over(({ oursBoth, signatures }) => oursBoth.tokensPerSecond / signatures),
      unit: 'x',
      budget: { atLeast: 1.35 },
      byTheClock: true,
    },
    {
      measure: '  bare server',
      value: over(({ bareBoth, signatures }) => bareBoth.tokensPerSecond / signatures),
      unit: 'x',
    },
    {
      measure: '  to its own tokens per second on one core',
      value: over(({ oursBoth, oursMany }) => oursBoth.tokensPerSecond / oursMany.tokensPerSecond),
      unit: 'x',
    },
    {
      measure: '  tokens per second on two cores',
      value: over(({ oursBoth }) => oursBoth.tokensPerSecond),
      unit: '/s',
    },
  ]
}

/**
 * @param {import('../processors.mjs').Placement} where
 * @param {Awaited<ReturnType<typeof round>>[]} measured
 */
function warningsOf({ warnings }, measured) {
  const foreign = median(measured.flatMap(({ bareMany, oursMany }) => [bareMany.foreignShare, oursMany.foreignShare]))
  if (foreign < 0.03) return warnings
  const share = `${(100 * foreign).toFixed(0)} %`
  return [
    ...warnings,
    `Other programs took ${share} of the machine: trust CPU per token, not what is measured by the clock.`,
  ]
}
