import { z } from 'zod'
import type { KeyCredential } from './application.ts'
import type { PropertyProblem } from './property-problem.ts'

const dateTime = z.iso
  .datetime({ offset: true, error: 'Expected a date and time such as 2030-01-02T03:04:05Z' })
  .transform((value) => new Date(value).toISOString())

/** Graph shortens a longer name instead of refusing it. */
const longestName = 90

/** In one canonical form, whatever line breaks it came with: Azure CLI sends the body of a PEM file as it stands. */
const base64 = z
  .string()
  .transform((text) => text.replaceAll(/\s+/g, ''))
  .pipe(z.base64({ error: 'Expected the DER form of a certificate in base64' }))

/** A certificate of an application or service principal (Graph `keyCredential`), complete. */
export const keyCredentialSchema = z.strictObject({
  keyId: z.guid({ error: 'Expected a GUID' }).toLowerCase(),
  type: z.enum(['AsymmetricX509Cert', 'X509CertAndPassword']),
  usage: z.enum(['Verify', 'Sign', 'Encrypt']),
  key: base64.nullable().default(null),
  customKeyIdentifier: z.string().nullable().default(null),
  displayName: z
    .string()
    .transform((name) => name.slice(0, longestName))
    .nullable()
    .default(null),
  startDateTime: dateTime,
  endDateTime: dateTime,
})

/** What a certificate says about itself. */
export interface CertificateValidity {
  /** ISO 8601. */
  readonly from: string
  readonly until: string
}

/**
 * What is wrong with certificates that are to be kept; those that were kept before are not judged again. The dates
 * of a credential lie within those of its certificate, and are not over yet.
 *
 * @param validityOf - what the certificate in base64 says; undefined when it is none
 * @param now - ISO 8601
 */
export function keyCredentialsProblem(
  credentials: readonly KeyCredential[],
  before: readonly KeyCredential[],
  validityOf: (key: string) => CertificateValidity | undefined,
  now: string,
): PropertyProblem | undefined {
  const ids = credentials.map(({ keyId }) => keyId)
  const repeated = ids.find((id, position) => ids.indexOf(id) !== position)
  if (repeated !== undefined) {
    return { path: 'keyCredentials', kind: 'invalid', message: `The keyId '${repeated}' is used twice.` }
  }
  for (const [position, credential] of credentials.entries()) {
    const kept = before.find(({ keyId }) => keyId === credential.keyId)
    if (kept && kept.key === credential.key && kept.endDateTime === credential.endDateTime) continue
    const problem = keyProblem(credential, `keyCredentials[${position}]`, validityOf, now)
    if (problem) return problem
  }
  return undefined
}

function keyProblem(
  { type, usage, key, startDateTime, endDateTime }: KeyCredential,
  path: string,
  validityOf: (key: string) => CertificateValidity | undefined,
  now: string,
): PropertyProblem | undefined {
  if (type === 'X509CertAndPassword' || usage === 'Sign') {
    const message = 'Private keys are not kept here: use type AsymmetricX509Cert with usage Verify.'
    return { path, kind: 'invalid', message }
  }
  const validity = key === null ? undefined : validityOf(key)
  if (!validity) {
    const message = 'Expected the DER form of an X.509 certificate in base64; only a keyId that is kept needs none.'
    return { path: `${path}.key`, kind: 'invalid', message }
  }
  if (startDateTime < validity.from || startDateTime >= endDateTime) {
    return {
      path,
      kind: 'keyStart',
      message: `It is ${startDateTime}; the certificate is valid from ${validity.from}.`,
    }
  }
  if (endDateTime > validity.until || endDateTime <= now) {
    const message = `It is ${endDateTime}; the certificate is valid until ${validity.until}, and now it is ${now}.`
    return { path, kind: 'keyEnd', message }
  }
  return undefined
}
