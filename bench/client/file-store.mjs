/** What a token costs that comes through the file store, and how many requests many processes cause. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { median } from '../figures.mjs'

const program = fileURLToPath(new URL('stored-token.mjs', import.meta.url))
const processes = 50
const waiting = 10

/**
 * @template Result
 * @param {(directory: string) => Promise<Result>} work
 */
async function inFolder(work) {
  const directory = mkdtempSync(join(tmpdir(), 'doorstep-bench-'))
  try {
    return await work(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/**
 * Credentials over a store that holds the tokens of all these scopes already, as a process finds it that starts later.
 * @param {typeof import('@doorstep/client')} client
 * @param {import('@doorstep/client').CacheableCredential} credential
 * @param {string[]} scopes
 * @param {(credential: import('@doorstep/client').TokenCredential) => Promise<void>} measure
 */
export function withFilledStore({ cached, fileStore }, credential, scopes, measure) {
  return inFolder(async (directory) => {
    const options = /** @type {const} */ ({ directory, keychain: 'off', maximumEntries: scopes.length })
    const { get, set } = (await fileStore(options)).tokens
    const filling = cached(credential, { get, set })
    await Promise.all(scopes.map((scope) => filling.getToken(scope)))
    const later = cached(credential, (await fileStore(options)).tokens)
    for (const scope of scopes) await later.getToken(scope)
    await measure(later)
  })
}

/**
 * A token endpoint in this process.
 * @param {number} unanswered how many of the first requests get no answer
 */
async function startEndpoint(unanswered = 0) {
  const counted = { tokenRequests: 0 }
  const server = createServer((request, response) => {
    request.resume()
    counted.tokenRequests += 1
    if (counted.tokenRequests <= unanswered) return
    const answer = { token_type: 'Bearer', expires_in: 3599, access_token: 'a'.repeat(1_300) }
    setTimeout(() => response.end(JSON.stringify(answer)), 20)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}/token`, counted, close }
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set()
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/**
 * @param {string} directory
 * @param {string} url
 */
function startProcess(directory, url) {
  const child = spawn(process.execPath, [program, directory, url], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.on('error', () => undefined)
  children.add(child)
  child.once('exit', () => children.delete(child))
  const lines = createInterface(child.stdout)
  const said = (/** @type {string} */ word) =>
    new Promise((resolve) => lines.on('line', (line) => line === word && resolve(performance.now())))
  return { child, ready: said('ready'), done: said('done'), ask: () => child.stdin.write('ask\n') }
}

/** @returns {Promise<number>} token requests that many processes at once cause */
function countRequests() {
  return inFolder(async (directory) => {
    const { url, counted, close } = await startEndpoint()
    const started = Array.from({ length: processes }, () => startProcess(directory, url))
    await Promise.all(started.map(({ ready }) => ready))
    for (const { ask } of started) ask()
    await Promise.all(started.map(({ done }) => done))
    close()
    return counted.tokenRequests
  })
}

/** @returns {Promise<number>} milliseconds from the end of the process that asked until all others have their token */
function timeHealing() {
  return inFolder(async (directory) => {
    const { url, counted, close } = await startEndpoint(1)
    const started = Array.from({ length: waiting + 1 }, () => startProcess(directory, url))
    await Promise.all(started.map(({ ready }) => ready))
    const [first, ...others] = started
    first.ask()
    while (counted.tokenRequests === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    for (const { ask } of others) ask()
    await new Promise((resolve) => setTimeout(resolve, 300))
    const killedAt = performance.now()
    first.child.kill('SIGKILL')
    const times = await Promise.all(others.map(({ done }) => done))
    close()
    if (counted.tokenRequests !== 2) throw new Error(`${counted.tokenRequests} token requests instead of 2.`)
    return Math.max(...times) - killedAt
  })
}

/** @param {number} rounds */
function timeStoredToken(rounds) {
  return inFolder(async (directory) => {
    const { url, close } = await startEndpoint()
    const { ask, done } = startProcess(directory, url)
    ask()
    await done
    close()
    const time = (/** @type {string[]} */ parameters) => {
      const startedAt = performance.now()
      const { status, stderr } = spawnSync(process.execPath, parameters, { encoding: 'utf8' })
      if (status !== 0) throw new Error(`node ${parameters.join(' ')} failed:\n${stderr}`)
      return performance.now() - startedAt
    }
    return Array.from({ length: rounds }, () => ({ node: time(['-e', '0']), ours: time([program, directory]) }))
  })
}

/** @param {{ rounds: number, progress: (text: string) => void }} options */
export async function measureFileStore({ rounds, progress }) {
  progress('client: processes that share a store')
  const requests = await countRequests()
  const healing = []
  for (let round = 0; round < rounds; round++) healing.push(await timeHealing())
  const stored = await timeStoredToken(2 * rounds)
  /** @type {import('../figures.mjs').Row[]} */
  const rows = [
    {
      measure: `token requests of ${processes} processes at once, cold`,
      value: requests,
      unit: '',
      budget: { atMost: 1 },
    },
    {
      measure: `kill -9 of the process that asks: ${waiting} others have their token`,
      value: median(healing),
      unit: 'ms',
      budget: { atMost: 2_000 },
      byTheClock: true,
    },
    {
      measure: 'a process that gets a stored token, to `node -e 0`',
      value: median(stored.map(({ ours, node }) => ours / node)),
      unit: 'x',
    },
  ]
  return { rows, details: { healing, stored } }
}
