import { createPrivateKey, createSign } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeSelfSignedCertificate } from '../support/self-signed-certificate.ts'
import { type Workplace, workplace } from './doorstep-command.ts'

const tenantId = '0a123b56-c987-4234-abcd-1a2b3c4d5e6f'

let place: Workplace
let authority: Server
let proxy: Server
let privateKey: string
let environment: NodeJS.ProcessEnv
/** What the proxy was asked to connect to. */
let asked: string[] = []
let answer: RequestListener = (_request, response) => response.end()
const sockets = new Set<Socket>()

/** A stranger in the place of login.microsoftonline.com, behind a proxy that is the only way to it. */
beforeAll(async () => {
  place = await workplace()
  const made = await makeSelfSignedCertificate('login.microsoftonline.com')
  const key = createPrivateKey({ key: made.pkcs8, format: 'der', type: 'pkcs8' })
  privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString()
  const cert = made.certificate.toString()
  const root = join(place.root, 'root.pem')
  await writeFile(root, cert)
  authority = createSecureServer({ key: privateKey, cert }, (request, response) => answer(request, response))
  proxy = createServer()
  proxy.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '')
    const onward = connect((authority.address() as AddressInfo).port, '127.0.0.1')
    for (const end of [socket, onward]) {
      sockets.add(end)
      end.on('error', () => {})
      end.on('close', () => sockets.delete(end))
    }
    onward.once('connect', () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'))
    socket.pipe(onward).pipe(socket)
  })
  await Promise.all([authority, proxy].map((server) => once(server.listen(0, '127.0.0.1'), 'listening')))
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  environment = { HTTPS_PROXY: address, NODE_EXTRA_CA_CERTS: root }
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await Promise.all([authority, proxy].map((server) => once(server.close(), 'close')))
  await place.close()
})

const application = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: tenantId, AZURE_CLIENT_SECRET: 'a-secret' }
const words = ['token', '--cloud', 'public', '--scope', 'https://graph.microsoft.com/.default']

describe('an authority behind a proxy', () => {
  it('that sends its answer without end, byte by byte, is waited for no longer than any other', async () => {
    const timers = new Set<ReturnType<typeof setInterval>>()
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      timers.add(setInterval(() => response.write(' '), 200))
    }
    const { exitCode, stdout, stderr } = await place.doorstep(words, { ...environment, ...application })
    for (const timer of timers) clearInterval(timer)
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).toContain('https://login.microsoftonline.com gave no answer within 15 seconds')
  }, 60_000)

  it('that sends far more than a token is not listened to', async () => {
    answer = (_request, response) => {
      response.on('error', () => {})
      for (let count = 0; count < 64; count += 1) response.write(Buffer.alloc(65_536, ' '))
    }
    const { exitCode, stderr } = await place.doorstep(words, { ...environment, ...application })
    expect(exitCode).toBe(3)
    expect(stderr).toContain('sent far more than a token endpoint does')
  })

  it('is asked for keys by inspect --online', async () => {
    const key = createPrivateKey(privateKey).export({ format: 'jwk' })
    answer = (_request, response) => {
      response.end(JSON.stringify({ keys: [{ kty: 'RSA', kid: 'one', n: key.n, e: key.e }] }))
    }
    asked = []
    const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: `https://login.microsoftonline.com/${tenantId}/v2.0`,
      tid: tenantId,
      ver: '2.0',
      aud: tenantId,
      iat: now,
      nbf: now,
      exp: now + 3600,
    }
    const text = `${encoded({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${encoded(claims)}`
    const token = `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`
    const inspected = await place.start(['inspect', '--online', '--json', '-'], environment, token).ended
    const { checks } = JSON.parse(inspected.stdout)
    expect(checks).toContainEqual(expect.objectContaining({ name: 'signature', verdict: 'ok' }))
    expect(asked).toEqual(['login.microsoftonline.com:443'])
  })
})
