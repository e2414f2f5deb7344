import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FileStoreOptions, fileStore, type SignIn, type StoreNotice, signInKey } from '../../src/index.ts'
import { readStoreFile, writeStoreFile } from './store-file.ts'

const HOUR = 3600_000

let parent: string
let directory: string
let notices: StoreNotice[]

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'doorstep-'))
  directory = join(parent, 'store')
  notices = []
})
afterEach(() => rm(parent, { recursive: true, force: true }))

const open = (options: FileStoreOptions = {}) =>
  fileStore({ directory, keychain: 'off', onNotice: (notice) => notices.push(notice), ...options })
const token = (text: string, life = HOUR) => ({ token: text, expiresOnTimestamp: Date.now() + life })
const signIn: SignIn = {
  authorityHost: 'https://login.microsoftonline.com',
  tenantId: 'contoso.example',
  clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
  homeAccountId: 'ada.contoso',
  username: 'ada@contoso.example',
  refreshToken: 'not-a-real-refresh-token',
  version: 'v2.0',
  issuedAt: 1_700_000_000_000,
}
const mode = async (path: string) => (await stat(path)).mode & 0o777
const asideIn = async () => (await readdir(directory)).filter((name) => name.includes('.corrupt-'))

describe('a file store', () => {
  it('forgets tokens and sign-in of the partitions that are meant, in the file too', async () => {
    const key = (partition: string) => JSON.stringify([partition, 'scope'])
    const store = await open()
    for (const partition of ['one', 'other']) {
      await store.tokens.set(key(partition), token(partition))
      await store.signIns.set(partition, signIn)
    }
    await store.forget((partition) => partition === 'one')
    const { content } = await readStoreFile(directory)
    expect(Object.keys(content.tokens)).toEqual([key('other')])
    expect(Object.keys(content.signIns)).toEqual(['other'])
    expect(await store.tokens.get(key('one'))).toBeUndefined()
    expect(await store.signIns.get('one')).toBeUndefined()
  })

  it('gives another process what it was given', async () => {
    const [one, other] = [await open(), await open()]
    const kept = { ...token('a'), refreshAfterTimestamp: Date.now() + 1000, tokenType: 'Bearer' as const }
    await one.tokens.set('key', kept)
    expect(await other.tokens.get('key')).toEqual(kept)
    await other.tokens.set('key', token('b'))
    expect((await one.tokens.get('key'))?.token).toBe('b')
    expect(await one.tokens.get('another')).toBeUndefined()
    expect(notices).toEqual([])
  })

  it('keeps sign-ins, lists them and forgets them', async () => {
    const [one, other] = [await open(), await open()]
    const key = signInKey(signIn)
    await one.signIns.set(key, signIn)
    expect(await other.signIns.get(key)).toEqual(signIn)
    await other.signIns.set('second', { ...signIn, clientId: 'second' })
    expect(await one.signIns.list()).toEqual([signIn, { ...signIn, clientId: 'second' }])
    await other.signIns.delete(key)
    expect(await one.signIns.get(key)).toBeUndefined()
    expect(await one.signIns.list()).toHaveLength(1)
  })

  it('gives nobody the access tokens of the person before, after a sign-out or as somebody else', async () => {
    const [one, other] = [await open(), await open()]
    await one.signIns.set('me', signIn)
    await one.tokens.set('key', token('of ada'))
    await other.signIns.set('me', { ...signIn, refreshToken: 'rotated' })
    expect((await one.tokens.get('key'))?.token).toBe('of ada')
    await other.signIns.set('me', { ...signIn, homeAccountId: 'bob.contoso' })
    expect(await one.tokens.get('key')).toBeUndefined()
    await one.tokens.set('key', token('of bob'))
    await other.signIns.delete('me')
    expect(await one.tokens.get('key')).toBeUndefined()
    expect(await other.tokens.get('key')).toBeUndefined()
  })

  it('forgets the access tokens of one partition alone with a sign-in whose partition is named', async () => {
    const [one, other] = [await open(), await open()]
    const [ofAda, ofAdam] = [JSON.stringify(['ada', 'scope']), JSON.stringify(['adam', 'scope'])]
    await one.signIns.set('me', signIn)
    await one.tokens.set(ofAda, token('of ada'))
    await one.tokens.set(ofAdam, token('of adam'))
    await other.signIns.delete('me', 'ada')
    expect(await one.tokens.get(ofAda)).toBeUndefined()
    expect((await one.tokens.get(ofAdam))?.token).toBe('of adam')
    expect((await (await open()).tokens.get(ofAdam))?.token).toBe('of adam')
  })

  it('names itself by its file, so that tokens of its sign-ins are shared by processes', async () => {
    const [one, other] = [await open(), await open()]
    expect(one.signIns.cachePartition).toContain(one.path)
    expect(other.signIns.cachePartition).toBe(one.signIns.cachePartition)
  })

  it('forgets all access tokens when told so, and no sign-in', async () => {
    const [one, other] = [await open(), await open()]
    await one.tokens.set('key', token('a'))
    await one.signIns.set('me', signIn)
    await other.deleteTokens()
    expect(await one.tokens.get('key')).toBeUndefined()
    expect(await one.signIns.get('me')).toEqual(signIn)
  })

  it('loses no change of several that write at once', async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => open()))
    const keys = Array.from({ length: 50 }, (_, index) => `key-${index}`)
    await Promise.all(keys.map((key, index) => stores[index % 5]?.tokens.set(key, token(key))))
    const reader = await open()
    for (const key of keys) expect((await reader.tokens.get(key))?.token).toBe(key)
    expect((await readdir(directory)).sort()).toEqual(['key', 'tokens'])
  })

  it('takes any text as a key', async () => {
    const store = await open()
    for (const key of ['__proto__', 'constructor', '', '["a","b\\n"]', 'ключ']) {
      await store.tokens.set(key, token(`of ${key}`))
      await store.signIns.set(key, { ...signIn, username: key })
    }
    const other = await open()
    expect((await other.tokens.get('__proto__'))?.token).toBe('of __proto__')
    expect((await other.signIns.get('__proto__'))?.username).toBe('__proto__')
    expect((await other.tokens.get('ключ'))?.token).toBe('of ключ')
    expect(await other.tokens.get('toString')).toBeUndefined()
  })

  it('drops tokens that have expired, and above its bound those that expire soonest', async () => {
    let ahead = 0
    const store = await open({ maximumEntries: 3, now: () => Date.now() + ahead })
    await store.tokens.set('short', token('short', HOUR))
    await store.tokens.set('long', token('long', 5 * HOUR))
    ahead = 2 * HOUR
    expect(await store.tokens.get('short')).toBeUndefined()
    for (const hours of [3, 4, 6]) await store.tokens.set(`${hours}`, token(`${hours}`, hours * HOUR))
    expect(Object.keys((await readStoreFile(directory)).content.tokens).sort()).toEqual(['4', '6', 'long'])
  })

  it.each<[string, object, string]>([
    ['directory', { directory: '' }, 'name a folder'],
    ['keychain', { keychain: 'on' }, "'auto' or 'off'"],
    ['maximumEntries', { maximumEntries: 0 }, 'whole number above 0'],
  ])('refuses a wrong %s', async (option, wrong, message) => {
    await expect(open(wrong)).rejects.toMatchObject({ option, message: expect.stringContaining(message) })
  })
})

