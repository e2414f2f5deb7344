import { describe, expect, it } from 'vitest'
import { newMasterKeyText, readMasterKey } from './master-key.ts'
import { secretKeeper } from './secret-keeper.ts'

const masterKey = readMasterKey(newMasterKeyText(), 'test')

describe('a generated secret', () => {
  it('has the form of Entra’s and needs no quoting in a shell', () => {
    const keeper = secretKeeper(masterKey)
    for (let made = 0; made < 200; made++) {
      const { secretText, hint } = keeper.newSecret()
      expect(secretText).toMatch(/^[A-Za-z0-9]{3}8Q~[A-Za-z0-9~_.-]{34}$/)
      expect(hint).toBe(secretText.slice(0, 3))
    }
  })

  it('is recognised by any process with the same master key, and by no other', async () => {
    const { secretText, secretHash } = secretKeeper(masterKey).newSecret()
    expect(await secretKeeper(masterKey).matches(secretText, secretHash)).toBe(true)
    expect(await secretKeeper(masterKey).matches(`${secretText}x`, secretHash)).toBe(false)
    const other = secretKeeper(readMasterKey(newMasterKeyText(), 'other'))
    expect(await other.matches(secretText, secretHash)).toBe(false)
  })

  it('does not stand in its hash', () => {
    const { secretText, secretHash } = secretKeeper(masterKey).newSecret()
    expect(secretHash).not.toContain(secretText)
  })
})

describe('a chosen secret', () => {
  it('is recognised again and again, and a wrong one never', async () => {
    const keeper = secretKeeper(masterKey)
    const secretHash = await keeper.hashChosen('short')
    expect(secretHash).toMatch(/^scrypt:32768:8:1:/)
    for (const again of [1, 2, 3]) {
      expect(await keeper.matches('short', secretHash), `time ${again}`).toBe(true)
      expect(await keeper.matches('wrong', secretHash), `time ${again}`).toBe(false)
    }
  })

  it('is forgotten when the credential changes', async () => {
    const keeper = secretKeeper(masterKey)
    const before = await keeper.hashChosen('before')
    const after = await keeper.hashChosen('after')
    expect(await keeper.matches('before', before)).toBe(true)
    expect(await keeper.matches('before', after)).toBe(false)
  })
})

describe('the master key', () => {
  it('opens what it sealed, for the same purpose only', () => {
    const sealed = masterKey.seal('private', 'signing key')
    expect(sealed).not.toContain('private')
    expect(masterKey.open(sealed, 'signing key')).toBe('private')
    expect(() => masterKey.open(sealed, 'something else')).toThrow('another master key')
    expect(() => readMasterKey(newMasterKeyText(), 'other').open(sealed, 'signing key')).toThrow('another master key')
  })

  it.each([
    ['short', 'c2hvcnQ='],
    ['empty', ''],
  ])('is refused when it is %s', (_name, text) => {
    expect(() => readMasterKey(text, 'DOORSTEP_MASTER_KEY')).toThrow('DOORSTEP_MASTER_KEY is not a master key')
  })

  it('is read from 64 hexadecimal digits and from base64', () => {
    const bytes = Buffer.alloc(32, 7)
    const sealed = readMasterKey(bytes.toString('hex'), 'hex').seal('x', 'p')
    expect(readMasterKey(`${bytes.toString('base64')}\n`, 'base64').open(sealed, 'p')).toBe('x')
  })
})
