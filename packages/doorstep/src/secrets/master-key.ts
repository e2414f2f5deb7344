import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** The one key from which sealing and keyed hashes derive; 32 bytes that never leave this object. */
export interface MasterKey {
  /** Encrypts a short text (AES-256-GCM) for storage; `purpose` must be the same when it is opened. */
  seal(text: string, purpose: string): string
  /** @throws {Error} when the text was sealed with another key or for another purpose. */
  open(sealed: string, purpose: string): string
  /** HMAC-SHA-256 of `text` under a key derived for `purpose`, base64url. */
  keyedHash(text: string, purpose: string): string
}

/** Makes the content of a new master-key file: 32 random bytes, base64url. */
export function newMasterKeyText(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * Reads a master key from its text: 32 bytes as 64 hexadecimal digits, base64 or base64url.
 * @throws {Error} naming `source` when the text is not that.
 */
export function readMasterKey(text: string, source: string): MasterKey {
  const trimmed = text.trim()
  const bytes = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64')
  if (bytes.length !== 32) {
    throw new Error(
      `${source} is not a master key: expected 32 bytes as 64 hexadecimal digits or as base64. Make one with: openssl rand -base64 32`,
    )
  }
  const derived = new Map<string, Buffer>()
  const keyFor = (purpose: string): Buffer => {
    const known = derived.get(purpose)
    if (known) return known
    const key = Buffer.from(hkdfSync('sha256', bytes, '', `doorstep ${purpose}`, 32))
    derived.set(purpose, key)
    return key
  }
  return {
    seal(plain, purpose) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keyFor(`seal ${purpose}`), nonce)
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', keyFor(`seal ${purpose}`), bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(12, 28))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw new Error(
          `What is stored was sealed with another master key than the one given by ${source}. Start with the key this database was made with.`,
          { cause },
        )
      }
    },
    keyedHash: (plain, purpose) =>
      createHmac('sha256', keyFor(`hash ${purpose}`))
        .update(plain)
        .digest('base64url'),
  }
}