describe('the file', () => {
  it('is encrypted, with the key beside it where there is no keychain, and says so', async () => {
    const store = await open()
    await store.tokens.set('secret-key', token('secret-token'))
    await store.signIns.set('me', signIn)
    expect(store.path).toBe(join(directory, 'tokens'))
    expect(store.keyPlace).toBe('keyFile')
    expect(store.keyPlaceReason).toContain("keychain: 'off'")
    expect(store.keyPlaceReason).toContain(join(directory, 'key'))
    const text = await readFile(store.path, 'utf8')
    for (const secret of ['secret-key', 'secret-token', signIn.refreshToken, signIn.username]) {
      expect(text).not.toContain(secret)
    }
    expect((await readStoreFile(directory)).content.tokens['secret-key']?.token).toBe('secret-token')
  })

  it.skipIf(process.platform === 'win32')('and its folder and key are the owner’s alone', async () => {
    const store = await open()
    await store.tokens.set('key', token('a'))
    expect(await mode(directory)).toBe(0o700)
    expect(await mode(store.path)).toBe(0o600)
    expect(await mode(join(directory, 'key'))).toBe(0o600)
    await store.tokens.exclusively?.(
      'key',
      async () => token('b'),
      async () => undefined,
    )
    expect(await mode(join(directory, 'leases'))).toBe(0o700)
  })

  it.skipIf(process.platform === 'win32')('is closed to others when they were let in', async () => {
    await (await open()).tokens.set('key', token('a'))
    await chmod(directory, 0o755)
    await chmod(join(directory, 'key'), 0o644)
    const store = await open()
    expect((await store.tokens.get('key'))?.token).toBe('a')
    expect(await mode(directory)).toBe(0o700)
    expect(await mode(join(directory, 'key'))).toBe(0o600)
    expect(notices).toMatchObject([{ kind: 'keyExposed', path: join(directory, 'key') }])
  })

  it.skipIf(process.platform === 'win32')('does not go where others may write', async () => {
    await mkdir(directory)
    await writeFile(join(directory, 'something else'), '')
    await chmod(directory, 0o777)
    await expect(open()).rejects.toMatchObject({ option: 'directory', message: expect.stringContaining('chmod 700') })
  })

  it('keeps what a newer release wrote beside and into its entries', async () => {
    const store = await open()
    await store.tokens.set('key', token('a'))
    await store.signIns.set('me', signIn)
    const file = await readStoreFile(directory)
    Object.assign(file.envelope, { padding: 'later' })
    Object.assign(file.content, { devices: { phone: 1 } })
    Object.assign(file.content.tokens.key ?? {}, { binding: 'tls' })
    Object.assign(file.content.signIns.me ?? {}, { families: ['1'] })
    Object.assign(file.content.tokens, { odd: { kind: 'not yet known' } })
    await writeStoreFile(directory, file)
    expect((await store.tokens.get('key'))?.token).toBe('a')
    await store.tokens.set('another', token('b'))
    await store.signIns.set('me', { ...signIn, refreshToken: 'next' })
    const after = await readStoreFile(directory)
    expect(after.envelope).toMatchObject({ padding: 'later', version: 1 })
    expect(after.content).toMatchObject({
      devices: { phone: 1 },
      tokens: { key: { token: 'a', binding: 'tls' }, another: { token: 'b' }, odd: { kind: 'not yet known' } },
      signIns: { me: { families: ['1'], refreshToken: 'next' } },
    })
    await store.signIns.set('me', { ...signIn, homeAccountId: 'bob.contoso' })
    expect((await readStoreFile(directory)).content.signIns.me).not.toHaveProperty('families')
    expect(notices).toEqual([])
  })

  it('of a newer format is left as it is, and said so; tokens go on in memory', async () => {
    const store = await open()
    await store.tokens.set('key', token('a'))
    const newer = JSON.stringify({ kind: 'doorstep-tokens', version: 2, anything: true })
    await writeFile(store.path, newer)
    expect(await store.tokens.get('key')).toBeUndefined()
    await store.tokens.set('key', token('b'))
    expect((await store.tokens.get('key'))?.token).toBe('b')
    expect(await readFile(store.path, 'utf8')).toBe(newer)
    expect(await asideIn()).toEqual([])
    expect(notices.map(({ kind }) => kind)).toEqual(['newerFormat', 'notSaved'])
    expect(notices[0]?.message).toContain('format 2')
  })
})

