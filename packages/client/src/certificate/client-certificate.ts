import type { KeyObject, X509Certificate } from 'node:crypto'
import { CredentialOptionError } from '../errors.ts'

/** What a client signs its assertions with. */
export interface ClientCertificate {
  readonly privateKey: KeyObject
  readonly certificate: X509Certificate
  /** The certificate itself, then its issuers as far as the PEM holds them. */
  readonly chain: readonly X509Certificate[]
}

export interface HowToRead {
  /** The option that the text came from, for messages. */
  readonly option: string
  readonly password: string | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

const CERTIFICATE_BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g
const KEY_BLOCK = /-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----[\s\S]+?-----END \1-----/

/**
 * The certificate of a PEM text and its private key. With several certificates the one that belongs to the key counts.
 * @throws {CredentialOptionError} that says what is missing or does not fit; it repeats nothing of the text
 */
export function readClientCertificate(pem: string, { option, password, now }: HowToRead): ClientCertificate {
  const refuse = (message: string) => new CredentialOptionError(option, `${option} ${message}`)
  const privateKey = readPrivateKey(pem, password, refuse)
  const certificates = readCertificates(pem, refuse)
  const certificate = certificates.find((candidate) => candidate.checkPrivateKey(privateKey))
  if (certificate === undefined) {
    throw refuse(
      'holds a private key that does not belong to its certificate: put the key that the certificate was made with beside it.',
    )
  }
  refuseOutOfTime(certificate, now, refuse)
  return { privateKey, certificate, chain: chainOf(certificate, certificates) }
}

type Refuse = (message: string) => CredentialOptionError

function readPrivateKey(pem: string, password: string | undefined, refuse: Refuse): KeyObject {
  const { createPrivateKey } = process.getBuiltinModule('node:crypto') // on demand: loading it costs 3 ms
  const block = KEY_BLOCK.exec(pem)?.[0]
  if (block === undefined) throw refuse(withoutKey(pem))
  const isEncrypted = block.includes('ENCRYPTED')
  if (isEncrypted && !password) {
    throw refuse(
      'holds an encrypted private key: pass its password as certificatePassword, for example from AZURE_CLIENT_CERTIFICATE_PASSWORD.',
    )
  }
  try {
    const key = createPrivateKey(isEncrypted ? { key: block, passphrase: password } : block)
    if (key.asymmetricKeyType === 'rsa') return key
    throw refuse(
      `holds a key of the kind ${key.asymmetricKeyType}: Entra takes RSA keys only, make an RSA certificate.`,
    )
  } catch (error) {
    if (error instanceof CredentialOptionError) throw error
    // OpenSSL's own error is left out: what it says helps nobody, and it may show more than the reason.
    throw refuse(
      isEncrypted
        ? 'holds a private key that certificatePassword does not open: check the password.'
        : 'holds a private key that cannot be read: it is cut off or damaged; copy it again from its beginning to its end.',
    )
  }
}

/** What to do about a file without a key depends on what it is instead. */
function withoutKey(pem: string): string {
  const convert = 'openssl pkcs12 -in certificate.pfx -out certificate.pem -nodes'
  if (!pem.includes('-----BEGIN')) {
    return `is not PEM text, which begins with -----BEGIN: turn a .pfx or .p12 file into one by "${convert}".`
  }
  return 'holds no private key: put its block (-----BEGIN PRIVATE KEY-----) into the same PEM, beside the certificate. The .cer or .crt file that is uploaded to Entra has none.'
}

function readCertificates(pem: string, refuse: Refuse): readonly X509Certificate[] {
  const { X509Certificate } = process.getBuiltinModule('node:crypto')
  const blocks = pem.match(CERTIFICATE_BLOCK) ?? []
  if (blocks.length === 0) {
    throw refuse(
      'holds no certificate: put its block (-----BEGIN CERTIFICATE-----) into the same PEM, beside the private key. Entra finds the key by it.',
    )
  }
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    throw refuse('holds a certificate that cannot be read: copy it again from its beginning to its end.')
  }
}

function refuseOutOfTime(certificate: X509Certificate, now: number, refuse: Refuse): void {
  const [from, until] = [certificate.validFrom, certificate.validTo].map((text) => Date.parse(text))
  const day = (time: number) => new Date(time).toISOString().slice(0, 10)
  if (until !== undefined && now >= until) {
    throw refuse(
      `holds a certificate that expired on ${day(until)}: make a new one and add it to the app registration (Certificates & secrets).`,
    )
  }
  if (from !== undefined && now < from - CLOCK_SKEW_MILLISECONDS) {
    throw refuse(`holds a certificate that is valid from ${day(from)} on: wait, or check this machine's clock.`)
  }
}

/** Authorities allow clocks to differ by so much. */
const CLOCK_SKEW_MILLISECONDS = 5 * 60_000

/** From the leaf upwards, each followed by its issuer; the rest of the PEM is nobody's business. */
function chainOf(leaf: X509Certificate, all: readonly X509Certificate[]): readonly X509Certificate[] {
  const chain = [leaf]
  for (let issuer = issuerOf(leaf, all, chain); issuer !== undefined; issuer = issuerOf(issuer, all, chain)) {
    chain.push(issuer)
  }
  return chain
}

function issuerOf(
  certificate: X509Certificate,
  all: readonly X509Certificate[],
  known: readonly X509Certificate[],
): X509Certificate | undefined {
  return all.find((candidate) => !known.includes(candidate) && certificate.checkIssued(candidate))
}
