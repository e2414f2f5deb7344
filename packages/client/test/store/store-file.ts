import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

type Members = Record<string, unknown>

/** A store's file as it lies on the disk, opened with the key file beside it. */
export interface StoreFile {
  envelope: Members
  content: { tokens: Record<string, Members>; signIns: Record<string, Members> } & Members
}

const associatedData = Buffer.from('doorstep-tokens:1')
const keyIn = async (directory: string) => Buffer.from(await readFile(join(directory, 'key'), 'utf8'), 'base64')

/** Opens the file without the code under test, as another implementation of the format would. */
export async function readStoreFile(directory: string): Promise<StoreFile> {
  const envelope = JSON.parse(await readFile(join(directory, 'tokens'), 'utf8'))
  const decipher = createDecipheriv('aes-256-gcm', await keyIn(directory), Buffer.from(envelope.nonce, 'base64'))
  decipher.setAAD(associatedData)
  decipher.setAuthTag(Buffer.from(envelope.tag, 'base64'))
  const text = decipher.update(envelope.sealed, 'base64', 'utf8') + decipher.final('utf8')
  return { envelope, content: JSON.parse(text) }
}

/** Writes the file as a newer release of this format would. */
export async function writeStoreFile(directory: string, { envelope, content }: StoreFile): Promise<void> {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', await keyIn(directory), nonce)
  cipher.setAAD(associatedData)
  const sealed = cipher.update(JSON.stringify(content), 'utf8', 'base64') + cipher.final('base64')
  const sealing = { nonce: nonce.toString('base64'), tag: cipher.getAuthTag().toString('base64'), sealed }
  await writeFile(join(directory, 'tokens'), JSON.stringify({ ...envelope, ...sealing }), { mode: 0o600 })
}
