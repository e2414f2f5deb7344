/** What a large tenant costs: the same questions to one with a few objects and to one that grows, in turn. */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from '../figures.mjs'
import { placement } from '../processors.mjs'
import { oneToken, registerApplication, send, startLocalCloud } from '../servers.mjs'
import { addCopies, copyName, postgresFiller, sqliteFiller } from './fill.mjs'
import { startPostgres } from './postgres.mjs'

/** How many there are in the small tenant: as many as the longest answer shows. */
const few = 20
const full = { users: 1_000_000, groups: 10_000, applications: 100_000, servicePrincipals: 100_000 }
const steps = [0.01, 0.1, 1]
const requestsOfEach = 40
const mostForLists = 1.5
const mostForTokens = 1.2

/**
 * @typedef {import('./fill.mjs').Filler} Filler
 * @typedef {{ server: import('../servers.mjs').Server, filler: Filler, templates: Templates, tokens: TokenRequest, bearer: string, agent: Agent }} Tenant
 * @typedef {import('../servers.mjs').TokenRequest} TokenRequest
 * @typedef {Record<import('./fill.mjs').Kind, import('./fill.mjs').Template>} Templates
 * @typedef {{ what: string, path?: (found: { user: any, application: any, page: string }) => string, form?: true }} Question
 */

const filter = (/** @type {string} */ text) => `?$top=10&$filter=${encodeURIComponent(text)}`

/** @type {Question[]} */
const questions = [
  { what: 'a token', form: true },
  { what: 'a user by id', path: ({ user }) => `/users/${user.id}` },
  { what: 'a user by principal name', path: ({ user }) => `/users/${user.userPrincipalName}` },
  { what: 'an application by id', path: ({ application }) => `/applications/${application.id}` },
  { what: 'an application by client id', path: ({ application }) => `/applications(appId='${application.appId}')` },
  { what: '$filter: appId eq', path: ({ application }) => `/applications${filter(`appId eq '${application.appId}'`)}` },
  { what: '$filter: displayName eq', path: () => `/applications${filter(`displayName eq '${copyName(7)}'`)}` },
  { what: '$filter: startswith(displayName)', path: () => `/users${filter("startswith(displayName,'bulk 00000')")}` },
  {
    what: '$filter: userPrincipalName eq',
    path: ({ user }) => `/users${filter(`userPrincipalName eq '${user.userPrincipalName}'`)}`,
  },
  {
    what: '$filter: startswith(userPrincipalName)',
    path: () => `/users${filter("startswith(userPrincipalName,'bulk00000')")}`,
  },
  { what: '$filter: groups by displayName', path: () => `/groups${filter(`displayName eq '${copyName(7)}'`)}` },
  {
    what: '$filter: servicePrincipalNames/any',
    path: ({ application }) =>
      `/servicePrincipals${filter(`servicePrincipalNames/any(n:n eq '${application.appId}')`)}`,
  },
  { what: 'the first page of users', path: () => '/users?$top=10' },
  { what: 'the next page of users', path: ({ page }) => page },
  { what: '$orderby=displayName', path: () => '/users?$top=10&$orderby=displayName' },
]

/**
 * @param {{ rounds: number, progress: (text: string) => void }} options
 */
export async function measureDirectory({ rounds, progress }) {
  const where = placement()
  const warnings = [...where.warnings]
  /** @type {import('../figures.mjs').Row[]} */
  const rows = []
  const details = []
  for (const engine of /** @type {const} */ (['SQLite', 'PostgreSQL'])) {
    const measured = await measureEngine(engine, where, rounds, progress)
    if (!measured) {
      warnings.push('PostgreSQL is not installed: only SQLite was measured.')
      continue
    }
    rows.push(...measured.flatMap(rowsOf(engine)))
    details.push({ engine, measured })
  }
  return { rows, warnings, details }
}

/** @typedef {{ what: string, isToken: boolean, ratios: number[] }} Curve one ratio for each step */

