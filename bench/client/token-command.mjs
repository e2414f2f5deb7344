/** What `doorstep token` costs when the token is kept, beside a Node that does nothing. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from '../figures.mjs'
import { placement } from '../processors.mjs'
import { startLocalCloud } from '../servers.mjs'

const doorstep = fileURLToPath(new URL('../../packages/doorstep/bin/doorstep.cjs', import.meta.url))
/** What would lead the command elsewhere, or to a keychain. */
const disturbing = /^(AZURE_|DOORSTEP_|NODE_OPTIONS$|DBUS_SESSION_BUS_ADDRESS$|XDG_)/

/**
 * A place with a login whose token is kept, its key in a file; the local cloud that gave it has ended.
 * @param {string} folder
 * @returns {Promise<{ cwd: string, env: NodeJS.ProcessEnv }>}
 */
async function logIn(folder) {
  const own = { DOORSTEP_DATA: join(folder, 'data'), XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  const kept = Object.entries(process.env).filter(([name]) => !disturbing.test(name))
  const place = { cwd: folder, env: { ...Object.fromEntries(kept), ...own } }
  const where = placement()
  const cloud = await startLocalCloud(where, { processors: where.server, dataDirectory: own.DOORSTEP_DATA })
  try {
    const bootstrap = JSON.parse(readFileSync(join(own.DOORSTEP_DATA, 'bootstrap.json'), 'utf8'))
    const { tenantId, clientId, clientSecret } = bootstrap
    const words = ['login', '--tenant', tenantId, '--client-id', clientId, '--client-secret-env', 'BENCH_SECRET']
    timeNode([doorstep, ...words], { ...place, env: { ...place.env, BENCH_SECRET: clientSecret } })
    return place
  } finally {
    await cloud.stop()
  }
}

/**
 * @param {string[]} parameters
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} place
 */
function timeNode(parameters, place) {
  const startedAt = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, { ...place, encoding: 'utf8' })
  const milliseconds = performance.now() - startedAt
  if (status !== 0) throw new Error(`node ${parameters.join(' ')} failed:\n${stderr}`)
  return { milliseconds, stdout }
}

/**
 * @param {{ rounds: number, progress: (text: string) => void }} options
 */
export async function measureTokenCommand({ rounds, progress }) {
  const folder = mkdtempSync(join(tmpdir(), 'doorstep-bench-'))
  try {
    progress('client: a login for doorstep token')
    const place = await logIn(folder)
    const printed = new Set()
    const measured = []
    for (let round = 0; round <= 4 * rounds; round++) {
      progress(`client: doorstep token, ${round} of ${4 * rounds}`)
      const node = timeNode(['-e', '0'], place).milliseconds
      const token = timeNode([doorstep, 'token'], place)
      printed.add(token.stdout)
      if (round > 0) measured.push({ node, ours: token.milliseconds }) // the first one fills the system's caches
    }
    if (printed.size !== 1) throw new Error('doorstep token printed another token than the one that is kept.')
    /** @type {import('../figures.mjs').Row[]} */
    const rows = [
      {
        measure: 'doorstep token from the cache, to `node -e 0`',
        value: median(measured.map(({ node, ours }) => ours / node)),
        unit: 'x',
        budget: { atMost: 1.2 },
        byTheClock: true,
      },
      { measure: '  doorstep token', value: median(measured.map(({ ours }) => ours)), unit: 'ms' },
      { measure: '  `node -e 0`', value: median(measured.map(({ node }) => node)), unit: 'ms' },
    ]
    return { rows, details: measured }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
