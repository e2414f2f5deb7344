import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { MasterKey } from './master-key.ts'
import { slowHash } from './slow-hash.ts'

/** A secret as it is made: the text is shown once, the hash is kept. */
export interface NewSecret {
  readonly secretText: string
  readonly secretHash: string
  readonly hint: string
}

/** Makes, hashes and checks client secrets and passwords. */
export interface SecretKeeper {
  /** A client secret in Entra's form: 40 characters that need no quoting in a shell, over 200 random bits. */
  newSecret(): NewSecret
  /** Hashes a secret or password that somebody chose. */
  hashChosen(secret: string): Promise<string>
  /** Whether `secret` is the one behind `secretHash`. */
  matches(secret: string, secretHash: string): Promise<boolean>
  /** Whether it is the one behind any of them. What can be told without a slow hash is told first. */
  matchesAny(secret: string, hashes: readonly string[]): Promise<boolean>
  /** A password for the first administrator: four groups of letters and digits, some 95 random bits. */
  newPassword(): string
}

/** What Entra and people see of a secret. */
export function hintOf(secret: string): string {
  return secret.slice(0, 3)
}

const purpose = 'client secret'
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const secretAlphabet = `${letters}~_.-`
const passwordAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789'

/** `length` random characters of `alphabet`, without bias. */
function randomText(length: number, alphabet: string): string {
  const limit = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < limit && text.length < length) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}

const rememberedAtMost = 10_000

/**
 * Secrets that Doorstep generates are kept as a keyed hash, since they cannot be guessed; those that people choose
 * as scrypt. One that was right is remembered in memory, by a hash under a key of this process and never by itself,
 * so that neither is paid on every token. A changed credential has another hash, which forgets it.
 */
export function secretKeeper(masterKey: MasterKey): SecretKeeper {
  const slow = slowHash(Math.max(1, Math.floor(Math.max(4, availableParallelism()) / 2)))
  const processKey = randomBytes(32).toString('base64url')
  /** What the right secret looks like to this process, by kept hash. */
  const proven = new Map<string, string>()
  const traceOf = (secret: string) => hash('sha256', processKey + secret, 'base64url')

  function remember(secretHash: string, trace: string): true {
    if (proven.size >= rememberedAtMost) proven.delete(proven.keys().next().value ?? '')
    proven.set(secretHash, trace)
    return true
  }

  function generatedMatches(secret: string, secretHash: string): boolean {
    const given = Buffer.from(masterKey.keyedHash(secret, purpose))
    const kept = Buffer.from(secretHash.slice('keyed:'.length))
    return given.length === kept.length && timingSafeEqual(given, kept)
  }

  async function matchesAny(secret: string, hashes: readonly string[]): Promise<boolean> {
    const trace = traceOf(secret)
    for (const secretHash of hashes) if (proven.get(secretHash) === trace) return true
    const chosen: string[] = []
    for (const secretHash of hashes) {
      if (!secretHash.startsWith('keyed:')) chosen.push(secretHash)
      else if (generatedMatches(secret, secretHash)) return remember(secretHash, trace)
    }
    for (const secretHash of chosen) if (await slow.matches(secret, secretHash)) return remember(secretHash, trace)
    return false
  }

  return {
    newSecret() {
      const first = randomText(3, letters)
      const secretText = `${first}8Q~${randomText(34, secretAlphabet)}`
      return { secretText, secretHash: `keyed:${masterKey.keyedHash(secretText, purpose)}`, hint: hintOf(secretText) }
    },
    hashChosen: (secret) => slow.hash(secret),
    matches: (secret, secretHash) => matchesAny(secret, [secretHash]),
    matchesAny,
    newPassword: () => Array.from({ length: 4 }, () => randomText(4, passwordAlphabet)).join('-'),
  }
}
