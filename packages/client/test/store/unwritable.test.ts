import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTokenServer, type TokenServer } from '../support/token-server.ts'
import { type Outcome, startProgram } from './program.ts'

/** Root may write everywhere, so as root the programs run as users that may not. */
const isRoot = process.getuid?.() === 0
const [ADA, BOB] = isRoot ? [65_533, 65_534] : [undefined, undefined]
const own = {
  tenantId: 'contoso.example',
  clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
  clientSecret: 'not-a-real-secret',
}

let server: TokenServer
let parent: string
let directory: string

beforeEach(async () => {
  server = await startTokenServer()
  parent = await mkdtemp(join(tmpdir(), 'doorstep-'))
  directory = join(parent, 'store')
  if (ADA !== undefined) await chown(parent, ADA, ADA)
  await chmod(parent, 0o755)
})
afterEach(async () => {
  await server.close()
  await chmod(parent, 0o700)
  await chmod(directory, 0o700).catch(() => undefined)
  await rm(parent, { recursive: true, force: true })
})

function getToken(userId: number | undefined = ADA): Promise<Outcome> {
  const { authorityHost, certificate: ca } = server
  const scope = 'https://graph.microsoft.com/.default'
  const user = userId === undefined ? {} : { userId }
  const program = startProgram({ directory, authorityHost, ca, scope, ...own, ...user })
  program.ask()
  return program.outcome
}
const kinds = ({ notices }: Outcome) => notices?.map(({ kind }) => kind)

describe.skipIf(process.platform === 'win32')('a folder that cannot be written', () => {
  it('still gives the token that it has', async () => {
    const first = await getToken()
    await chmod(directory, 0o500)
    const second = await getToken()
    expect(second.token).toBe(first.token)
    expect(kinds(second)).toEqual([])
    expect(server.requests).toHaveLength(1)
  })

  it('withholds no new token: it is kept in memory, and that is said', async () => {
    await getToken()
    await rm(join(directory, 'tokens'))
    await chmod(directory, 0o500)
    const outcome = await getToken()
    expect(outcome.token).toMatch(/^token-/)
    expect(kinds(outcome)).toEqual(['notSaved'])
    expect(outcome.notices?.[0]?.message).toContain('permission is denied')
    expect((await readdir(directory)).sort()).toEqual(['key', 'leases'])
  })

  it('with no key in it yet means memory alone', async () => {
    await mkdir(directory, { mode: 0o500 })
    if (ADA !== undefined) await chown(directory, ADA, ADA)
    const outcome = await getToken()
    expect(outcome).toMatchObject({ token: expect.stringMatching(/^token-/), keyPlace: 'memory' })
    expect(kinds(outcome)).toEqual(['inMemory'])
    expect(outcome.keyPlaceReason).toContain(join(directory, 'key'))
    expect(await readdir(directory)).toEqual([])
  })

  it('and cannot be made either means memory alone', async () => {
    await chmod(parent, 0o555)
    const outcome = await getToken()
    expect(outcome).toMatchObject({ token: expect.stringMatching(/^token-/), keyPlace: 'memory' })
    expect(outcome.keyPlaceReason).toBe(`The folder ${directory} cannot be used: permission is denied.`)
  })
})

describe.skipIf(!isRoot)('another user', () => {
  it('cannot use the store, and is told whose fault it is', async () => {
    await getToken(ADA)
    const outcome = await getToken(BOB)
    expect(outcome).toMatchObject({ option: 'directory', refused: expect.stringContaining('belongs to another user') })
    expect(server.requests).toHaveLength(1)
  })

  it('may not have prepared the folder', async () => {
    await mkdir(directory)
    await chown(directory, BOB ?? 0, BOB ?? 0)
    await chmod(directory, 0o777)
    expect(await getToken(ADA)).toMatchObject({ option: 'directory' })
    expect(await readdir(directory)).toEqual([])
  })

  it('cannot read the files of the first, whose store nobody else owns', async () => {
    await getToken(ADA)
    for (const name of ['.', 'key', 'tokens', 'leases']) {
      const { uid, mode } = await stat(join(directory, name))
      expect([name, uid, mode & 0o077]).toEqual([name, ADA, 0])
    }
  })
})

describe.runIf(process.platform === 'linux')('a folder below one that takes no entries', () => {
  it.each<[string, { directory?: string; environment: Record<string, string> }]>([
    ['named', { directory: '/proc/x', environment: {} }],
    ['from XDG_DATA_HOME', { environment: { XDG_DATA_HOME: '/proc/x', DOORSTEP_CLIENT_STORE: '' } }],
  ])('leaves the tokens in memory, says why, and ends: %s', async (_, { environment, ...place }) => {
    const { authorityHost, certificate: ca } = server
    const options = { authorityHost, ca, scope: 'https://graph.microsoft.com/.default', ...own }
    const program = startProgram({ ...options, ...place }, { environment })
    program.ask()
    const { token, keyPlace, keyPlaceReason } = await program.outcome
    expect(token).toMatch(/^token-/)
    expect(keyPlace).toBe('memory')
    expect(keyPlaceReason).toContain('/proc/x')
  })
})
