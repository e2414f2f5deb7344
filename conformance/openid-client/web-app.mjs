import { once } from 'node:events'
import { createServer } from 'node:http'
import * as client from 'openid-client'

const {
  ISSUER,
  CLIENT_ID,
  CLIENT_SECRET,
  CLIENT_AUTHENTICATION = 'post',
  RESPONSE_MODE,
  RESPONSE_TYPE,
  PROMPT,
  SCOPE,
} = process.env

const configuration = await client.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  undefined,
  CLIENT_AUTHENTICATION === 'basic' ? client.ClientSecretBasic(CLIENT_SECRET) : client.ClientSecretPost(CLIENT_SECRET),
)
// Signatures are checked too, though the tokens come straight from the server.
client.enableNonRepudiationChecks(configuration)
if (RESPONSE_TYPE === 'id_token') client.useIdTokenResponseType(configuration)
if (RESPONSE_TYPE === 'code id_token') client.useCodeIdTokenResponseType(configuration)

const pkceCodeVerifier = client.randomPKCECodeVerifier()
const expectedState = client.randomState()
const expectedNonce = client.randomNonce()

const server = createServer().listen(0, 'localhost')
await once(server, 'listening')
const redirectUri = `http://localhost:${server.address().port}/callback`
const address = client.buildAuthorizationUrl(configuration, {
  redirect_uri: redirectUri,
  scope: SCOPE,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
  state: expectedState,
  nonce: expectedNonce,
  ...(RESPONSE_MODE && { response_mode: RESPONSE_MODE }),
  ...(PROMPT && { prompt: PROMPT }),
})
console.log(`Sign in at ${address}`)

const [request, response] = await once(server, 'request')
try {
  const answer = await asWebRequest(request)
  const result = RESPONSE_TYPE === 'id_token' ? await signedIn(answer) : await signedInWithTokens(answer)
  response.setHeader('connection', 'close').end('You are signed in.')
  console.log(JSON.stringify(result))
} catch (error) {
  response.setHeader('connection', 'close').end('You are not signed in.')
  console.log(JSON.stringify({ failure: { code: error.code, error: error.error, text: error.error_description } }))
}
// A browser holds more connections than it uses.
response.once('close', () => server.closeAllConnections())
server.close()

async function signedIn(answer) {
  return { claims: await client.implicitAuthentication(configuration, answer, expectedNonce, { expectedState }) }
}

async function signedInWithTokens(answer) {
  const tokens = await client.authorizationCodeGrant(configuration, answer, {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
    idTokenExpected: true,
  })
  const refreshed = await client.refreshTokenGrant(configuration, tokens.refresh_token, { scope: SCOPE })
  const forGraph = await client.refreshTokenGrant(configuration, tokens.refresh_token, {
    scope: 'openid profile User.Read',
  })
  const userInfo = await client.fetchUserInfo(configuration, forGraph.access_token, tokens.claims().sub)
  const signOutAddress = client.buildEndSessionUrl(configuration, {
    post_logout_redirect_uri: redirectUri,
    id_token_hint: tokens.id_token,
    state: 'signed-out',
  })
  return { claims: tokens.claims(), tokens, refreshedClaims: refreshed.claims(), refreshed, userInfo, signOutAddress }
}

/** form_post answers come as a body, the others in the address. */
async function asWebRequest(incoming) {
  const url = new URL(incoming.url, redirectUri)
  if (incoming.method !== 'POST') return url
  let body = ''
  for await (const chunk of incoming) body += chunk
  return new Request(url, { method: 'POST', headers: { 'content-type': incoming.headers['content-type'] }, body })
}