/** @param {string} engine */
function rowsOf(engine) {
  return (/** @type {Curve} */ { what, isToken, ratios }) => {
    const users = (/** @type {number} */ step) => (full.users * (steps[step] ?? 1)).toLocaleString('en')
    const last = ratios.length - 1
    const bound = {
      measure: `${engine}: ${what}, of ${users(last)} users`,
      value: ratios[last] ?? Number.NaN,
      unit: 'x',
      budget: { atMost: isToken ? mostForTokens : mostForLists },
      byTheClock: true,
    }
    const curve = ratios.slice(0, -1).map((value, step) => ({ measure: `  of ${users(step)}`, value, unit: 'x' }))
    return [bound, ...curve.reverse()]
  }
}

/**
 * @param {'SQLite' | 'PostgreSQL'} engine
 * @param {import('../processors.mjs').Placement} where
 * @param {number} rounds
 * @param {(text: string) => void} progress
 * @returns {Promise<Curve[] | undefined>}
 */
async function measureEngine(engine, where, rounds, progress) {
  /** @type {(() => unknown)[]} */
  const cleanUp = []
  try {
    const postgres = engine === 'PostgreSQL' ? await startPostgres() : undefined
    if (engine === 'PostgreSQL' && !postgres) return undefined
    if (postgres) cleanUp.push(postgres.stop)
    const [small, large] = [
      await openTenant(where, 'small', postgres?.url, cleanUp),
      await openTenant(where, 'large', postgres?.url, cleanUp),
    ]
    await grow(small, { users: few, groups: few, applications: few, servicePrincipals: few }, 0)
    const curves = questions.map(({ what, form }) => ({
      what,
      isToken: form === true,
      ratios: /** @type {number[]} */ ([]),
    }))
    let share = 0
    for (const step of steps) {
      progress(`directory: ${engine}, filling to ${step * 100} %`)
      await grow(large, sized(step), share)
      share = step
      for (const [index, question] of questions.entries()) {
        progress(`directory: ${engine} at ${step * 100} %, ${question.what}`)
        curves[index]?.ratios.push(await ratioOf(question, small, large, rounds))
      }
    }
    return curves
  } finally {
    for (const clean of cleanUp.reverse()) await clean()
  }
}

const sized = (/** @type {number} */ share) => ({
  users: full.users * share,
  groups: full.groups * share,
  applications: full.applications * share,
  servicePrincipals: full.servicePrincipals * share,
})

/**
 * @param {import('../processors.mjs').Placement} where
 * @param {string} name
 * @param {string | undefined} postgresUrl
 * @param {(() => unknown)[]} cleanUp
 * @returns {Promise<Tenant>}
 */
async function openTenant(where, name, postgresUrl, cleanUp) {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'doorstep-bench-'))
  cleanUp.push(() => rm(dataDirectory, { recursive: true, force: true }))
  const database = postgresUrl && {
    url: `${postgresUrl}?schema=${name}`,
    masterKey: randomBytes(32).toString('base64'),
  }
  const server = await startLocalCloud(where, {
    processors: where.server,
    dataDirectory,
    ...(database && { database }),
  })
  cleanUp.push(server.stop)
  const filler = postgresUrl ? await postgresFiller(postgresUrl) : sqliteFiller(dataDirectory)
  cleanUp.push(filler.close)
  if (postgresUrl) await filler.run(`set search_path to ${name}`)
  const tokens = await registerApplication(server, { displayName: 'template of applications' })
  const bearer = await oneToken(server.tokenRequest)
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: tokens.ca })
  cleanUp.push(() => agent.destroy())
  return { server, filler, tokens, bearer, agent, templates: await makeTemplates(server, tokens, bearer, filler) }
}

/**
 * @param {import('../servers.mjs').Server} server
 * @param {TokenRequest} tokens
 * @param {string} bearer
 * @param {Filler} filler
 * @returns {Promise<Templates>}
 */
async function makeTemplates({ ready }, { ca, form }, bearer, filler) {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
  const graph = (/** @type {string} */ method, /** @type {string} */ path, body = '') =>
    send(method, `${ready.url}/graph/v1.0${path}`, ca, headers, body)
  const domain = ready.administrator.userPrincipalName.split('@')[1]
  const user = await graph(
    'POST',
    '/users',
    JSON.stringify({
      displayName: 'template of users',
      mailNickname: 'user-template',
      userPrincipalName: `user-template@${domain}`,
      accountEnabled: true,
      passwordProfile: { password: `${randomUUID()}-Aa1` },
    }),
  )
  return {
    users: user,
    groups: await makeGroup(filler, ready.tenantId),
    applications: await graph('GET', `/applications(appId='${form.client_id}')`),
    servicePrincipals: await graph('GET', `/servicePrincipals(appId='${form.client_id}')`),
  }
}

