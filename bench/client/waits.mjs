/**
 * How long callers of a client wait: while a refresh is due and the token still good, and for an endpoint that never
 * answers. A program of its own, since it moves the clock. Its parent is the authority, and is told how to answer.
 *
 * node waits.mjs @doorstep/client|@azure/msal-node|@azure/identity AUTHORITY
 */
const [, , name, authorityHost] = process.argv
const tenantId = '00000000-0000-4000-8000-000000000001'
const clientId = '00000000-0000-4000-8000-000000000002'
const clientSecret = 'a'.repeat(40)
const scope = 'https://graph.microsoft.com/.default'
/** A caller that has waited so long has waited long enough for this bench. */
const patienceMilliseconds = 20_000

const RealDate = Date
let offset = 0
globalThis.Date = /** @type {DateConstructor} */ (
  class extends RealDate {
    /** @param {...any} given */
    constructor(...given) {
      if (given.length === 0) super(RealDate.now() + offset)
      else super(.../** @type {[number]} */ (given))
    }
    static now() {
      return RealDate.now() + offset
    }
  }
)

/** @type {Record<string, () => Promise<() => Promise<unknown>>>} */
const clients = {
  async '@doorstep/client'() {
    const { cached, ClientSecretCredential } = await import('../../packages/client/dist/index.js')
    const credential = cached(new ClientSecretCredential({ tenantId, clientId, clientSecret, authorityHost }))
    return () => credential.getToken(scope)
  },
  async '@azure/msal-node'() {
    const { ConfidentialClientApplication } = await import('@azure/msal-node')
    const authority = `${authorityHost}/${tenantId}`
    const knownAuthorities = [new URL(authorityHost).host]
    const application = new ConfidentialClientApplication({
      auth: { clientId, clientSecret, authority, knownAuthorities },
    })
    return () => application.acquireTokenByClientCredential({ scopes: [scope] })
  },
  async '@azure/identity'() {
    const { ClientSecretCredential } = await import('@azure/identity')
    const options = { authorityHost, disableInstanceDiscovery: true, retryOptions: { maxRetries: 0 } }
    const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, options)
    return () => credential.getToken(scope)
  },
}

/** @param {'quick' | 'slow' | 'reset' | 'silent'} mode */
const answerBy = (mode) =>
  new Promise((resolve) => {
    process.once('message', resolve)
    process.send?.(mode)
  })

/** @param {() => Promise<unknown>} getToken */
async function timed(getToken) {
  const startedAt = performance.now()
  let timer
  const tooLong = new Promise((resolve) => {
    timer = setTimeout(resolve, patienceMilliseconds, 'waiting')
  })
  const outcome = await Promise.race([
    tooLong,
    getToken().then(
      () => 'token',
      () => 'failed',
    ),
  ])
  clearTimeout(timer)
  return { milliseconds: performance.now() - startedAt, outcome }
}

/** Three minutes before a token of an hour expires. */
const untilDue = 57 * 60_000
const settled = () => new Promise((resolve) => setTimeout(resolve, 1_000))

const getToken = await clients[name]()
await answerBy('quick')
await getToken()
offset += untilDue
await answerBy('slow')
const due = await timed(getToken)
await settled()
offset += untilDue
await answerBy('reset')
const reset = await timed(getToken)
await settled()
await answerBy('silent')
const silent = await timed(await clients[name]())
process.stdout.write(JSON.stringify({ due, reset, silent }), () => process.exit(0))
