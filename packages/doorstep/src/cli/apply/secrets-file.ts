import { open, readFile, rename, rm } from 'node:fs/promises'
import { RefusedError } from '../failure.ts'
import { parseJson } from '../local-https.ts'
import type { MadeSecret } from './carry-out-plan.ts'

/** A file for secrets that only its owner can read. */
export interface SecretsFile {
  /** Writes all secrets so far, as a JSON list, after those that the file held before. */
  write(secrets: readonly MadeSecret[]): Promise<void>
  close(): Promise<void>
}

/**
 * Makes the file before anything else is made, so that no secret is lost for want of a place. It appears under its name
 * with the first secret. One that is there goes on: its secrets may be the only copy.
 *
 * @throws {RefusedError} when it cannot be made, or is something else than a list of secrets
 */
export async function openSecretsFile(path: string): Promise<SecretsFile> {
  const before = await secretsIn(path)
  const beside = `${path}.${process.pid}.new`
  const file = await open(beside, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new RefusedError(`${path} cannot be made for the secrets (${error.code}). Nothing was changed.`, {
      cause: error,
    })
  })
  let isInPlace = false
  return {
    async write(secrets) {
      // The list only grows: what was written before is overwritten whole.
      await file.write(`${JSON.stringify([...before, ...secrets], undefined, 2)}\n`, 0)
      await file.sync()
      if (!isInPlace) await rename(beside, path)
      isInPlace = true
    },
    async close() {
      await file.close()
      if (!isInPlace) await rm(beside, { force: true })
    },
  }
}

async function secretsIn(path: string): Promise<readonly unknown[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new RefusedError(`${path} cannot be read (${error.code}). Nothing was changed.`, { cause: error })
  })
  const list = text === undefined ? [] : parseJson(text)
  if (Array.isArray(list)) return list
  throw new RefusedError(
    `${path} is there already, and is no list of secrets: name another file for them. Nothing was changed.`,
  )
}
