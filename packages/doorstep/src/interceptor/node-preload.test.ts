import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createSecureServer, type Http2SecureServer } from 'node:http2'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthority } from './certificate-authority.ts'

const run = promisify(execFile)
const preload = fileURLToPath(new URL('node-preload.cjs', import.meta.url))
const hosts = ['graph.microsoft.com', '*.cognitedata.com']

let folder: string
let server: Http2SecureServer
let outside: Server
let settings: { port: number; hosts: string[]; clockOffsetMilliseconds?: number }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  const authority = await createAuthority({
    commonName: 'Doorstep intercept root',
    dnsNames: hosts,
    ipAddresses: [],
    notBefore: new Date(),
    lifetimeInDays: 30,
  })
  await writeFile(join(folder, 'ca.pem'), authority.rootCertificate)
  server = createSecureServer({ cert: authority.certificateChain, key: authority.privateKey, allowHTTP1: true })
  server.on('request', (request, response) => {
    response.end(`local ${request.httpVersion} ${request.authority || request.headers.host}`)
  })
  server.listen(0, '127.0.0.1')
  outside = createServer((socket) => {
    socket.on('error', () => {})
    socket.end('outside')
  })
  outside.listen(0, '127.0.0.1')
  await Promise.all([once(server, 'listening'), once(outside, 'listening')])
  settings = { port: (server.address() as AddressInfo).port, hosts }
})
afterAll(async () => {
  await Promise.all([server, outside].map((each) => new Promise((resolve) => each.close(resolve))))
  await rm(folder, { recursive: true, force: true })
})

/** Runs a script in a child with the preload, and gives back what it printed. */
async function child(script: string, intercept: object | string = settings, type = 'commonjs'): Promise<string> {
  const { stdout } = await run(process.execPath, [`--input-type=${type}`, '-e', script], {
    timeout: 30_000,
    env: {
      PATH: process.env.PATH,
      NODE_OPTIONS: `--require "${preload}"`,
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      DOORSTEP_INTERCEPT: typeof intercept === 'string' ? intercept : JSON.stringify(intercept),
      OUTSIDE_PORT: String((outside.address() as AddressInfo).port),
    },
  })
  return stdout.trim()
}

const tlsRequest = `socket.write('GET / HTTP/1.1\\r\\nHost: raw\\r\\nConnection: close\\r\\n\\r\\n')
  socket.on('data', (bytes) => process.stdout.write(String(bytes).split('\\r\\n\\r\\n')[1] ?? ''))`

