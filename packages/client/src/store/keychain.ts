import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The place of one text in the operating system's keychain. */
export interface KeychainEntry {
  /** `undefined` when there is nothing. Rejects when the keychain cannot be reached, or is locked. */
  read(): Promise<string | undefined>
  write(text: string): Promise<void>
}

const SERVICE = 'doorstep'

/** A keychain that has to ask a person first may do so; a program does not wait for the answer for ever. */
const LONGEST_WAIT_MILLISECONDS = 5_000

/**
 * Place for the key of the store in a folder: macOS Keychain, Windows Credential Manager, or the Secret Service of a
 * Linux desktop. On Linux that one alone: the kernel's keyring, which the addon else falls back to, forgets at a
 * restart.
 * @returns why there is none, as the beginning of a sentence
 */
export async function keychainEntry(folder: string): Promise<KeychainEntry | string> {
  if (process.platform === 'linux' && !hasSessionBus()) return 'There is no D-Bus session, and so no keychain'
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring') // on demand, and optional: an addon
    const entry = new AsyncEntry(SERVICE, `tokens in ${folder}`, { linux: { store: 'secret-service' } })
    return {
      read: async () => (await inTime((signal) => entry.getPassword(signal))) ?? undefined,
      write: (text) => inTime((signal) => entry.setPassword(text, signal)),
    }
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return '@napi-rs/keyring is not installed'
    return `The keychain cannot be used (${error instanceof Error ? error.message : String(error)})`
  }
}

/** Without a bus the Secret Service cannot be there, and loading the addon to hear so would cost 10 ms. */
function hasSessionBus(): boolean {
  const { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: folder } = process.env
  return Boolean(address) || (Boolean(folder) && existsSync(join(folder ?? '', 'bus')))
}

async function inTime<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${LONGEST_WAIT_MILLISECONDS / 1000} s`))
      controller.abort()
    }, LONGEST_WAIT_MILLISECONDS)
  })
  try {
    return await Promise.race([work(controller.signal), tooLate])
  } finally {
    clearTimeout(timer)
  }
}
