import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTokenServer, type TokenServer } from '../support/token-server.ts'
import { type Outcome, startProgram } from './program.ts'

/**
 * What the addon `@napi-rs/keyring` gives, over a file: programs of these tests find it in their own node_modules, as
 * no build machine has a keychain. KEYCHAIN says how it behaves.
 */
const keyringModule = `
const { readFileSync, writeFileSync, existsSync } = require('node:fs')
const file = process.env.KEYCHAIN_FILE
const entries = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})
exports.AsyncEntry = class AsyncEntry {
  constructor(service, account, options) {
    if (process.env.KEYCHAIN === 'absent') throw new Error('no secret service')
    if (options?.linux?.store !== 'secret-service') throw new Error('not pinned')
    this.name = service + '|' + account
  }
  async getPassword() {
    if (process.env.KEYCHAIN === 'locked') throw new Error('it is locked')
    if (process.env.KEYCHAIN === 'silent') await new Promise(() => {})
    return entries()[this.name] ?? null
  }
  async setPassword(text) {
    if (process.env.KEYCHAIN === 'forgetful') return
    writeFileSync(file, JSON.stringify({ ...entries(), [this.name]: text }))
  }
}
`
const packageFolder = fileURLToPath(new URL('../../', import.meta.url))
const own = {
  tenantId: 'contoso.example',
  clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
  clientSecret: 'not-a-real-secret',
}

let server: TokenServer
let parent: string
let directory: string
let keychainFile: string

beforeEach(async () => {
  server = await startTokenServer()
  parent = await mkdtemp(join(tmpdir(), 'doorstep-'))
  directory = join(parent, 'store')
  keychainFile = join(parent, 'keychain.json')
  const programs = join(parent, 'client', 'test', 'store', 'programs')
  await cp(join(packageFolder, 'dist'), join(parent, 'client', 'dist'), { recursive: true })
  await cp(join(packageFolder, 'test', 'store', 'programs'), programs, { recursive: true })
  await writeFile(join(parent, 'client', 'package.json'), '{"type":"module"}')
})
afterEach(async () => {
  await server.close()
  await rm(parent, { recursive: true, force: true })
})

async function installKeyring(): Promise<void> {
  const keyring = join(parent, 'client', 'node_modules', '@napi-rs', 'keyring')
  await mkdir(keyring, { recursive: true })
  await writeFile(join(keyring, 'package.json'), '{"main":"index.js"}')
  await writeFile(join(keyring, 'index.js'), keyringModule)
}

const sessionBus = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' }

async function getToken(environment: Record<string, string> = {}): Promise<Outcome> {
  const { authorityHost, certificate: ca } = server
  const scope = 'https://graph.microsoft.com/.default'
  const started = startProgram(
    { directory, authorityHost, ca, scope, ...own },
    {
      program: join(parent, 'client', 'test', 'store', 'programs', 'get-token.mjs'),
      environment: { KEYCHAIN_FILE: keychainFile, KEYCHAIN: 'present', ...sessionBus, ...environment },
    },
  )
  started.ask()
  return started.outcome
}
const files = async () => (await readdir(directory)).filter((name) => name !== 'leases').sort()

describe('with a keychain', () => {
  beforeEach(installKeyring)

  it('the key is there and nowhere else, and all processes find it', async () => {
    const many = await Promise.all(Array.from({ length: 6 }, () => getToken()))
    for (const outcome of many) {
      expect(outcome).toMatchObject({
        keyPlace: 'keychain',
        keyPlaceReason: 'The keychain holds the key.',
        notices: [],
      })
    }
    expect(new Set(many.map(({ token }) => token)).size).toBe(1)
    expect(server.requests).toHaveLength(1)
    expect(await files()).toEqual(['tokens-keychain'])
    const [key] = Object.values<string>(JSON.parse(await readFile(keychainFile, 'utf8')))
    expect(Buffer.from(key ?? '', 'base64')).toHaveLength(32)
  })

  it('that lost the key: the file is set aside, and a new key made', async () => {
    await getToken()
    await rm(keychainFile)
    const outcome = await getToken()
    expect(outcome).toMatchObject({ keyPlace: 'keychain', notices: [{ kind: 'setAside' }] })
    expect(await files()).toEqual(['tokens-keychain', expect.stringMatching(/^tokens-keychain\.corrupt-/)])
    expect(server.requests).toHaveLength(2)
  })

  it.each([
    ['absent', 'no secret service'],
    ['locked', 'it is locked'],
    ['silent', 'no answer within 5 s'],
    ['forgetful', 'does not give back'],
  ])('that is %s: a key file takes its place, and that is said', async (behaviour, reason) => {
    const outcome = await getToken({ KEYCHAIN: behaviour })
    expect(outcome).toMatchObject({ keyPlace: 'keyFile', keyPlaceReason: expect.stringContaining(reason), notices: [] })
    expect(outcome.keyPlaceReason).toContain(join(directory, 'key'))
    expect(await files()).toEqual(['key', 'tokens'])
  })

  it('a session without it has a store of its own, and disturbs the other’s in nothing', async () => {
    const first = await getToken()
    await getToken({ KEYCHAIN: 'locked' })
    expect(await files()).toEqual(['key', 'tokens', 'tokens-keychain'])
    expect((await getToken()).token).toBe(first.token)
    expect(server.requests).toHaveLength(2)
  })
})

describe('without a keychain', () => {
  it('because the optional package is not installed, the key lies in a file', async () => {
    expect(await getToken()).toMatchObject({
      keyPlace: 'keyFile',
      keyPlaceReason: `@napi-rs/keyring is not installed, so the key lies in ${join(directory, 'key')}.`,
    })
  })

  it.skipIf(process.platform !== 'linux')(
    'because Linux has no session bus, the package is not even loaded',
    async () => {
      await installKeyring()
      const outcome = await getToken({ DBUS_SESSION_BUS_ADDRESS: '', XDG_RUNTIME_DIR: parent })
      expect(outcome.keyPlaceReason).toMatch(/^There is no D-Bus session/)
    },
  )
})
