import { X509Certificate } from 'node:crypto'
import type { KeyCredential } from '../../directory/application.ts'
import { isRecord } from '../../directory/property-problem.ts'

/**
 * Fills in what callers leave out of `keyCredentials`: the certificate of an entry that was kept before, the dates and
 * the thumbprint of a new one, its id. What is no certificate stays as it is, for the check of the properties to
 * refuse. Microsoft Graph `keyCredential`.
 */
export function withCertificateDetails(body: unknown, kept: readonly KeyCredential[], newId: () => string): unknown {
  if (!isRecord(body) || !Array.isArray(body.keyCredentials)) return body
  return { ...body, keyCredentials: body.keyCredentials.map((entry) => completed(entry, kept, newId)) }
}

function completed(entry: unknown, kept: readonly KeyCredential[], newId: () => string): unknown {
  if (!isRecord(entry)) return entry
  const given = Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null))
  const before = kept.find(({ keyId }) => keyId === String(given.keyId).toLowerCase())
  if (before && given.key === undefined) return { ...before, ...given }
  return { keyId: newId(), ...certificateDetails(given.key), ...given }
}

function certificateDetails(key: unknown): object {
  const certificate = typeof key === 'string' ? parsedCertificate(key) : undefined
  if (!certificate) return {}
  return {
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    displayName: certificate.subject.split('\n').join(', '),
    customKeyIdentifier: certificate.fingerprint.replaceAll(':', ''),
    startDateTime: new Date(certificate.validFrom).toISOString(),
    endDateTime: new Date(certificate.validTo).toISOString(),
  }
}

function parsedCertificate(key: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(key, 'base64'))
  } catch {
    return undefined
  }
}
