/**
 * Measures Doorstep against its budgets, as ratios within one run.
 *
 * npm run bench [-- token-endpoint|user-tokens|start|client|directory]… [--rounds N] [--json]
 */
import { cpus, release } from 'node:os'
import { parseArgs } from 'node:util'
import { measureClient } from './client/index.mjs'
import { measureDirectory } from './directory/index.mjs'
import { isMet, table } from './figures.mjs'
import { measureStart } from './start/index.mjs'
import { measureTokenEndpoint } from './token-endpoint/index.mjs'
import { measureUserTokens } from './user-tokens/index.mjs'

/**
 * @typedef {{ rows: import('./figures.mjs').Row[], warnings: string[], details: unknown }} Measured
 * @type {Record<string, (options: { rounds: number, progress: (text: string) => void }) => Promise<Measured>>}
 */
const benches = {
  'token-endpoint': measureTokenEndpoint,
  'user-tokens': measureUserTokens,
  start: measureStart,
  client: measureClient,
  directory: measureDirectory,
}
const usage = `Usage: npm run bench [-- ${Object.keys(benches).join('|')} ...] [--rounds N] [--json]`

/** @returns {{ chosen: string[], rounds: number, json: boolean }} */
function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
    })
    const unknown = positionals.find((name) => !(name in benches))
    if (unknown !== undefined) throw new Error(`There is no bench '${unknown}'.`)
    const rounds = Number(values.rounds)
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number of at least 1.')
    return { chosen: positionals.length ? positionals : Object.keys(benches), rounds, json: values.json }
  } catch (error) {
    process.stderr.write(`${/** @type {Error} */ (error).message}\n${usage}\n`)
    process.exit(2)
  }
}

const { chosen, rounds, json } = readArguments()
const progress = (/** @type {string} */ text) => {
  if (process.stderr.isTTY) process.stderr.write(`\x1b[2K\r${text}`)
}
const [{ model }] = cpus()
const machine = {
  processor: model,
  processors: cpus().length,
  kernel: release(),
  node: process.version,
  openssl: process.versions.openssl,
}

/** @param {string} name */
async function run(name) {
  const { rows, warnings, details } = await benches[name]({ rounds, progress })
  progress('')
  if (!json) process.stdout.write(`${name}, medians of ${rounds} rounds or more\n\n${table(rows)}\n`)
  for (const warning of warnings) process.stderr.write(`! ${warning}\n`)
  if (!json) process.stdout.write('\n')
  return { bench: name, rows: rows.map((row) => ({ ...row, met: isMet(row) })), warnings, details }
}

// An exit ends the servers; a signal alone would leave them.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => process.exit(130))
try {
  const results = []
  for (const name of chosen) results.push(await run(name))
  if (json) process.stdout.write(`${JSON.stringify({ machine, rounds, results }, undefined, 2)}\n`)
  if (results.some(({ rows }) => rows.some(({ met }) => met === false))) process.exitCode = 1
} catch (error) {
  process.stderr.write(`\n${/** @type {Error} */ (error).message}\n`)
  process.exit(1)
}
