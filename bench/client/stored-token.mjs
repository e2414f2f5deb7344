/**
 * A program that gets one token through a file store, with the built client, from a token endpoint without TLS. It says
 * "ready" when the store is open, waits for a line on stdin when told to, and prints "done".
 *
 * node stored-token.mjs FOLDER [TOKEN_ENDPOINT]
 */
const { cached, ClientSecretCredential, fileStore } = await import('../../packages/client/dist/index.js')
const [directory, endpoint] = process.argv.slice(2)

/** @type {import('@doorstep/client').Transport} */
const transport = async ({ method, headers, body }) => {
  const response = await fetch(endpoint, { method, headers: { ...headers }, body: body ?? null })
  return { status: response.status, headers: {}, body: await response.text() }
}
const credential = new ClientSecretCredential({
  tenantId: '00000000-0000-4000-8000-000000000001',
  clientId: '00000000-0000-4000-8000-000000000002',
  clientSecret: 'a'.repeat(40),
  authorityHost: 'https://login.microsoftonline.com',
  transport,
})
const { tokens } = await fileStore({ directory, keychain: 'off' })
if (endpoint) {
  process.stdout.write('ready\n')
  await new Promise((resolve) => process.stdin.once('data', resolve))
  process.stdin.destroy()
}
await cached(credential, tokens).getToken('https://graph.microsoft.com/.default')
process.stdout.write('done\n')
