/** What callers see of an authority that is slow, breaks connections or never answers: ours and the peers', in one run. */
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('waits.mjs', import.meta.url))
const names = ['@doorstep/client', '@azure/msal-node', '@azure/identity']
const slowMilliseconds = 500

/** @typedef {{ milliseconds: number, outcome: 'token' | 'failed' | 'waiting' }} Wait */

/**
 * @param {string} folder for its certificate
 * @returns an authority that answers as it is told, on this machine
 */
async function startAuthority(folder) {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate]
  execFileSync('openssl', [...words, ...subject], { stdio: 'ignore' })
  const state = { mode: 'quick' }
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    request.resume()
    const send = (/** @type {unknown} */ answer) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(answer))
    }
    if (!/\/token(\?|$)/.test(request.url ?? '')) return send(metadata(url))
    if (state.mode === 'silent') return
    if (state.mode === 'reset') return request.socket.destroy()
    const token = { token_type: 'Bearer', expires_in: 3599, access_token: `token-${performance.now()}` }
    setTimeout(send, state.mode === 'slow' ? slowMilliseconds : 0, token)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `https://localhost:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url, certificate, state, close }
}

/** @param {string} url */
function metadata(url) {
  const tenant = `${url}/00000000-0000-4000-8000-000000000001`
  return {
    issuer: `${tenant}/v2.0`,
    authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${tenant}/oauth2/v2.0/token`,
    end_session_endpoint: `${tenant}/oauth2/v2.0/logout`,
    jwks_uri: `${tenant}/discovery/v2.0/keys`,
  }
}

/**
 * @param {string} name
 * @param {Awaited<ReturnType<typeof startAuthority>>} authority
 * @returns {Promise<{ due: Wait, reset: Wait, silent: Wait }>}
 */
async function waitsOf(name, { url, certificate, state }) {
  const child = fork(program, [name, url], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  child.on('message', (mode) => {
    state.mode = String(mode)
    child.send('done')
  })
  return JSON.parse(await text(/** @type {import('node:stream').Readable} */ (child.stdout)))
}

/** @param {{ progress: (text: string) => void }} options */
export async function measureWaits({ progress }) {
  const folder = mkdtempSync(join(tmpdir(), 'doorstep-bench-'))
  const authority = await startAuthority(folder)
  try {
    /** @type {import('../figures.mjs').Row[]} */
    const rows = []
    /** @type {Record<string, unknown>} */
    const details = {}
    for (const name of names) {
      progress(`client: ${name} at an authority that is slow or silent`)
      const waits = await waitsOf(name, authority)
      details[name] = waits
      rows.push(...rowsOf(name, waits))
    }
    return { rows, details }
  } finally {
    authority.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} name
 * @param {{ due: Wait, reset: Wait, silent: Wait }} waits
 * @returns {import('../figures.mjs').Row[]}
 */
function rowsOf(name, { due, reset, silent }) {
  const isOurs = name === '@doorstep/client'
  const whose = isOurs ? '' : `  ${name}: `
  const never = silent.outcome === 'waiting' ? 'still waiting for an endpoint that never answers' : 'fails'
  return [
    {
      measure: `${whose}wait while a refresh is due (endpoint ${slowMilliseconds} ms)`,
      value: due.milliseconds,
      unit: 'ms',
      // Asking costs less than a thousandth of the answer's time: nobody waits for it.
      ...(isOurs && { budget: { atMost: 5 }, byTheClock: true }),
    },
    {
      measure: `${whose}calls that fail with a good token, the endpoint breaking connections`,
      value: reset.outcome === 'token' ? 0 : 1,
      unit: 'of 1',
      ...(isOurs && { budget: { atMost: 0 } }),
    },
    {
      measure: `${whose}${isOurs ? 'fails at an endpoint that never answers' : never}, after`,
      value: silent.outcome === 'token' ? Number.POSITIVE_INFINITY : silent.milliseconds / 1_000,
      unit: 's',
      ...(isOurs && { budget: { atMost: 15.5 }, byTheClock: true }),
    },
  ]
}
