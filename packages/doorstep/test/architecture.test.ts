import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { errorReference } from '../../../tools/error-reference.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const source = join(root, 'packages/doorstep/src')

type Permission = 'any' | 'types'
type Rules = Readonly<Record<string, Permission>>

const host: Rules = {
  protocol: 'any',
  directory: 'any',
  rbac: 'any',
  tokens: 'any',
  'hosts/host.ts': 'any',
  '@doorstep/guard': 'any',
}

/**
 * What each room, and each file at the root of src, may import; `types` means `import type` only. Everybody may import
 * types of clock.ts. What does not stand here may not be there: whoever adds a room says what it may import.
 */
const allowed: Readonly<Record<string, Rules>> = {
  directory: {},
  protocol: { directory: 'any' },
  rbac: { directory: 'any' },
  tokens: { protocol: 'any', directory: 'any' },
  secrets: {},
  listener: {},
  interceptor: {},
  stores: { directory: 'any', protocol: 'types', rbac: 'types', tokens: 'types' },
  'hosts/host.ts': {},
  'hosts/control': host,
  'hosts/graph': host,
  'hosts/login': host,
  'hosts/management': host,
  'hosts/portal-api': host,
  seed: {
    directory: 'any',
    rbac: 'any',
    'secrets/secret-keeper.ts': 'any',
    stores: 'types',
    'derived-id.ts': 'any',
    'duration.ts': 'any',
    'first-start.ts': 'any',
    'new-tenant.ts': 'any',
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
    'directory/application.ts': 'types',
    'directory/directory-role.ts': 'any',
    'directory/first-party.ts': 'any',
    'seed/permission-name.ts': 'any',
    'seed/problem.ts': 'any',
    '@doorstep/client': 'any',
    '@doorstep/guard': 'any',
  },

  'clock.ts': {},
  'config.ts': {},
  'data-folder.ts': {},
  'derived-id.ts': {},
  'duration.ts': {},
  'fault-log.ts': {},
  'follow-changes.ts': {},
  'version.ts': {},
  'certificates.ts': { 'data-folder.ts': 'types', interceptor: 'any' },
  'change-settings.ts': { directory: 'any' },
  'cloud-identity.ts': {
    directory: 'any',
    secrets: 'types',
    stores: 'types',
    'change-settings.ts': 'any',
    'config.ts': 'types',
    'data-folder.ts': 'any',
    'derived-id.ts': 'any',
    'first-start.ts': 'any',
    'seed.ts': 'any',
    'version.ts': 'any',
  },
  'dispatch.ts': { 'hosts/host.ts': 'types', 'interceptor/host-map.ts': 'any', listener: 'any' },
  'first-start.ts': {
    directory: 'any',
    rbac: 'any',
    stores: 'types',
    'data-folder.ts': 'types',
    'derived-id.ts': 'any',
    'new-tenant.ts': 'any',
  },
  'new-tenant.ts': { directory: 'any' },
  'run-doors.ts': { hosts: 'types', interceptor: 'any', listener: 'types' },
  'seed.ts': { directory: 'any', seed: 'any' },
  'kept.ts': {
    secrets: 'any',
    stores: 'any',
    tokens: 'any',
    'certificates.ts': 'any',
    'clock.ts': 'any',
    'cloud-identity.ts': 'types',
    'config.ts': 'types',
    'data-folder.ts': 'any',
    'fault-log.ts': 'any',
    'follow-changes.ts': 'any',
  },
  'rooms.ts': {
    directory: 'any',
    hosts: 'any',
    tokens: 'any',
    'change-settings.ts': 'any',
    'cloud-identity.ts': 'any',
    'config.ts': 'types',
    'dispatch.ts': 'types',
    'fault-log.ts': 'any',
    'kept.ts': 'types',
    'run-doors.ts': 'types',
    'seed.ts': 'types',
    'version.ts': 'any',
    '@doorstep/guard': 'any',
  },
  'server.ts': {
    'hosts/host.ts': 'types',
    listener: 'any',
    interceptor: 'any',
    'cloud-identity.ts': 'any',
    'config.ts': 'types',
    'data-folder.ts': 'types',
    'dispatch.ts': 'any',
    'fault-log.ts': 'any',
    'follow-changes.ts': 'any',
    'kept.ts': 'any',
    'rooms.ts': 'any',
    'run-doors.ts': 'any',
    'seed.ts': 'types',
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
  const rules = allowed[from] ?? {}
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

  it('stand in the table, each of them, and the table names no other', () => {
    expect([...new Set(files.map(roomOf))].sort()).toEqual(Object.keys(allowed).sort())
  })

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
    expect(complaint('hosts/graph/call.ts', { target: '../../stores/stores.ts', typesOnly: true })).toBeDefined()
    expect(complaint('clock.ts', { target: './server.ts', typesOnly: true })).toBeDefined()
    expect(complaint('first-start.ts', { target: './stores/open.ts', typesOnly: false })).toBeDefined()
    expect(complaint('seed/plan.ts', { target: '../hosts/host.ts', typesOnly: true })).toBeDefined()
    expect(complaint('new-room/file.ts', { target: '../directory/user.ts', typesOnly: true })).toBeDefined()
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

  it('CONTRIBUTING.md sends a new host to the file that makes the hosts', () => {
    const [, file = ''] = /one folder in `hosts\/` and one entry in `([\w.-]+)`/.exec(read('CONTRIBUTING.md')) ?? []
    const targets = importsOf(join(source, file)).map(({ target }) => target)
    for (const host of readdirSync(join(source, 'hosts'), { withFileTypes: true })) {
      if (host.isDirectory()) expect(targets).toContain(`./hosts/${host.name}/index.ts`)
    }
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
