/** What signing people in costs, request by request, beside an application's own tokens. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from '../figures.mjs'
import { placement } from '../processors.mjs'
import { postForm, registerApplication, startLocalCloud } from '../servers.mjs'
import { load } from '../token-endpoint/index.mjs'
import { signIn } from './sign-in.mjs'

const redirectUri = 'http://localhost:8080/'
const scope = 'https://graph.microsoft.com/User.Read openid profile offline_access'
const amount = { connections: 16, milliseconds: 2_000 }

/**
 * @typedef {import('../token-endpoint/load.mjs').LoadResult} LoadResult
 * @typedef {import('../servers.mjs').TokenRequest} TokenRequest
 * @typedef {{ server: import('../servers.mjs').Server, application: TokenRequest, cookie: string, refreshToken: string }} Ground
 */

/** @param {{ rounds: number, progress: (text: string) => void }} options */
export async function measureUserTokens({ rounds, progress }) {
  const where = placement()
  const dataDirectory = await mkdtemp(join(tmpdir(), 'doorstep-bench-'))
  /** @type {(() => Promise<void>)[]} */
  const cleanUp = [() => rm(dataDirectory, { recursive: true, force: true })]
  try {
    // In files, as `doorstep up` keeps them: codes and refresh tokens are written, app-only tokens are not.
    const server = await startLocalCloud(where, { processors: where.server, dataDirectory })
    cleanUp.push(server.stop)
    const ground = await prepare(server)
    const measured = []
    for (let number = 1; number <= rounds; number++) {
      progress(`user-tokens: round ${number} of ${rounds}`)
      measured.push(await round(where, ground))
    }
    return { rows: rowsOf(measured), warnings: warningsOf(where, measured), details: measured.map(withoutValues) }
  } finally {
    for (const step of cleanUp.reverse()) await step()
  }
}

/**
 * An application, and a browser in which somebody has signed in to it and consented.
 * @param {import('../servers.mjs').Server} server
 * @returns {Promise<Ground>}
 */
async function prepare(server) {
  const application = await registerApplication(server, {
    web: { redirectUris: [redirectUri] },
    isFallbackPublicClient: true,
  })
  const { userPrincipalName: name, password } = server.ready.administrator
  const asked = { ...askedOf(application), prompt: 'login' }
  const address = `${endpoint(application, 'authorize')}?${new URLSearchParams(asked)}`
  const { cookie, code } = await signIn(address, application.ca, { name, password })
  const { refresh_token: refreshToken } = await postForm(redemption(application, code))
  return { server, application, cookie, refreshToken }
}

/** @param {TokenRequest} application @param {string} name */
const endpoint = ({ url }, name) => url.replace(/token$/, name)

/** @param {TokenRequest} application */
const askedOf = ({ form: { client_id } }) => ({ client_id, response_type: 'code', redirect_uri: redirectUri, scope })

/** @param {TokenRequest} application @param {string} code @returns {TokenRequest} */
function redemption(application, code) {
  const { client_id, client_secret } = application.form
  const form = { grant_type: 'authorization_code', client_id, client_secret, code, redirect_uri: redirectUri }
  return { ...application, form }
}

/**
 * Each kind of request in turn; the codes that one gives are what the next redeems.
 * @param {import('../processors.mjs').Placement} where
 * @param {Ground} ground
 */
async function round(where, { server, application, cookie, refreshToken }) {
  const { client_id, client_secret } = application.form
  const measure = (/** @type {TokenRequest} */ tokenRequest, /** @type {object} */ more = {}) =>
    load(where, { server, tokenRequest }, { ...amount, ...more })
  const clientCredentials = await measure(application)
  const authorize = await measure(
    { ...application, url: endpoint(application, 'authorize'), form: askedOf(application) },
    { headers: { Cookie: cookie }, expected: { status: 302, pattern: '[?&]code=([^&#\\s]+)' }, collects: true },
  )
  const codes = (authorize.collected ?? []).map(decodeURIComponent)
  const redeem = await measure(redemption(application, ''), { values: codes, parameter: 'code' })
  const refresh = await measure({
    ...application,
    form: { grant_type: 'refresh_token', client_id, client_secret, refresh_token: refreshToken, scope },
  })
  const deviceStart = await measure(
    { ...application, url: endpoint(application, 'devicecode'), form: { client_id, scope } },
    { milliseconds: 4_000, expected: { status: 200, pattern: '"device_code":"([^"]+)"' }, collects: true },
  )
  // Each is polled once, so that none is polled too fast; a longer warm-up would use up too many.
  const devicePoll = await measure(
    { ...application, form: { grant_type: 'device_code', client_id } },
    {
      values: deviceStart.collected ?? [],
      parameter: 'device_code',
      warmUpMilliseconds: 150,
      expected: { status: 400, pattern: '"authorization_pending".*"trace_id":"([^"]+)"' },
    },
  )
  return { clientCredentials, authorize, redeem, refresh, deviceStart, devicePoll }
}

const measures = /** @type {const} */ ([
  ['clientCredentials', 'client credentials'],
  ['authorize', 'authorize with a session, answered by a code'],
  ['redeem', 'code redemption: access, refresh and id_token'],
  ['refresh', 'refresh: access, refresh and id_token'],
  ['deviceStart', 'device authorization'],
  ['devicePoll', 'device poll, nobody has answered yet'],
])

/**
 * @param {Awaited<ReturnType<typeof round>>[]} measured
 * @returns {import('../figures.mjs').Row[]}
 */
function rowsOf(measured) {
  const over = (/** @type {(round: any) => number} */ figure) => median(measured.map(figure))
  const loads = measured.flatMap((one) => Object.values(one))
  return [
    ...measures.flatMap(([key, measure]) => [
      { measure, value: over((one) => one[key].tokensPerSecond), unit: '/s' },
      { measure: '  CPU per request', value: over((one) => one[key].cpuMicroseconds), unit: 'us' },
      ...(key === 'clientCredentials'
        ? []
        : [
            {
              measure: '  per second, to client credentials',
              value: over((one) => one[key].tokensPerSecond / one.clientCredentials.tokensPerSecond),
              unit: 'x',
            },
            {
              measure: '  CPU, to client credentials',
              value: over((one) => one[key].cpuMicroseconds / one.clientCredentials.cpuMicroseconds),
              unit: 'x',
            },
          ]),
    ]),
    {
      measure: 'tokens and codes that were not new',
      value: loads.reduce((sum, { repeatedTokens }) => sum + repeatedTokens, 0),
      unit: `of ${loads.reduce((sum, { tokens }) => sum + tokens, 0)}`,
      budget: { atMost: 0 },
    },
  ]
}

/**
 * @param {import('../processors.mjs').Placement} where
 * @param {Awaited<ReturnType<typeof round>>[]} measured
 */
function warningsOf({ warnings }, measured) {
  const foreign = median(measured.flatMap((one) => Object.values(one).map(({ foreignShare }) => foreignShare)))
  if (foreign < 0.03) return warnings
  const share = `${(100 * foreign).toFixed(0)} %`
  return [
    ...warnings,
    `Other programs took ${share} of the machine: trust CPU per request, not what is measured by the clock.`,
  ]
}

/**
 * Codes are no figures.
 * @param {Awaited<ReturnType<typeof round>>} one
 */
function withoutValues(one) {
  return Object.fromEntries(Object.entries(one).map(([name, { collected: _, ...result }]) => [name, result]))
}
