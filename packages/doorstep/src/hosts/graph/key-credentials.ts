import { X509Certificate } from 'node:crypto'
import type { KeyCredential } from '../../directory/application.ts'
import { type CertificateValidity, keyCredentialsProblem } from '../../directory/key-credential.ts'
import { isRecord } from '../../directory/property-problem.ts'
import type { Entity, GraphCall } from './call.ts'
import { propertyRefusal } from './parsed-properties.ts'
import { graphTimestamp } from './representation.ts'

/**
 * Fills in what callers leave out of `keyCredentials`: the certificate of an entry that was kept before, the dates and
 * the thumbprint of a new one, its id. What is no certificate stays as it is, for the check of the properties to
 * refuse. Microsoft Graph `keyCredential`.
 */
export function withCertificateDetails(body: unknown, kept: readonly KeyCredential[], newId: () => string): unknown {
  if (!isRecord(body) || !Array.isArray(body.keyCredentials)) return body
  return { ...body, keyCredentials: body.keyCredentials.map((entry) => completed(entry, kept, newId)) }
}

/** @throws {GraphError} 400 for a certificate that cannot be kept; those of `before` are not judged again */
export function requireValidKeys(
  credentials: readonly KeyCredential[],
  before: readonly KeyCredential[],
  { now }: GraphCall,
  resource: string,
): void {
  const problem = keyCredentialsProblem(credentials, before, validityOf, now)
  if (problem) throw propertyRefusal(problem, resource)
}

/** A certificate as Graph shows it; its key on request only. */
export function keyCredentialEntity(credential: KeyCredential, withKeys: boolean): Entity {
  return {
    customKeyIdentifier: credential.customKeyIdentifier,
    displayName: credential.displayName,
    endDateTime: graphTimestamp(credential.endDateTime, 'read'),
    key: withKeys ? credential.key : null,
    keyId: credential.keyId,
    startDateTime: graphTimestamp(credential.startDateTime, 'read'),
    type: credential.type,
    usage: credential.usage,
  }
}

function completed(entry: unknown, kept: readonly KeyCredential[], newId: () => string): unknown {
  if (!isRecord(entry)) return entry
  const given = Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null))
  const before = kept.find(({ keyId }) => keyId === String(given.keyId).toLowerCase())
  if (before && given.key === undefined) return { ...before, ...given }
  return { keyId: newId(), ...certificateDetails(given.key), ...given }
}

const never = '1970-01-01T00:00:00Z'

function certificateDetails(key: unknown): object {
  if (typeof key !== 'string') return {}
  const certificate = parsedCertificate(key)
  // Enough for the refusal to be about the key, and not about dates that nobody has to give.
  if (!certificate) return { type: 'AsymmetricX509Cert', usage: 'Verify', startDateTime: never, endDateTime: never }
  const { from, until } = datesOf(certificate)
  return {
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    displayName: certificate.subject.split('\n').join(', '),
    customKeyIdentifier: certificate.fingerprint.replaceAll(':', ''),
    startDateTime: from,
    endDateTime: until,
  }
}

function validityOf(key: string): CertificateValidity | undefined {
  const certificate = parsedCertificate(key)
  return certificate && datesOf(certificate)
}

function datesOf({ validFrom, validTo }: X509Certificate): CertificateValidity {
  return { from: new Date(validFrom).toISOString(), until: new Date(validTo).toISOString() }
}

function parsedCertificate(key: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(key, 'base64'))
  } catch {
    return undefined
  }
}
