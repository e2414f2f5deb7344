/** Asks for a device code and polls once when the local cloud has had time to answer it. Prints one JSON document. */
const [tenant, clientId, scope = 'openid profile User.Read'] = process.argv.slice(2)
const login = `https://login.microsoftonline.com/${tenant}/oauth2/v2.0`

async function ask(path, form) {
  const answer = await fetch(`${login}/${path}`, { method: 'POST', body: new URLSearchParams(form) })
  return answer.json()
}

const device = await ask('devicecode', { client_id: clientId, scope })
const poll = {
  grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
  client_id: clientId,
  device_code: device.device_code,
}
let tokens
// The first polls may come before the answer; somebody who is never answered is told so after five seconds.
for (let attempt = 0; attempt < 10; attempt += 1) {
  await new Promise((resolve) => setTimeout(resolve, 500))
  tokens = await ask('token', poll)
  if (tokens.error !== 'authorization_pending') break
}
const claims = tokens.id_token && JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url').toString())
const { error, error_description: description } = tokens
console.log(JSON.stringify({ userCode: device.user_code, user: claims?.preferred_username, error, description }))
