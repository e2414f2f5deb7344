import { createHash, createPrivateKey, generateKeyPair, type KeyObject, webcrypto } from 'node:crypto'
import { promisify } from 'node:util'
import type { SigningKey } from './issuer.ts'
import type { SigningKeyChange, SigningKeyStore, StoredSigningKey } from './signing-keys.ts'

/** The keys of this local cloud: one signs, all are published. */
export interface KeyRing {
  current(): SigningKey
  /** DER certificates in standard base64 by key id: what signs now first, then what comes next. */
  certificates(): Promise<ReadonlyMap<string, string>>
  /** Reads the keys again, after another process has added one. */
  reload(): Promise<void>
}

export interface KeyRingParts {
  readonly store: SigningKeyStore
  readonly commit: (changes: readonly SigningKeyChange[]) => Promise<void>
  readonly seal: (privateKey: string) => string
  readonly open: (sealedPrivateKey: string) => string
  /** Machine time in milliseconds: certificates do not follow a moved clock. */
  readonly machineTime: () => number
  /** Tells a person about a fault of Doorstep itself. */
  readonly reportFault: (fault: unknown) => void
}

/** Clients must meet several keys from the first day, or they break at the first rotation. */
const publishedAtLeast = 2
const certificateYears = 5

/** A fresh RSA-2048 key with its certificate; some 0.15 s in the thread pool. */
async function makeSigningKey({ seal, machineTime }: KeyRingParts, order: number): Promise<StoredSigningKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const certificate = await selfSignedCertificate(privateKey, machineTime())
  return {
    keyId: createHash('sha1').update(certificate).digest('base64url'),
    certificate: certificate.toString('base64'),
    sealedPrivateKey: seal(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    createdDateTime: new Date(machineTime() + order).toISOString(),
  }
}

/** DER of a certificate over the key: the `x5c` that validators of certificates rather than of keys read. */
async function selfSignedCertificate(privateKey: KeyObject, now: number): Promise<Buffer> {
  await import('reflect-metadata')
  const { X509CertificateGenerator } = await import('@peculiar/x509')
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' })
  const { d, p, q, dp, dq, qi, ...publicJwk } = privateKey.export({ format: 'jwk' })
  const keys = {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
    publicKey: await webcrypto.subtle.importKey('jwk', publicJwk, algorithm, true, ['verify']),
  }
  const notAfter = new Date(now)
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + certificateYears)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=accounts.accesscontrol.windows.net',
    notBefore: new Date(now),
    notAfter,
    keys,
    signingAlgorithm: algorithm,
  })
  return Buffer.from(certificate.rawData)
}

/**
 * Opens the keys of this local cloud. At a first start it makes the one that signs and waits for it; the one that is
 * published beside it is made in the background.
 * @throws {Error} when the master key is not the one the keys were sealed with.
 */
export async function openKeyRing(parts: KeyRingParts): Promise<KeyRing> {
  let stored = await parts.store.list()
  if (stored.length === 0) {
    await parts.commit([{ change: 'addSigningKey', key: await makeSigningKey(parts, 0) }])
    stored = await parts.store.list()
  }
  const opened = new Map<string, SigningKey>()
  const signingKey = (): SigningKey => {
    const first = stored[0]
    if (!first) throw new Error('No signing key is left in the store.')
    const known = opened.get(first.keyId)
    if (known) return known
    const key = { keyId: first.keyId, privateKey: createPrivateKey(parts.open(first.sealedPrivateKey)) }
    opened.set(first.keyId, key)
    return key
  }
  signingKey()
  const reload = async () => {
    stored = await parts.store.list()
  }
  let next: Promise<void> | undefined
  const makeNext = async (): Promise<void> => {
    const key = await makeSigningKey(parts, 1)
    await parts.commit([{ change: 'addSigningKey', key }])
    await reload()
  }
  /** Resolves when the keys to publish are there. One that could not be made is tried again at the next call. */
  const complete = (): Promise<void> => {
    if (stored.length >= publishedAtLeast) return Promise.resolve()
    next ??= makeNext()
      .catch(parts.reportFault)
      .finally(() => {
        next = undefined
      })
    return next
  }
  void complete()
  return {
    current: signingKey,
    async certificates() {
      await complete()
      return new Map(stored.map((key) => [key.keyId, key.certificate]))
    },
    reload,
  }
}
