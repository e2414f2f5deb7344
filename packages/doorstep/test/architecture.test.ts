import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { errorReference } from '../../../tools/error-reference.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const source = join(root, 'packages/doorstep/src')

type Permission = 'any' | 'types'

/** Which rooms each room may import; `types` means `import type` only. Everybody may import types of clock.ts. */
const allowed: Readonly<Record<string, Readonly<Record<string, Permission>>>> = {
  directory: {},
  protocol: { directory: 'any' },
  rbac: { directory: 'any' },
  tokens: { protocol: 'any', directory: 'any' },
  secrets: {},
  listener: {},
  interceptor: {},
  stores: { directory: 'any', protocol: 'types', rbac: 'types', tokens: 'types', hosts: 'types' },
  hosts: {
    protocol: 'any',
    directory: 'any',
    rbac: 'any',
    tokens: 'any',
    'hosts/host.ts': 'any',
    '@doorstep/guard': 'any',
  },
  cli: {
    'server.ts': 'any',
    'config.ts': 'any',
    'seed.ts': 'any',
    'data-folder.ts': 'any',
    'duration.ts': 'any',
    'version.ts': 'any',
    interceptor: 'any',
    'protocol/errors.ts': 'any',
    '@doorstep/client': 'any',
    '@doorstep/guard': 'any',
  },
}
/** Rooms of pure rules: no clock, no randomness, no files. Hashes of node:crypto are as pure as the rules. */
const nodeModulesOf: Readonly<Record<string, readonly string[]>> = {
  directory: [],
  protocol: ['node:crypto'],
  rbac: ['node:crypto'],
}

const statement =
  /^(?:import|export)\s(type\s)?[^'"]*?from\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/gm

interface Import {
  readonly target: string
  readonly typesOnly: boolean
}

function importsOf(file: string): Import[] {
  return [...readFileSync(file, 'utf8').matchAll(statement)].map(([, type, named, bare, lazy]) => ({
    target: named ?? bare ?? lazy ?? '',
    typesOnly: type !== undefined,
  }))
}

/** `hosts/login`, `protocol`, `server.ts`: the place a file of src belongs to. */
function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/')
  return first === 'hosts' ? `hosts/${second}` : first
}

function permissionFor(from: string, target: string): Permission | undefined {
  const rules = allowed[from.split('/')[0] ?? '']
  if (!rules) return 'any'
  const room = roomOf(target)
  return rules[target] ?? rules[room] ?? (room.startsWith('hosts/') ? rules.hosts : undefined)
}

/** What is wrong with one import, as a sentence; undefined when nothing is. */
function complaint(file: string, { target, typesOnly }: Import): string | undefined {
  const from = roomOf(file)
  if (target.startsWith('node:')) {
    const permitted = nodeModulesOf[from]
    return permitted && !permitted.includes(target) ? `${from} is pure and may not import ${target}` : undefined
  }
  if (!target.startsWith('.') && !target.startsWith('@doorstep/')) return undefined
  const to = target.startsWith('.') ? posix.join(posix.dirname(file), target) : target
  if (roomOf(to) === from || (to === 'clock.ts' && typesOnly)) return undefined
  const permission = permissionFor(from, to)
  if (!permission) return `${from} may not import ${to}`
  return permission === 'types' && !typesOnly ? `${from} may import only types of ${to}` : undefined
}

describe('rooms', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('/contract/'))

  it('import only what the table allows', () => {
    const complaints = files.flatMap((file) =>
      importsOf(join(source, file)).flatMap((found) => complaint(file, found) ?? []),
    )
    expect(complaints).toEqual([])
  })

  it('are refused what the table forbids', () => {
    expect(complaint('protocol/scopes.ts', { target: '../stores/open.ts', typesOnly: false })).toBeDefined()
    expect(complaint('directory/user.ts', { target: 'node:fs', typesOnly: false })).toBeDefined()
    expect(complaint('hosts/login/token.ts', { target: '../graph/index.ts', typesOnly: false })).toBeDefined()
    expect(complaint('stores/users.ts', { target: '../protocol/errors.ts', typesOnly: false })).toBeDefined()
    expect(complaint('cli/main.ts', { target: '../stores/open.ts', typesOnly: false })).toBeDefined()
  })

  it('keep the command line out of the local cloud', () => {
    const importers = files.filter(
      (file) =>
        roomOf(file) !== 'cli' && importsOf(join(source, file)).some(({ target }) => /(^|\/)cli\//.test(target)),
    )
    expect(importers).toEqual([])
  })
})

describe('the published libraries', () => {
  it.each(['client', 'guard'])('%s imports nothing of ours', (name) => {
    const folder = join(root, 'packages', name, 'src')
    const outside = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) =>
        importsOf(join(folder, path))
          .map(({ target }) => target)
          .filter((target) =>
            target.startsWith('.')
              ? relative(folder, join(folder, dirname(path), target)).startsWith('..')
              : target.startsWith('@doorstep/'),
          ),
      )
    expect(outside).toEqual([])
  })
})

describe('docs', () => {
  const read = (path: string) => readFileSync(join(root, path), 'utf8')

  it('docs/errors.md is what the catalogue says (npm run docs writes it)', () => {
    expect(read('docs/errors.md')).toBe(errorReference())
  })

  it('docs/architecture.md names only files that exist', () => {
    const named = [...read('docs/architecture.md').matchAll(/`((?:[\w-]+\/)+[\w.-]+\.(?:ts|cjs|mjs))`/g)].map(
      ([, path = '']) => path,
    )
    expect(named.length).toBeGreaterThan(10)
    const missing = named.filter((path) => !existsSync(join(source, path)) && !existsSync(join(root, path)))
    expect(missing).toEqual([])
  })

  it('docs/parity.md: every row that works names a witness that exists', () => {
    const rows = read('docs/parity.md')
      .split('\n')
      .filter((line) => line.startsWith('|') && !/^\|(---| feature )/.test(line))
      .map((line) => line.split('|').map((cell) => cell.trim()))
    expect(rows.length).toBeGreaterThan(10)
    const wrong = rows.flatMap(([, feature = '', state = '', witnesses = '']) => {
      const files = [...witnesses.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path)
      if (state !== 'yes' && state !== 'part' && state !== 'no') return [`${feature}: state '${state}'`]
      if (state !== 'no' && files.length === 0) return [`${feature}: no witness`]
      return files.filter((path) => !existsSync(join(root, path))).map((path) => `${feature}: ${path}`)
    })
    expect(wrong).toEqual([])
  })
})
