import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { createIntermediate, createRoot, signLeaf } from './certificate-signing.ts'
import { addressBytes, type PermittedNames } from './name-constraints.ts'

/** What is kept of an authority: enough to serve and to be trusted, nothing that could sign another certificate. */
export interface LocalAuthority {
  /** The root, PEM: what clients are told to trust. */
  readonly rootCertificate: string
  /** The server's certificate followed by the intermediate, PEM: what a TLS server presents. */
  readonly certificateChain: string
  /** The private key of the server's certificate, PKCS #8, PEM. */
  readonly privateKey: string
}

export interface AuthorityOptions extends PermittedNames {
  /** Shown in trust stores and browsers, for example `Doorstep localhost root`. At most 50 characters. */
  readonly commonName: string
  /** Default: `Doorstep`. */
  readonly organization?: string
  /** Machine time, not the clock that tests may move: TLS clients read the machine's. */
  readonly notBefore: Date
  /** Lifetime of the server's certificate in days. Clients accept no more than 397; the root lives ten years. */
  readonly lifetimeInDays: number
}

/** The longest lifetime of a server's certificate, in days, that current clients accept. */
export const longestServerLifetimeInDays = 397

const authorityLifetimeInDays = 3650
const renewalInDays = 30
const day = 86_400_000

/**
 * Makes an authority that can vouch for the given names and nothing else: root → intermediate → one server
 * certificate with all names, ECDSA P-256 throughout. Root and intermediate carry critical name constraints
 * (RFC 5280, section 4.2.1.10), and their private keys are gone when this returns.
 *
 * A constraint covers the names below it too: an authority for `microsoft.com` could have signed `a.microsoft.com`.
 *
 * @throws {TypeError} when a name or an address is malformed
 * @throws {RangeError} when there is no DNS name, or a common name or lifetime that clients would refuse
 */
export async function createAuthority(options: AuthorityOptions): Promise<LocalAuthority> {
  checkOptions(options)
  const { commonName, organization = 'Doorstep', notBefore, lifetimeInDays } = options
  const names: PermittedNames = { dnsNames: options.dnsNames, ipAddresses: options.ipAddresses }
  const authorityValidity = { notBefore, notAfter: addDays(notBefore, authorityLifetimeInDays) }
  const serverValidity = { notBefore, notAfter: addDays(notBefore, lifetimeInDays) }

  const root = await createRoot({ commonName, organization }, names, authorityValidity)
  const intermediateSubject = { commonName: `${commonName} intermediate`, organization }
  const intermediate = await createIntermediate(intermediateSubject, names, authorityValidity, root)
  const serverSubject = { commonName: `${commonName} server`, organization }
  const server = await signLeaf(serverSubject, names, serverValidity, intermediate)

  return {
    rootCertificate: root.certificate,
    certificateChain: server.certificate + intermediate.certificate,
    privateKey: server.privateKey,
  }
}

/**
 * Whether a kept authority can go on serving: its parts belong together, its certificate has every one of the names
 * (DNS names, wildcards and IP addresses as they were given to `createAuthority`), and more than 30 days are left.
 * False, never an error, for anything that cannot be read: the caller then makes a new one.
 */
export function authorityCovers(authority: LocalAuthority, names: readonly string[], at: Date): boolean {
  try {
    const [server, intermediate] = certificatesOf(authority.certificateChain)
    const [root] = certificatesOf(authority.rootCertificate)
    if (!server || !intermediate || !root) return false
    return (
      server.checkPrivateKey(createPrivateKey(authority.privateKey)) &&
      server.verify(intermediate.publicKey) &&
      intermediate.verify(root.publicKey) &&
      [server, intermediate, root].every((certificate) => isCurrent(certificate, at)) &&
      hasNames(server, names)
    )
  } catch {
    return false
  }
}

function checkOptions({ commonName, dnsNames, ipAddresses, lifetimeInDays }: AuthorityOptions): void {
  if (commonName.length === 0 || commonName.length > 50) {
    throw new RangeError(`commonName: expected 1 to 50 characters, but got ${commonName.length}`)
  }
  if (dnsNames.length === 0) throw new RangeError('dnsNames: expected at least one host name, for example localhost')
  for (const name of dnsNames) {
    if (isIP(name) === 0 && /^(\*\.)?[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/i.test(name)) continue
    throw new TypeError(`dnsNames: expected a host name such as localhost or *.example.com, but got "${name}"`)
  }
  for (const address of ipAddresses) addressBytes(address)
  if (!(lifetimeInDays > 0 && lifetimeInDays <= longestServerLifetimeInDays)) {
    throw new RangeError(
      `lifetimeInDays: expected more than 0 and at most ${longestServerLifetimeInDays} days, but got ${lifetimeInDays}`,
    )
  }
}

function addDays(date: Date, days: number): Date {
  return new Date(date.getTime() + days * day)
}

function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.map((block) => new X509Certificate(block))
}

function isCurrent(certificate: X509Certificate, at: Date): boolean {
  const left = Date.parse(certificate.validTo) - at.getTime()
  return left > renewalInDays * day && Date.parse(certificate.validFrom) <= at.getTime()
}

function hasNames(certificate: X509Certificate, names: readonly string[]): boolean {
  const dnsNames = new Set(
    (certificate.subjectAltName ?? '').split(', ').flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : [])),
  )
  return names.every((name) =>
    isIP(name) === 0 ? dnsNames.has(name.toLowerCase()) : certificate.checkIP(name) !== undefined,
  )
}
