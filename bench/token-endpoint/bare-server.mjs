/**
 * The floor of a token endpoint: node:https, a form, one RS256 signature in the thread pool, an answer of the usual
 * size. It looks nothing up and checks next to nothing.
 *
 * node bare-server.mjs FOLDER [--new-key]
 */
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'

const [folder, newKey] = process.argv.slice(2)
const read = (/** @type {string} */ name) => readFileSync(join(folder, name))
const signingKey = newKey
  ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  : createPrivateKey(read('signing-key.pem'))

const signingInputBytes = 900
const encoded = (/** @type {string} */ text) => Buffer.from(text).toString('base64url')
const header = encoded(JSON.stringify({ typ: 'JWT', alg: 'RS256', kid: 'bare' }))
const counterDigits = 12
const closing = (/** @type {number} */ count) => `,"uti":"${`${count}`.padStart(counterDigits, '0')}"}`
/** Claims before the counter, as many as the size asks for; a multiple of three bytes, so that base64url can be cut there. */
const claimsBytes = Math.floor(((signingInputBytes - header.length - 1) * 3) / 4) - closing(0).length
const constantBytes = claimsBytes - (claimsBytes % 3)
const constantPart = `${header}.${encoded(`{"claims":"${'x'.repeat(constantBytes - 12)}"`)}`
const responseHead = '{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"'

let count = 0
const server = createServer(
  { key: read('certificate-key.pem'), cert: read('certificate.pem') },
  (request, response) => {
    /** @type {Buffer[]} */
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString())
      if (form.get('grant_type') !== 'client_credentials' || !form.get('client_secret')) {
        response.writeHead(400).end()
        return
      }
      const signingInput = `${constantPart}${encoded(closing(count++))}`
      sign('sha256', Buffer.from(signingInput), signingKey, (error, signature) => {
        if (error) throw error
        const body = `${responseHead}${signingInput}.${signature.toString('base64url')}"}`
        response.writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
          'cache-control': 'no-store',
        })
        response.end(body)
      })
    })
  },
)
server.listen(0, '127.0.0.1', () => {
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  process.stdout.write(`${JSON.stringify({ url: `https://localhost:${address.port}` })}\n`)
})
process.once('SIGTERM', () => process.exit())