describe('a damaged file', () => {
  const damages: [string, (text: string) => string][] = [
    ['cut off', (text) => text.slice(0, -20)],
    ['empty', () => ''],
    ['of another program', () => '{"accounts":[]}'],
    [
      'changed in one place',
      (text) => text.replace(/"sealed":"(.)/, (_, first) => `"sealed":"${first === 'A' ? 'B' : 'A'}`),
    ],
    ['with a shortened tag', (text) => text.replace(/"tag":"[^"]+"/, '"tag":"AAAA"')],
  ]

  it.each(damages)('(%s) is set aside, whole and named, and a new one begins', async (_, damage) => {
    const store = await open()
    await store.tokens.set('key', token('a'))
    const damaged = damage(await readFile(store.path, 'utf8'))
    await writeFile(store.path, damaged)
    expect(await store.tokens.get('key')).toBeUndefined()
    const [aside] = await asideIn()
    expect(aside).toMatch(/^tokens\.corrupt-\d{8}T\d{9}Z$/)
    const asidePath = join(directory, aside ?? '')
    expect(await readFile(asidePath, 'utf8')).toBe(damaged)
    expect(notices).toMatchObject([
      { kind: 'setAside', path: asidePath, message: expect.stringContaining('cannot be read') },
    ])
    await store.tokens.set('key', token('b'))
    expect((await (await open()).tokens.get('key'))?.token).toBe('b')
    expect(notices).toHaveLength(1)
  })

  it('is set aside by a writer as well, once for several', async () => {
    const stores = await Promise.all([open(), open(), open()])
    await writeFile(join(directory, 'tokens'), 'garbage')
    await Promise.all(stores.map((store, index) => store.tokens.set(`${index}`, token(`${index}`))))
    expect(await asideIn()).toHaveLength(1)
    for (const index of [0, 1, 2]) expect((await stores[0]?.tokens.get(`${index}`))?.token).toBe(`${index}`)
  })

  it('of another key is set aside', async () => {
    await (await open()).tokens.set('key', token('a'))
    await rm(join(directory, 'key'))
    const store = await open()
    expect(await store.tokens.get('key')).toBeUndefined()
    expect(notices).toMatchObject([{ kind: 'setAside', message: expect.stringContaining('another key') }])
  })

  it('of the key is set aside too', async () => {
    await open()
    await writeFile(join(directory, 'key'), 'no key')
    const store = await open()
    await store.tokens.set('key', token('a'))
    expect(await asideIn()).toMatchObject([expect.stringMatching(/^key\.corrupt-/)])
    expect(notices).toMatchObject([{ kind: 'setAside', message: expect.stringContaining('key file') }])
    expect((await (await open()).tokens.get('key'))?.token).toBe('a')
  })
})
