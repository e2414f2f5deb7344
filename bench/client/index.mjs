/** What a token costs that is already there, how many requests many callers cause, and what loading the client costs. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { median } from '../figures.mjs'
import { measureFileStore, withFilledStore } from './file-store.mjs'
import { measureWaits } from './slow-authority.mjs'
import { measureTokenCommand } from './token-command.mjs'

const library = new URL('../../packages/client/dist/index.js', import.meta.url)
const importProgram = fileURLToPath(new URL('import.mjs', import.meta.url))
const peersProgram = fileURLToPath(new URL('peers.mjs', import.meta.url))
const peers = ['@azure/msal-node', '@azure/identity']
const callsPerMeasurement = 400_000
const callers = 1_000

/** Scopes with the budget of one cached call, in microseconds. */
const sizes = [
  { entries: 1, budget: 0.2 },
  { entries: 10_000, budget: 0.4 },
  { entries: 100_000, budget: 1.2 },
]

/**
 * An authority inside this process.
 * @param {number} [milliseconds] until it answers
 */
function stubTransport(milliseconds) {
  const sent = { tokenRequests: 0 }
  const transport = async () => {
    sent.tokenRequests += 1
    if (milliseconds) await new Promise((resolve) => setTimeout(resolve, milliseconds))
    const token = { token_type: 'Bearer', expires_in: 3599, access_token: `token-${sent.tokenRequests}` }
    return { status: 200, headers: {}, body: JSON.stringify(token) }
  }
  return { sent, transport }
}

/** @param {any} transport */
const credentialOptions = (transport) => ({
  tenantId: '00000000-0000-4000-8000-000000000001',
  clientId: '00000000-0000-4000-8000-000000000002',
  clientSecret: 'a'.repeat(40),
  transport,
})

/**
 * @param {(key: string) => Promise<unknown>} read
 * @param {string[]} keys in the order of reading
 * @returns {Promise<number>} microseconds per call, awaited
 */
async function timeCalls(read, keys) {
  const startedAt = performance.now()
  for (const key of keys) await read(key)
  return ((performance.now() - startedAt) * 1000) / keys.length
}

/**
 * @param {typeof import('@doorstep/client')} client
 * @param {number} entries
 * @param {number} rounds
 */
async function timeCachedCalls(client, entries, rounds) {
  const { transport } = stubTransport()
  const asking = new client.ClientSecretCredential(credentialOptions(transport))
  const scopes = Array.from({ length: entries }, (_, index) => `api://application-${index}/.default`)
  const inMemory = await timeReads(client.cached(asking), scopes, rounds)
  /** @type {typeof inMemory} */
  let fromStore = []
  await withFilledStore(client, asking, scopes, async (credential) => {
    fromStore = await timeReads(credential, scopes, rounds)
  })
  return { inMemory, fromStore }
}

/**
 * @param {import('@doorstep/client').TokenCredential} credential
 * @param {string[]} scopes
 * @param {number} rounds
 */
async function timeReads(credential, scopes, rounds) {
  const map = new Map()
  for (const scope of scopes) map.set(scope, { promise: credential.getToken(scope), until: Date.now() + 3_000_000 })
  await Promise.all([...map.values()].map(({ promise }) => promise))
  const readMap = (/** @type {string} */ scope) => {
    const entry = map.get(scope)
    return Date.now() < entry.until ? entry.promise : undefined
  }
  const readCached = (/** @type {string} */ scope) => credential.getToken(scope)
  const inRandomOrder = () =>
    Array.from({ length: callsPerMeasurement }, () => scopes[Math.floor(Math.random() * scopes.length)])
  const measured = []
  for (let round = 0; round <= rounds; round++) {
    const keys = inRandomOrder()
    const floor = await timeCalls(readMap, keys)
    const ours = await timeCalls(readCached, keys)
    if (round > 0) measured.push({ floor, ours }) // the first one compiles
  }
  return measured
}

/**
 * @param {typeof import('@doorstep/client')} client
 * @returns {Promise<{ cold: number, expired: number }>} token requests that many callers at once cause
 */
