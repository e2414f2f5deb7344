import { webcrypto } from 'node:crypto'
import { encodeNameConstraints, nameConstraintsIdentifier, type PermittedNames } from './name-constraints.ts'

/**
 * Certificates signed with a private key that lives only as long as this object: `createAuthority` lets go of it, and
 * nothing writes it down. Every key is ECDSA P-256.
 */
export interface Issuer {
  readonly subject: SubjectName
  /** PEM. */
  readonly certificate: string
  readonly keys: webcrypto.CryptoKeyPair
}

export interface Validity {
  readonly notBefore: Date
  readonly notAfter: Date
}

export interface SubjectName {
  readonly commonName: string
  readonly organization: string
}

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' }

/** A self-signed authority that may sign for the permitted names only. */
export async function createRoot(subject: SubjectName, permitted: PermittedNames, validity: Validity): Promise<Issuer> {
  const keys = await generateKeys()
  const request = { subject, publicKey: keys.publicKey, validity, authority: { permitted } }
  return { subject, certificate: await sign(request, { subject, keys }), keys }
}

/**
 * An authority below the root that may sign server certificates, but no further authority. It repeats the root's name
 * constraints, because some clients do not look at those of a certificate that they trust outright.
 */
export async function createIntermediate(
  subject: SubjectName,
  permitted: PermittedNames,
  validity: Validity,
  root: Issuer,
): Promise<Issuer> {
  const keys = await generateKeys()
  const request = { subject, publicKey: keys.publicKey, validity, authority: { permitted, pathLength: 0 } }
  return { subject, certificate: await sign(request, root), keys }
}

/**
 * A server certificate for all given names, and its private key (PKCS #8), both PEM.
 *
 * It signs whatever it is asked to: what keeps an authority to its names are the constraints in its certificate, and
 * the tests call this to prove that clients enforce them.
 */
export async function signLeaf(
  subject: SubjectName,
  names: PermittedNames,
  validity: Validity,
  issuer: Issuer,
): Promise<{ certificate: string; privateKey: string }> {
  const keys = await generateKeys()
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const lines = pkcs8.match(/.{1,64}/g) ?? []
  return {
    certificate: await sign({ subject, publicKey: keys.publicKey, validity, names }, issuer),
    privateKey: ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n'),
  }
}

interface CertificateRequest {
  readonly subject: SubjectName
  readonly publicKey: webcrypto.CryptoKey
  readonly validity: Validity
  /** Set for an authority: what it may sign for, and how many authorities may follow below it. */
  readonly authority?: { readonly permitted: PermittedNames; readonly pathLength?: number }
  /** Set for a server: the names it has. */
  readonly names?: PermittedNames
}

async function sign(
  { subject, publicKey, validity, authority, names }: CertificateRequest,
  issuer: Pick<Issuer, 'subject' | 'keys'>,
): Promise<string> {
  const x509 = await loadX509()
  // Python 3.13 and other strict verifiers want both key identifiers on every certificate.
  const extensions: InstanceType<typeof x509.Extension>[] = [
    await x509.SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey, false, webcrypto),
  ]
  if (authority) {
    extensions.push(
      new x509.BasicConstraintsExtension(true, authority.pathLength, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.Extension(nameConstraintsIdentifier, true, encodeNameConstraints(authority.permitted)),
    )
  } else {
    extensions.push(
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    )
  }
  if (names) {
    extensions.push(
      new x509.SubjectAlternativeNameExtension([
        ...names.dnsNames.map((value) => ({ type: 'dns' as const, value: value.toLowerCase() })),
        ...names.ipAddresses.map((value) => ({ type: 'ip' as const, value })),
      ]),
    )
  }
  const certificate = await x509.X509CertificateGenerator.create(
    {
      ...validity,
      subject: distinguishedName(subject),
      issuer: distinguishedName(issuer.subject),
      publicKey,
      signingKey: issuer.keys.privateKey,
      signingAlgorithm,
      extensions,
    },
    webcrypto,
  )
  return `${certificate.toString('pem')}\n`
}

function distinguishedName({ commonName, organization }: SubjectName): { [attribute: string]: string[] }[] {
  return [{ CN: [commonName] }, { O: [organization] }]
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])
}

/** Loaded only when a certificate has to be made: the library costs tens of milliseconds, a kept authority none. */
async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}
