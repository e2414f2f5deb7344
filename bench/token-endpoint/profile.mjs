/**
 * Where the server's main thread spends a token: `npm run bench` says how much, this says in which functions.
 * Prints the share of each source file and function (self time, idle time left out) and keeps the profile.
 *
 * node bench/token-endpoint/profile.mjs [FOLDER for the .cpuprofile]
 */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { placement } from '../processors.mjs'
import { registerApplication, startLocalCloud } from '../servers.mjs'
import { load } from './index.mjs'

const shownRows = 45
const folder = process.argv[2] ? resolve(process.argv[2]) : mkdtempSync(join(tmpdir(), 'doorstep-profile-'))

const where = placement()
const nodeOptions = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=200']
const server = await startLocalCloud(where, { processors: where.server, nodeOptions })
let tokens
try {
  const target = { server, tokenRequest: await registerApplication(server) }
  tokens = await load(where, target, { connections: 16, milliseconds: 8_000 })
} finally {
  await server.stop()
}

/** @type {Map<string, string[]>} */
const bundles = new Map()

/**
 * The source of a line of the bundle: rolldown writes `// path` above each module.
 * @param {string} url
 * @param {number} line
 */
function sourceOf(url, line) {
  if (!url.startsWith('file:')) return url
  const file = fileURLToPath(url)
  if (!bundles.has(file)) bundles.set(file, readFileSync(file, 'utf8').split('\n'))
  const lines = bundles.get(file) ?? []
  for (let above = line; above >= 0; above--) {
    const source = /^\/\/ (\S+\.[cm]?[jt]s)$/.exec(lines[above]?.trim() ?? '')?.[1]
    if (source) return source.replace(/^.*node_modules\//, '')
  }
  return file
}

const [name] = readdirSync(folder).filter((entry) => entry.endsWith('.cpuprofile'))
/** @type {import('node:inspector').Profiler.Profile & { samples: number[], timeDeltas: number[] }} */
const profile = JSON.parse(readFileSync(join(folder, name), 'utf8'))
const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
/** @type {Map<string, number>} */
const functions = new Map()
/** @type {Map<string, number>} */
const files = new Map()
let total = 0
// The start and the registration come first; the load is the last part.
const loadStartsAt = profile.endTime - 8_500_000
let time = profile.startTime
profile.samples.forEach((id, index) => {
  const delta = profile.timeDeltas[index]
  time += delta
  const { functionName = '', url = '', lineNumber = 0 } = nodes.get(id)?.callFrame ?? {}
  if (time < loadStartsAt || ['(idle)', '(root)'].includes(functionName)) return
  const source = sourceOf(url, lineNumber)
  const label = `${functionName || '(anonymous)'}  ${source}:${lineNumber + 1}`
  functions.set(label, (functions.get(label) ?? 0) + delta)
  files.set(source || functionName, (files.get(source || functionName) ?? 0) + delta)
  total += delta
})

const top = (/** @type {Map<string, number>} */ entries) =>
  [...entries]
    .sort((left, right) => right[1] - left[1])
    .slice(0, shownRows)
    .map(([label, spent]) => `${((100 * spent) / total).toFixed(1).padStart(6)} %  ${label}`)
    .join('\n')
process.stdout.write(
  `${tokens.tokensPerSecond.toFixed(0)} tokens/s, ${(total / 1000).toFixed(0)} ms on the main thread\n\n`,
)
process.stdout.write(`By file\n${top(files)}\n\nBy function\n${top(functions)}\n\n${join(folder, name)}\n`)
