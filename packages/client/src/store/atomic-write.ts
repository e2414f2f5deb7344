import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FileSignature } from './file-signature.ts'
import { signatureOf } from './file-signature.ts'

/**
 * Replaces a file as a whole and durably, readable by its owner alone (0600): whoever reads sees the old text or the
 * new, also after a power failure.
 * @param stillAllowed asked at the last moment; `false` leaves the old file
 * @returns the new file's signature, `undefined` when it was not allowed any more
 */
export async function writeAtomically(
  path: string,
  text: string,
  stillAllowed: () => Promise<boolean> = async () => true,
): Promise<FileSignature | undefined> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o600)
    let signature: FileSignature
    try {
      await file.writeFile(text)
      await file.sync()
      signature = signatureOf(await file.stat({ bigint: true }))
    } finally {
      await file.close()
    }
    if (!(await stillAllowed())) {
      await rm(temporary, { force: true })
      return undefined
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
    return signature
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Makes a rename durable. Windows cannot open folders and needs no such thing; some network drives refuse. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync().catch(() => undefined)
  } finally {
    await handle.close()
  }
}
