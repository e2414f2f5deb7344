import { createHash } from 'node:crypto'

/** Namespace of all ids that Doorstep derives from a text (RFC 9562, section 5.5). */
const namespace = Buffer.from('3c1f0d6a5b6e4f64a3c40d00d57e9000', 'hex')

/**
 * A GUID that is the same for the same text on every machine: a name-based UUID, version 5 (RFC 9562).
 * For objects that must have one id everywhere, as first-party applications do; it is no secret and no random value.
 */
export function guidFrom(text: string): string {
  const bytes = createHash('sha1').update(namespace).update(text).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
