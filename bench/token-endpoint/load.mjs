/**
 * A load generator that costs little itself: raw TLS connections, one prepared request, one request in flight on each
 * connection. A program of its own, so that it can be pinned. Reads a `LoadOrder` from stdin, prints a `LoadResult`.
 *
 * @typedef {object} LoadOrder
 * @property {import('../servers.mjs').TokenRequest} tokenRequest
 * @property {number} processId of the server, whose CPU time is read
 * @property {number} connections
 * @property {number} warmUpMilliseconds
 * @property {number} milliseconds
 * @property {string[]} [values] of `parameter`, each sent once; when they are used up the load ends early
 * @property {string} [parameter] the member of the form that is new in every request
 * @property {Record<string, string>} [headers]
 * @property {{ status: number, pattern: string }} [expected] of a good answer; the pattern's first group is what must be
 *   new in each. Left out: 200 and an access token.
 * @property {boolean} [collects] whether the result lists those groups, warm-up included
 *
 * @typedef {object} LoadResult
 * @property {number} tokensPerSecond by the clock; where `expected` is given, any good answers count as tokens
 * @property {number} cpuMicroseconds of the server, per token
 * @property {number} mainThreadMicroseconds of the server's JavaScript thread, per token
 * @property {number} loadCpuMicroseconds of this program, per token
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 * @property {number} tokens
 * @property {number} repeatedTokens
 * @property {number} failed
 * @property {string} [firstFailure] the answer
 * @property {string[]} [collected]
 * @property {number} foreignShare of the machine's processors that other programs took
 */
import { cpus } from 'node:os'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { quantile } from '../figures.mjs'
import { cpuMicroseconds, machineMicroseconds } from '../processors.mjs'

/** @type {LoadOrder} */
const order = JSON.parse(await text(process.stdin))
const { tokenRequest, processId, connections, warmUpMilliseconds, milliseconds, values, parameter = '' } = order
const { status, pattern } = order.expected ?? { status: 200, pattern: '"access_token":"([^"]+)"' }
const url = new URL(tokenRequest.url)
const expectedStart = `HTTP/1.1 ${status}`
const newValue = new RegExp(pattern)

/** @param {Record<string, string>} form */
function requestOf(form) {
  const body = `${new URLSearchParams(form)}`
  return Buffer.from(
    [
      `POST ${url.pathname} HTTP/1.1`,
      `Host: ${url.host}`,
      'Content-Type: application/x-www-form-urlencoded',
      ...Object.entries(order.headers ?? {}).map((header) => header.join(': ')),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
}

const prepared = (values ?? ['']).map((value) =>
  requestOf({ ...tokenRequest.form, ...(values && { [parameter]: value }) }),
)
let taken = 0
const nextRequest = () => (values ? prepared[taken++] : prepared[0])

let measuring = false
let stopped = false
let failed = 0
/** @type {string | undefined} */
let firstFailure
/** @type {number[]} */
let latencies = []
/** The end of each token is that of its signature: another token, another signature. */
let signatures = new Set()
/** @type {string[]} */
const collected = []
/** @type {() => void} */
let useUp = () => {}
/** Resolved when the last of `values` was sent and answered. */
const usedUp = new Promise((resolve) => {
  useUp = () => resolve(undefined)
})

/** @param {import('node:tls').TLSSocket} socket */
function sendForEver(socket) {
  let sentAt = 0
  let received = ''
  const next = () => {
    const request = nextRequest()
    if (!request) return useUp()
    sentAt = performance.now()
    socket.write(request)
  }
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    received = received === '' ? `${chunk}` : received + chunk
    const length = answerLength(received)
    if (received.length < length) return
    const answer = received
    received = ''
    if (stopped) return
    if (order.collects) collected.push(newValue.exec(answer)?.[1] ?? '')
    if (measuring) count(answer, performance.now() - sentAt)
    next()
  })
  next()
}

/**
 * @param {string} answer
 * @returns {number} bytes of the whole answer; more than any while its head is not complete
 */
function answerLength(answer) {
  const headEnd = answer.indexOf('\r\n\r\n')
  if (headEnd < 0) return Number.POSITIVE_INFINITY
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1]
  if (length === undefined) throw new Error(`An answer without Content-Length:\n${answer}`)
  return headEnd + 4 + Number(length)
}

/**
 * @param {string} answer
 * @param {number} latency milliseconds
 */
function count(answer, latency) {
  latencies.push(latency)
  const token = newValue.exec(answer)?.[1]
  if (!answer.startsWith(expectedStart) || token === undefined) {
    failed += 1
    firstFailure ??= answer
  } else signatures.add(token.slice(-40))
}

const wait = (/** @type {number} */ time) => new Promise((resolve) => setTimeout(resolve, time))

/** @type {import('node:tls').TLSSocket[]} */
const sockets = await Promise.all(
  Array.from(
    { length: connections },
    () =>
      new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port: Number(url.port), servername: 'localhost', ca: tokenRequest.ca }
        const socket = connect({ ...options, ALPNProtocols: ['http/1.1'] }, () => resolve(socket.setNoDelay(true)))
        socket.on('error', reject)
        socket.on('close', () => {
          if (stopped) return
          process.stderr.write('The server closed a connection under load.\n')
          process.exit(1)
        })
      }),
  ),
)
sockets.forEach(sendForEver)
await wait(warmUpMilliseconds)

latencies = []
signatures = new Set()
const before = { server: cpuMicroseconds(processId), own: process.cpuUsage(), machine: machineMicroseconds() }
const startedAt = performance.now()
measuring = true
await Promise.race([wait(milliseconds), usedUp])
measuring = false
const elapsed = performance.now() - startedAt
const after = cpuMicroseconds(processId)
const own = process.cpuUsage(before.own)
const machine = machineMicroseconds() - before.machine
const server = after.allThreads - before.server.allThreads
stopped = true
for (const socket of sockets) socket.destroy()

if (latencies.length === 0) {
  process.stderr.write('All values were used up while warming up: nothing was measured.\n')
  process.exit(1)
}
const tokens = latencies.length - failed
const ownMicroseconds = own.user + own.system
/** @type {LoadResult} */
const result = {
  tokensPerSecond: (tokens / elapsed) * 1000,
  cpuMicroseconds: server / tokens,
  mainThreadMicroseconds: (after.mainThread - before.server.mainThread) / tokens,
  loadCpuMicroseconds: ownMicroseconds / tokens,
  p50: quantile(latencies, 0.5),
  p99: quantile(latencies, 0.99),
  tokens,
  repeatedTokens: tokens - signatures.size,
  failed,
  firstFailure,
  ...(order.collects && { collected: collected.filter((value) => value !== '') }),
  foreignShare: Math.max(0, (machine - server - ownMicroseconds) / (elapsed * 1000 * cpus().length)),
}
process.stdout.write(JSON.stringify(result), () => process.exit())
