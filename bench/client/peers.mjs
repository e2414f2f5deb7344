/**
 * What a cached token costs other clients, and what they send when many ask at once. A program of its own, so that
 * its memory and its compiled code stay out of our figures. Prints JSON.
 *
 * node peers.mjs @azure/msal-node|@azure/identity
 */
import { median } from '../figures.mjs'

const tenantId = '00000000-0000-4000-8000-000000000001'
const clientId = '00000000-0000-4000-8000-000000000002'
const clientSecret = 'a'.repeat(40)
const authority = 'https://login.microsoftonline.com'
const scopes = ['https://graph.microsoft.com/.default']
let tokenRequests = 0

/** @param {string} url */
function answer(url) {
  if (/\/token(\?|$)/.test(url)) {
    tokenRequests += 1
    return { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: 'a'.repeat(1_300) }
  }
  const tenant = `${authority}/${tenantId}`
  return {
    issuer: `${tenant}/v2.0`,
    authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${tenant}/oauth2/v2.0/token`,
    end_session_endpoint: `${tenant}/oauth2/v2.0/logout`,
    jwks_uri: `${tenant}/discovery/v2.0/keys`,
    tenant_discovery_endpoint: `${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [],
  }
}

/** An answer that takes as long as one over a network does, so that callers meet. */
const later = (/** @type {unknown} */ value) => new Promise((resolve) => setTimeout(() => resolve(value), 5))

/** @type {Record<string, () => Promise<() => Promise<unknown>>>} */
const clients = {
  async '@azure/msal-node'() {
    const { ConfidentialClientApplication } = await import('@azure/msal-node')
    const respond = (/** @type {string} */ url) => later({ status: 200, headers: {}, body: answer(url) })
    const application = new ConfidentialClientApplication({
      auth: { clientId, clientSecret, authority: `${authority}/${tenantId}` },
      system: { networkClient: { sendGetRequestAsync: respond, sendPostRequestAsync: respond } },
    })
    return () => application.acquireTokenByClientCredential({ scopes })
  },
  async '@azure/identity'() {
    const { ClientSecretCredential } = await import('@azure/identity')
    const { createHttpHeaders } = await import('@azure/core-rest-pipeline')
    const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
      disableInstanceDiscovery: true,
      httpClient: {
        sendRequest: async (request) => {
          const bodyAsText = JSON.stringify(answer(request.url))
          await later(undefined)
          return {
            request,
            status: 200,
            headers: createHttpHeaders({ 'content-type': 'application/json' }),
            bodyAsText,
          }
        },
      },
    })
    return () => credential.getToken(scopes)
  },
}

const getToken = await clients[process.argv[2]]()
await Promise.all(Array.from({ length: 1_000 }, getToken))
const requests = tokenRequests
const calls = 2_000
const times = []
for (let round = 0; round < 5; round++) {
  const startedAt = performance.now()
  for (let call = 0; call < calls; call++) await getToken()
  times.push(((performance.now() - startedAt) * 1000) / calls)
}
process.stdout.write(JSON.stringify({ cachedMicroseconds: median(times), requests }))
