import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { MasterKey } from './master-key.ts'
import { slowHash } from './slow-hash.ts'

/** A secret as it is made: the text is shown once, the hash is kept. */
export interface NewSecret {
  readonly secretText: string
  readonly secretHash: string
  readonly hint: string
}

/** A hash as it is kept, with the id of its credential. */
export interface KeptSecret {
  readonly id: string
  readonly secretHash: string
}

/** Makes, hashes and checks client secrets and passwords. */
export interface SecretKeeper {
  /** A client secret in Entra's form: 40 characters that need no quoting in a shell, over 200 random bits. */
  newSecret(): NewSecret
  /** Hashes a secret or password that somebody chose. */
  hashChosen(secret: string): Promise<string>
  /** Whether `secret` is the one behind `secretHash`; `id` names the credential. */
  matches(secret: string, kept: KeptSecret): Promise<boolean>
  /** Whether it is the one behind any of them. What can be told without a slow hash is told first. */
  matchesAny(secret: string, kept: readonly KeptSecret[]): Promise<boolean>
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
 * as scrypt. A chosen one that was right is remembered in memory, by a keyed hash of this process and never by
 * itself, so that scrypt is not paid on every token. A changed credential has another hash, which forgets it.
 */
export function secretKeeper(masterKey: MasterKey): SecretKeeper {
  const slow = slowHash(Math.max(1, Math.floor(Math.max(4, availableParallelism()) / 2)))
  const processKey = randomBytes(32)
  const proven = new Map<string, Buffer>()
  const trace = (secret: string) => createHmac('sha256', processKey).update(secret).digest()

  const isGenerated = ({ secretHash }: KeptSecret) => secretHash.startsWith('keyed:')
  const placeOf = ({ id, secretHash }: KeptSecret) => `${id}|${secretHash}`

  function generatedMatches(secret: string, { secretHash }: KeptSecret): boolean {
    const given = Buffer.from(masterKey.keyedHash(secret, purpose))
    const kept = Buffer.from(secretHash.slice('keyed:'.length))
    return given.length === kept.length && timingSafeEqual(given, kept)
  }

  /** Whether this process has proved it before. */
  function isProven(secret: string, kept: KeptSecret): boolean {
    const known = proven.get(placeOf(kept))
    return known !== undefined && timingSafeEqual(known, trace(secret))
  }

  async function prove(secret: string, kept: KeptSecret): Promise<boolean> {
    if (!(await slow.matches(secret, kept.secretHash))) return false
    if (proven.size >= rememberedAtMost) proven.delete(proven.keys().next().value ?? '')
    proven.set(placeOf(kept), trace(secret))
    return true
  }

  async function matchesAny(secret: string, kept: readonly KeptSecret[]): Promise<boolean> {
    if (kept.some((one) => (isGenerated(one) ? generatedMatches(secret, one) : isProven(secret, one)))) return true
    for (const one of kept) if (!isGenerated(one) && (await prove(secret, one))) return true
    return false
  }

  return {
    newSecret() {
      const first = randomText(3, letters)
      const secretText = `${first}8Q~${randomText(34, secretAlphabet)}`
      return { secretText, secretHash: `keyed:${masterKey.keyedHash(secretText, purpose)}`, hint: hintOf(secretText) }
    },
    hashChosen: (secret) => slow.hash(secret),
    matches: (secret, kept) => matchesAny(secret, [kept]),
    matchesAny,
    newPassword: () => Array.from({ length: 4 }, () => randomText(4, passwordAlphabet)).join('-'),
  }
}