/**
 * @param {Filler} filler
 * @param {string} tenantId
 */
async function makeGroup(filler, tenantId) {
  const [id, displayName] = [randomUUID(), 'template of groups']
  const record = {
    ...{ id, tenantId, displayName, description: null, mailNickname: displayName, mailEnabled: false },
    ...{ securityEnabled: true, groupTypes: [], isAssignableToRole: null, owners: [] },
    createdDateTime: new Date().toISOString(),
  }
  await filler.run(`
    insert into directory_group
      (id, tenant_id, created_at, version, record, display_name, mail_nickname, mail_enabled, security_enabled)
    values ('${id}', '${tenantId}', ${Date.now()}, 1, '${JSON.stringify(record)}', '${displayName}', '${displayName}', 0, 1)`)
  return { id, displayName }
}

/**
 * @param {Tenant} tenant
 * @param {Record<import('./fill.mjs').Kind, number>} sizes
 * @param {number} share of the full size that is there
 */
async function grow({ filler, templates }, sizes, share) {
  for (const kind of /** @type {const} */ (['users', 'groups', 'applications', 'servicePrincipals'])) {
    await addCopies(filler, kind, templates[kind], Math.round(full[kind] * share) + 1, Math.round(sizes[kind]))
  }
  await filler.run('analyze')
}

/**
 * Milliseconds of the same question, one tenant divided by the other, the median of several rounds.
 * @param {Question} question
 * @param {Tenant} small
 * @param {Tenant} large
 * @param {number} rounds
 */
async function ratioOf(question, small, large, rounds) {
  const [askSmall, askLarge] = [await asker(question, small), await asker(question, large)]
  /** @type {number[]} */
  const ratios = []
  for (let round = 0; round < rounds; round += 1) {
    /** @type {[number[], number[]]} */
    const times = [[], []]
    for (let number = 0; number < requestsOfEach; number += 1) {
      times[0].push(await askSmall())
      times[1].push(await askLarge())
    }
    ratios.push(median(times[1]) / median(times[0]))
  }
  return median(ratios)
}

/**
 * @param {Question} question
 * @param {Tenant} tenant
 * @returns {Promise<() => Promise<number>>} sends the question, which must be answered with something
 */
async function asker({ what, path, form }, tenant) {
  const { server, tokens, bearer, agent } = tenant
  if (!path || form) {
    const body = `${new URLSearchParams(tokens.form)}`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return async () => (await timed('POST', tokens.url, agent, headers, body)).milliseconds
  }
  const root = `${server.ready.url}/graph/v1.0`
  const headers = { authorization: `Bearer ${bearer}` }
  const ask = async (/** @type {string} */ asked) => {
    const answer = await timed('GET', `${root}${asked}`, agent, headers)
    return { ...answer, body: JSON.parse(answer.text) }
  }
  const first = async (/** @type {string} */ collection, /** @type {string} */ text) =>
    (await ask(`/${collection}${filter(text)}`)).body.value[0]
  const user = await first('users', `displayName eq '${copyName(7)}'`)
  const application = await first('applications', `displayName eq '${copyName(7)}'`)
  const page = (await ask('/users?$top=10')).body['@odata.nextLink'].slice(root.length)
  const asked = path({ user, application, page })
  const { body } = await ask(asked)
  if (Array.isArray(body.value) && body.value.length === 0) throw new Error(`Nothing was found for '${what}'.`)
  return async () => (await timed('GET', `${root}${asked}`, agent, headers)).milliseconds
}

/**
 * @param {string} method
 * @param {string} url
 * @param {Agent} agent
 * @param {Record<string, string>} headers
 * @param {string} [body]
 * @returns {Promise<{ milliseconds: number, text: string }>}
 */
function timed(method, url, agent, headers, body) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const sent = request(url, { method, agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => {
        const milliseconds = performance.now() - startedAt
        if (response.statusCode === 200) resolve({ milliseconds, text })
        else reject(new Error(`${method} ${url} was answered ${response.statusCode}: ${text}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
