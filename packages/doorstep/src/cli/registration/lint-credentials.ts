import type { Credential } from './application.ts'
import type { Fault, LintRule } from './lint.ts'

const dayMilliseconds = 86_400_000
const soonDays = 30
/** The portal gives two years at most; leap days and time zones are no reason to complain. */
const longestDays = 2 * 366
const manySecrets = 2

function daysLeft({ endDateTime }: Credential, now: number): number {
  return endDateTime === undefined
    ? Number.POSITIVE_INFINITY
    : Math.floor((Date.parse(endDateTime) - now) / dayMilliseconds)
}

function called(credential: Credential): string {
  return credential.displayName || credential.keyId
}

function hasEnded(credential: Credential, now: number): boolean {
  return credential.endDateTime !== undefined && Date.parse(credential.endDateTime) <= now
}

/** "Security best practices for application properties": credentials. */
export const credentialRules: readonly LintRule[] = [
  {
    rule: 'secret-expired',
    severity: 'warning',
    why: 'Programs that still use it are refused (AADSTS7000222); one that is not used hides those that are.',
    faults: ({ passwordCredentials = [] }, { now }) =>
      passwordCredentials
        .filter((secret) => hasEnded(secret, now))
        .map((secret) => ({
          what: `the secret ${called(secret)} ended on ${dayOf(secret)}`,
          command: ['remove-secret', 'NAME', secret.keyId],
        })),
  },
  {
    rule: 'secret-expires-soon',
    severity: 'warning',
    why: `In less than ${soonDays} days programs that use it are refused: make the next one now, and take this one away when nobody uses it.`,
    faults: ({ passwordCredentials = [] }, { now }) =>
      passwordCredentials
        .filter((secret) => !hasEnded(secret, now) && daysLeft(secret, now) < soonDays)
        .map((secret) => ({
          what: `the secret ${called(secret)} ends on ${dayOf(secret)}`,
          command: ['add-secret', 'NAME'],
        })),
  },
  {
    rule: 'secret-lifetime',
    severity: 'warning',
    why: 'A secret that leaks is good until it ends; the portal gives two years at most, and Microsoft advises 180 days.',
    faults: ({ passwordCredentials = [] }) =>
      passwordCredentials.flatMap((secret): Fault[] => {
        const { startDateTime, endDateTime } = secret
        if (startDateTime === undefined || endDateTime === undefined) return []
        const days = (Date.parse(endDateTime) - Date.parse(startDateTime)) / dayMilliseconds
        if (days <= longestDays) return []
        const what = `the secret ${called(secret)} lives ${Math.round(days)} days, until ${dayOf(secret)}`
        return [{ what, command: ['add-secret', 'NAME', '--expires', '180d'] }]
      }),
  },
  {
    rule: 'many-secrets',
    severity: 'advice',
    why: 'Two are enough to change from one to the next; with more, nobody knows which program uses which.',
    faults({ passwordCredentials = [] }, { now }) {
      const good = passwordCredentials.filter((secret) => !hasEnded(secret, now))
      if (good.length <= manySecrets) return []
      return [{ what: `it has ${good.length} secrets`, command: ['remove-secret', 'NAME', 'ID'] }]
    },
  },
  {
    rule: 'certificate-expired',
    severity: 'warning',
    why: 'Programs that still use it are refused (AADSTS700027).',
    faults: ({ keyCredentials = [] }, { now }) =>
      keyCredentials
        .filter((certificate) => hasEnded(certificate, now))
        .map((certificate) => ({
          what: `the certificate ${called(certificate)} ended on ${dayOf(certificate)}`,
          command: ['remove-certificate', 'NAME', certificate.keyId],
        })),
  },
  {
    rule: 'certificate-expires-soon',
    severity: 'warning',
    why: `In less than ${soonDays} days programs that use it are refused.`,
    faults: ({ keyCredentials = [] }, { now }) =>
      keyCredentials
        .filter((certificate) => !hasEnded(certificate, now) && daysLeft(certificate, now) < soonDays)
        .map((certificate) => ({
          what: `the certificate ${called(certificate)} ends on ${dayOf(certificate)}`,
          command: ['add-certificate', 'NAME', 'FILE.pem'],
        })),
  },
]

const dayOf = ({ endDateTime = '' }: Credential) => endDateTime.slice(0, 10)
