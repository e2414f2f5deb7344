/**
 * A program that gets a token through a file store, as users' programs do: with the built package. Its one argument is
 * JSON. It says "ready", waits for a line on stdin, and then prints what it got as one line of JSON.
 */
import { once } from 'node:events'
import { ClientSecretCredential, cached, fileStore, nodeTransport } from '../../../dist/index.js'

const { directory, authorityHost, ca, scope, userId, ...credential } = JSON.parse(process.argv[2])
if (userId !== undefined) process.setuid(userId)
const notices = []
const store = await fileStore({ directory, onNotice: ({ kind, message }) => notices.push({ kind, message }) }).catch(
  (error) => process.stdout.write(`${JSON.stringify({ refused: error.message, option: error.option })}\n`),
)
if (typeof store === 'object') {
  const own = { ...credential, authorityHost, transport: nodeTransport({ ca }) }
  const getToken = () => cached(new ClientSecretCredential(own), store.tokens).getToken(scope)
  process.stdout.write('ready\n')
  await once(process.stdin, 'data')
  const result = await getToken().then(
    ({ token }) => ({ token }),
    ({ name, message, code, status }) => ({ error: { name, message, code, status } }),
  )
  const { keyPlace, keyPlaceReason } = store
  process.stdout.write(`${JSON.stringify({ ...result, notices, keyPlace, keyPlaceReason })}\n`)
  process.stdin.destroy()
}