describe('a Node program with the preload', () => {
  it.each([
    ['fetch', `fetch('https://graph.microsoft.com/').then((r) => r.text()).then(console.log)`],
    ['fetch with another spelling', `fetch('https://GRAPH.Microsoft.com./').then((r) => r.text()).then(console.log)`],
    [
      'https.get',
      `require('https').get('https://graph.microsoft.com/', (r) => r.setEncoding('utf8').on('data', console.log))`,
    ],
    [
      'https with an agent, a lookup and an address family of its own',
      `const https = require('https')
       const agent = new https.Agent({ keepAlive: false, family: 6 })
       const lookup = () => { throw new Error('looked up') }
       https.get({ host: 'api.cognitedata.com', port: '443', agent, lookup }, (r) => r.pipe(process.stdout))`,
    ],
    [
      'tls.connect(options)',
      `const socket = require('tls').connect({ port: 443, host: 'graph.microsoft.com', servername: 'graph.microsoft.com' }, () => {
       ${tlsRequest} })`,
    ],
    [
      'tls.connect(port, host)',
      `const socket = require('tls').connect(443, 'graph.microsoft.com', { servername: 'graph.microsoft.com' }, () => {
       ${tlsRequest} })`,
    ],
    [
      'tls over net.connect(port, host, callback)',
      `const raw = require('net').connect('443', 'graph.microsoft.com', () => {
         const socket = require('tls').connect({ socket: raw, servername: 'graph.microsoft.com' }, () => {
         ${tlsRequest} }) })`,
    ],
    [
      'worker_threads',
      `const { Worker } = require('worker_threads')
       new Worker("fetch('https://graph.microsoft.com/').then((r) => r.text()).then(console.log)", { eval: true })`,
    ],
    [
      'a child of its own',
      `require('child_process').execFileSync(process.execPath,
         ['-e', "fetch('https://graph.microsoft.com/').then((r) => r.text()).then(console.log)"], { stdio: 'inherit' })`,
    ],
  ])('reaches the local server under a listed name by %s', async (_stack, script) => {
    expect(await child(script)).toMatch(/^local 1\.1 /)
  })

  it('keeps the host name in the request, on HTTP/2 too, and from ES modules', async () => {
    const script = `import { connect } from 'node:http2'
      const session = connect('https://westeurope-1.cognitedata.com')
      let body = ''
      const stream = session.request({ ':path': '/' })
      stream.setEncoding('utf8').on('data', (text) => { body += text }).on('end', () => { console.log(body); session.close() })`
    expect(await child(script, settings, 'module')).toMatch(/^local 2\.0 westeurope-1\.cognitedata\.com(:443)?$/)
  })

  it('still checks certificates: a listed name that the server cannot prove is refused', async () => {
    const script = `fetch('https://management.azure.com/').catch((error) => console.log(error.cause.code))`
    const answer = await child(script, { ...settings, hosts: ['management.azure.com'] })
    expect(answer).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  it('connects to everything else as before: other ports, other names, addresses and pipes', async () => {
    const script = `const net = require('net')
      const seen = []
      // Shows where a connection would go, without leaving this machine.
      const lookup = (host, options, found) => { seen.push(host); found(new Error('not looked up')) }
      const attempt = (options) => new Promise((resolve) => net.connect({ lookup, ...options }).on('error', resolve))
      const outside = () => new Promise((resolve) => {
        net.connect(Number(process.env.OUTSIDE_PORT), '127.0.0.1').on('data', (bytes) => resolve(String(bytes)))
      })
      const main = async () => {
        await attempt({ host: 'graph.microsoft.com', port: 80 })
        await attempt({ host: 'www.microsoft.com', port: 443 })
        await attempt({ host: 'cognitedata.com', port: 443 })
        await attempt({ host: 'evilcognitedata.com', port: 443 })
        const pipe = await new Promise((resolve) => net.connect('/nowhere/pipe').on('error', resolve))
        console.log(JSON.stringify({ seen, pipe: pipe.code, outside: await outside() }))
      }
      main()`
    expect(JSON.parse(await child(script))).toEqual({
      seen: ['graph.microsoft.com', 'www.microsoft.com', 'cognitedata.com', 'evilcognitedata.com'],
      pipe: 'ENOENT',
      outside: 'outside',
    })
  })

  it('is not wrapped twice when it is loaded twice', async () => {
    const script = `const before = require('net').Socket.prototype.connect
      delete require.cache[${JSON.stringify(preload)}]
      require(${JSON.stringify(preload)})
      console.log(before === require('net').Socket.prototype.connect)`
    expect(await child(script)).toBe('true')
  })

  it.each(['', 'not json', '{}', '{"port":"x","hosts":[]}', 'null'])(
    'runs unchanged with the settings %j',
    async (text) => {
      expect(
        await child(`console.log(String(require('net').Socket.prototype.connect).includes('localPort'))`, text),
      ).toBe('false')
    },
  )
})

describe('the clock of a Node program with the preload', () => {
  const script = `const real = performance.timeOrigin + performance.now()
    class Later extends Date { plus() { return this.getTime() + 1 } }
    console.log(JSON.stringify({
      now: Math.round((Date.now() - real) / 60000),
      constructed: Math.round((new Date().getTime() - real) / 60000),
      called: Math.round((Date.parse(Date()) - real) / 60000),
      subclass: Math.round((new Later().plus() - real) / 60000),
      given: new Date(5).getTime(),
      parts: new Date(2020, 1, 2).getFullYear(),
      instance: new Date() instanceof Date && new Later() instanceof Date,
      constructor: new Date().constructor === Date,
      utc: Date.UTC(1970, 0, 1),
    }))`
  const unshifted = { given: 5, parts: 2020, instance: true, constructor: true, utc: 0 }

  it('is ahead by the offset, and otherwise the same Date', async () => {
    const shifted = JSON.parse(await child(script, { ...settings, clockOffsetMilliseconds: 90 * 60_000 }))
    expect(shifted).toEqual({ ...unshifted, now: 90, constructed: 90, called: 90, subclass: 90 })
  })

  it('is the machine’s without an offset', async () => {
    expect(JSON.parse(await child(script))).toEqual({ ...unshifted, now: 0, constructed: 0, called: 0, subclass: 0 })
  })
})
