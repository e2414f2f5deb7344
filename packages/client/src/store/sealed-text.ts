import { type JsonObject, parseJsonObject } from '../json-object.ts'

const KIND = 'doorstep-tokens'
const VERSION = 1

/** What a sealed text turned out to be. */
export type Unsealed =
  | { readonly state: 'open'; readonly content: JsonObject; readonly envelope: JsonObject }
  | { readonly state: 'newer'; readonly version: number }
  | { readonly state: 'damaged'; readonly reason: string }

/**
 * Encrypts a JSON object with AES-256-GCM (NIST SP 800-38D) under a fresh nonce. The tag makes it tamper-proof and
 * serves as checksum. The result is JSON: the envelope's own members, what an envelope already had beyond them, and
 * the ciphertext in base64.
 * @param key 32 bytes
 */
export function seal(content: JsonObject, envelope: JsonObject, key: Buffer): string {
  const { createCipheriv, randomBytes } = process.getBuiltinModule('node:crypto') // on demand: loading it costs 3 ms
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(associatedData(VERSION))
  const sealed = cipher.update(JSON.stringify(content), 'utf8', 'base64') + cipher.final('base64')
  return JSON.stringify({
    ...envelope,
    kind: KIND,
    version: VERSION,
    keyId: keyId(key),
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    sealed,
  })
}

/** The opposite of `seal`. Never throws: what cannot be opened is named. */
export function unseal(text: string, key: Buffer): Unsealed {
  const envelope = parseJsonObject(text)
  if (envelope === undefined) return damaged('it is no JSON object')
  const { kind, version, nonce, tag, sealed } = envelope
  if (kind !== KIND || typeof version !== 'number') return damaged('it is no token store')
  if (version > VERSION) return { state: 'newer', version }
  if (typeof nonce !== 'string' || typeof tag !== 'string' || typeof sealed !== 'string') {
    return damaged('a part of it is missing')
  }
  if (envelope.keyId !== keyId(key)) return damaged('it was encrypted with another key')
  const content = decrypt({ nonce, tag, sealed, version }, key)
  return content === undefined ? damaged('its checksum is wrong') : { state: 'open', content, envelope }
}

function decrypt(
  { nonce, tag, sealed, version }: { nonce: string; tag: string; sealed: string; version: number },
  key: Buffer,
): JsonObject | undefined {
  const { createDecipheriv } = process.getBuiltinModule('node:crypto')
  try {
    // The length is set so that a shortened tag, which would be easier to forge, is refused.
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), { authTagLength: 16 })
    decipher.setAAD(associatedData(version))
    decipher.setAuthTag(Buffer.from(tag, 'base64'))
    return parseJsonObject(decipher.update(sealed, 'base64', 'utf8') + decipher.final('utf8'))
  } catch {
    return undefined
  }
}

/** Names a key without telling it. */
function keyId(key: Buffer): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(KIND).update(key).digest('base64url').slice(0, 16)
}

const associatedData = (version: number) => Buffer.from(`${KIND}:${version}`)

const damaged = (reason: string): Unsealed => ({ state: 'damaged', reason })
