/**
 * A program that signs in as any command line tool does: listens on a port of its own, opens the sign-in page in the
 * browser that its environment names, waits for the answer and redeems the code.
 *
 * Its one word is a JSON object: `authorize` has parameters that are added to the request, `browser` the program
 * (default: BROWSER), `blocks` waits for the browser before it listens, `path` is where the answer is awaited, and
 * `onward` redirects from there once more before the page is done. Prints one JSON document.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'

const {
  authorize = {},
  tenant,
  clientId,
  browser = process.env.BROWSER,
  blocks = false,
  onward,
} = JSON.parse(process.argv[2])
const login = `https://login.microsoftonline.com/${tenant}/oauth2/v2.0`

const requests = []
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const url = new URL(request.url, 'http://localhost')
  const isOnward = onward !== undefined && url.pathname === '/'
  response.writeHead(isOnward ? 303 : 200, isOnward ? { location: onward, 'set-cookie': 'app=mine; Path=/' } : {})
  response.end('<p>You may close this page.</p>')
  requests.push({
    method: request.method,
    path: url.pathname,
    cookie: request.headers.cookie,
    parameters: Object.fromEntries(request.method === 'POST' ? new URLSearchParams(body) : url.searchParams),
  })
  server.emit('answered')
}).listen(0, 'localhost')
await once(server, 'listening')

const redirectUri = `http://localhost:${server.address().port}/`
const parameters = {
  client_id: clientId,
  response_type: 'code',
  redirect_uri: redirectUri,
  scope: 'openid profile User.Read',
  state: 'a b&c',
  ...authorize,
}
const address = `${login}/authorize?${new URLSearchParams(parameters)}`

function browseAndWait() {
  try {
    execFileSync(browser, [address], { stdio: ['ignore', 'ignore', 'inherit'] })
    return 0
  } catch (error) {
    return error.status
  }
}

async function browse() {
  const child = spawn(browser, [address], { stdio: ['ignore', 'ignore', 'inherit'] })
  return (await once(child, 'exit'))[0]
}

const wanted = onward === undefined ? 1 : 2
const answered = new Promise((resolve) => server.on('answered', () => requests.length === wanted && resolve()))
const browserExitCode = blocks ? browseAndWait() : await browse()
if (browserExitCode === 0) await answered
server.close()
server.closeAllConnections()

const code = requests[0]?.parameters.code
const form = { grant_type: 'authorization_code', client_id: clientId, code, redirect_uri: redirectUri }
const tokens =
  code && (await (await fetch(`${login}/token`, { method: 'POST', body: new URLSearchParams(form) })).json())
const claims = tokens?.id_token && JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url').toString())
console.log(
  JSON.stringify({ browserExitCode, requests, user: claims?.preferred_username, refusal: tokens?.error_codes }),
)
