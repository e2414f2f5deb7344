/** Starts and stops the servers under test, and speaks to them once where speed does not matter. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pinned } from './processors.mjs'

const doorstep = fileURLToPath(new URL('../packages/doorstep/bin/doorstep.cjs', import.meta.url))
const bareServer = fileURLToPath(new URL('token-endpoint/bare-server.mjs', import.meta.url))

/**
 * A request for tokens that can be sent any number of times.
 * @typedef {{ url: string, ca: string, form: Record<string, string> }} TokenRequest
 * @typedef {{ url: string, masterKey: string }} Database a PostgreSQL database, and the key of what it keeps secret
 * @typedef {{ processId: number, ready: any, tokenRequest: TokenRequest, stop(): Promise<void> }} Server
 */

/**
 * Starts a program and waits for the one line of JSON that says where it listens.
 * @param {import('./processors.mjs').Placement} where
 * @param {string} processors
 * @param {string[]} command
 * @param {Record<string, string>} [environment] besides this program's own
 */
async function start(where, processors, command, environment = {}) {
  const [program, parameters] = pinned(where, processors, command)
  const child = spawn(program, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let printed = ''
  let complaint = ''
  child.stderr.on('data', (chunk) => {
    complaint += chunk
  })
  const ended = once(child, 'close')
  const leaveNothingBehind = () => child.kill()
  process.once('exit', leaveNothingBehind)
  const ready = await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      printed += chunk
      if (printed.includes('\n')) resolve(JSON.parse(printed.slice(0, printed.indexOf('\n'))))
    })
    ended.then(() => reject(new Error(`${command.join(' ')} ended before it listened:\n${complaint}`)), reject)
  })
  const stop = async () => {
    const tooSlow = setTimeout(() => child.kill('SIGKILL'), 8_000)
    child.kill('SIGTERM')
    await ended
    clearTimeout(tooSlow)
    process.off('exit', leaveNothingBehind)
  }
  return { processId: child.pid ?? 0, ready, stop }
}

/**
 * `doorstep up`; its token request is that of the bootstrap service principal.
 * @param {import('./processors.mjs').Placement} where
 * @param {{ processors: string, dataDirectory?: string, nodeOptions?: string[], database?: Database }} options without
 *   `dataDirectory`, ephemeral
 * @returns {Promise<Server>}
 */
export async function startLocalCloud(where, { processors, dataDirectory, nodeOptions = [], database }) {
  const place = dataDirectory === undefined ? ['--ephemeral'] : ['--data', dataDirectory]
  const elsewhere = database ? ['--database', database.url] : []
  const up = ['up', ...place, ...elsewhere, '--json', '--port', '0', '--proxy-port', '0']
  const environment = database ? { DOORSTEP_MASTER_KEY: database.masterKey } : {}
  const server = await start(where, processors, [process.execPath, ...nodeOptions, doorstep, ...up], environment)
  const bootstrap = JSON.parse(readFileSync(join(server.ready.dataDirectory, 'bootstrap.json'), 'utf8'))
  const ca = readFileSync(server.ready.caCertificate, 'utf8')
  return { ...server, tokenRequest: tokenRequest(server.ready.url, ca, bootstrap) }
}

/**
 * @param {import('./processors.mjs').Placement} where
 * @param {{ processors: string, folder: string, newKey?: boolean }} options `folder` as `makeKeys` left it; `newKey`
 *   makes the signing key at the start instead
 * @returns {Promise<Server>}
 */
export async function startBareServer(where, { processors, folder, newKey = false }) {
  const server = await start(where, processors, [
    process.execPath,
    bareServer,
    folder,
    ...(newKey ? ['--new-key'] : []),
  ])
  const client = { tenantId: '00000000-0000-4000-8000-000000000001', clientId: '00000000-0000-4000-8000-000000000002' }
  const ca = readFileSync(join(folder, 'certificate.pem'), 'utf8')
  return { ...server, tokenRequest: tokenRequest(server.ready.url, ca, { ...client, clientSecret: 'a'.repeat(40) }) }
}

/**
 * Makes the bare server's certificate (ECDSA P-256, as Doorstep's) and its signing key.
 * @param {string} folder
 */
export function makeKeys(folder) {
  const openssl = (/** @type {string[]} */ ...parameters) =>
    execFileSync('openssl', parameters, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  openssl('genrsa', '-out', 'signing-key.pem', '2048')
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-keyout', 'certificate-key.pem', '-out', 'certificate.pem'],
  )
}

/**
 * @param {string} origin
 * @param {string} ca
 * @param {{ tenantId: string, clientId: string, clientSecret: string }} client
 * @returns {TokenRequest}
 */
function tokenRequest(origin, ca, { tenantId, clientId, clientSecret }) {
  const scope = 'https://graph.microsoft.com/.default'
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope }
  return { url: `${origin}/${tenantId}/oauth2/v2.0/token`, ca, form }
}

/**
 * One request for tokens over a connection of its own.
 * @param {TokenRequest} tokens
 * @returns {Promise<any>} the answer's JSON
 */
export function postForm({ url, ca, form }) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return send('POST', url, ca, headers, `${new URLSearchParams(form)}`)
}

/**
 * @param {TokenRequest} tokens
 * @returns {Promise<string>}
 */
export async function oneToken(tokens) {
  return (await postForm(tokens)).access_token
}

/**
 * Registers an application with a secret, through Graph as any client would.
 * @param {Server} server
 * @param {Record<string, unknown>} [properties] of the application
 * @returns {Promise<TokenRequest>} its own
 */
export async function registerApplication(server, properties = {}) {
  const { ca } = server.tokenRequest
  const { url, tenantId } = server.ready
  const headers = {
    authorization: `Bearer ${await oneToken(server.tokenRequest)}`,
    'content-type': 'application/json',
  }
  const graph = (/** @type {string} */ path, /** @type {unknown} */ body) =>
    send('POST', `${url}/graph/v1.0${path}`, ca, headers, JSON.stringify(body))
  const application = await graph('/applications', { displayName: 'bench', ...properties })
  await graph('/servicePrincipals', { appId: application.appId })
  const { secretText } = await graph(`/applications/${application.id}/addPassword`, {
    passwordCredential: { displayName: 'bench' },
  })
  return tokenRequest(url, ca, { tenantId, clientId: application.appId, clientSecret: secretText })
}

/**
 * @param {string} method
 * @param {string} url
 * @param {string} ca
 * @param {Record<string, string>} headers
 * @param {string} body
 * @returns {Promise<any>} the answer's JSON
 */
export function send(method, url, ca, headers, body) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, ca, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode && response.statusCode < 300) resolve(JSON.parse(text))
        else reject(new Error(`${method} ${url} was answered ${response.statusCode}: ${text}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