async function countRequests({ ClientSecretCredential, cached }) {
  const { sent, transport } = stubTransport(20)
  let offset = 0
  const now = () => Date.now() + offset
  const credential = cached(new ClientSecretCredential(credentialOptions(transport)), undefined, { now })
  const scope = 'https://graph.microsoft.com/.default'
  const askAll = () => Promise.all(Array.from({ length: callers }, () => credential.getToken(scope)))
  await askAll()
  const cold = sent.tokenRequests
  offset = 2 * 3600 * 1000
  await askAll()
  return { cold, expired: sent.tokenRequests - cold }
}

/** @param {string[]} parameters */
function timeNode(parameters) {
  const startedAt = performance.now()
  const { status, stderr } = spawnSync(process.execPath, parameters, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`node ${parameters.join(' ')} failed:\n${stderr}`)
  return performance.now() - startedAt
}

/** @param {number} rounds */
function timeImports(rounds) {
  const measured = []
  for (let round = 0; round < rounds; round++) {
    measured.push({
      node: timeNode(['-e', '0']),
      module: timeNode([importProgram]),
      ours: timeNode([importProgram, library.href]),
      peers: peers.map((name) => timeNode([importProgram, name])),
    })
  }
  return measured
}

/**
 * @param {{ rounds: number, progress: (text: string) => void }} options
 */
export async function measureClient({ rounds, progress }) {
  if (!existsSync(library)) throw new Error('The client has not been built here yet. Run: npm run build')
  const client = await import(library.href)
  /** @type {import('../figures.mjs').Row[]} */
  const rows = []
  /** @type {Record<string, unknown>} */
  const details = {}
  for (const { entries, budget } of sizes) {
    const many = entries.toLocaleString('en')
    progress(`client: ${many} entries`)
    const measured = await timeCachedCalls(client, entries, rounds)
    details[`entries${entries}`] = measured
    const floor = median(measured.inMemory.map((round) => round.floor))
    const measure = entries === 1 ? 'cached getToken, 1 entry' : `cached getToken, ${many} entries in random order`
    rows.push(
      {
        measure,
        value: median(measured.inMemory.map((round) => round.ours)),
        unit: 'us',
        budget: { atMost: budget },
        byTheClock: true,
      },
      {
        measure: '  the same, tokens from a file store',
        value: median(measured.fromStore.map((round) => round.ours)),
        unit: 'us',
        budget: { atMost: budget },
        byTheClock: true,
      },
      { measure: '  a bare Map with a time check', value: floor, unit: 'us' },
    )
  }
  progress('client: many callers at once')
  const requests = await countRequests(client)
  rows.push(
    {
      measure: `token requests of ${callers} callers at once, cold`,
      value: requests.cold,
      unit: '',
      budget: { atMost: 1 },
    },
    {
      measure: `token requests of ${callers} callers at once, expired`,
      value: requests.expired,
      unit: '',
      budget: { atMost: 1 },
    },
  )
  const fileStore = await measureFileStore({ rounds, progress })
  details.fileStore = fileStore.details
  rows.push(...fileStore.rows)
  const waits = await measureWaits({ progress })
  details.waits = waits.details
  rows.push(...waits.rows)
  const tokenCommand = await measureTokenCommand({ rounds, progress })
  details.tokenCommand = tokenCommand.details
  rows.push(...tokenCommand.rows)
  progress('client: imports')
  const imports = timeImports(2 * rounds)
  details.imports = imports
  const over = (/** @type {(round: typeof imports[number]) => number} */ figure) => median(imports.map(figure))
  rows.push(
    {
      measure: 'import of @doorstep/client, over `node -e 0`',
      value: over((round) => round.ours - round.node),
      unit: 'ms',
      budget: { atMost: 10 },
      byTheClock: true,
    },
    { measure: '  over an empty ES module', value: over((round) => round.ours - round.module), unit: 'ms' },
  )
  peers.forEach((name, index) => {
    progress(`client: ${name}`)
    const { cachedMicroseconds, requests } = JSON.parse(
      execFileSync(process.execPath, [peersProgram, name], { encoding: 'utf8' }),
    )
    details[name] = { cachedMicroseconds, requests }
    rows.push(
      { measure: `  ${name}: cached token, 1 entry`, value: cachedMicroseconds, unit: 'us' },
      { measure: `  ${name}: token requests of 1000 callers at once, cold`, value: requests, unit: '' },
      {
        measure: `  ${name}: import, over \`node -e 0\``,
        value: over((round) => round.peers[index] - round.node),
        unit: 'ms',
      },
    )
  })
  return { rows, warnings: [], details }
}
