import { isRecord, type PropertyProblem } from './property-problem.ts'

/** A client secret as Graph shows it (`passwordCredential`); the secret itself is shown once, when it is made. */
export interface PasswordCredential {
  readonly keyId: string
  readonly displayName: string | null
  /** The first three characters of the secret. */
  readonly hint: string
  readonly startDateTime: string
  readonly endDateTime: string
}

/** A client secret as it is kept. */
export interface StoredPasswordCredential extends PasswordCredential {
  /** Object id of the application or service principal it belongs to. */
  readonly ownerId: string
  /** What a presented secret is compared with; its form belongs to the room `secrets`. */
  readonly secretHash: string
}

/** What Graph shows of a kept secret. */
export function shownPasswordCredential(stored: StoredPasswordCredential): PasswordCredential {
  const { keyId, displayName, hint, startDateTime, endDateTime } = stored
  return { keyId, displayName, hint, startDateTime, endDateTime }
}

/** Graph gives a new secret two years unless asked otherwise. */
export const defaultPasswordLifetimeInYears = 2

/** The moment `years` calendar years after `start` (ISO 8601 in, ISO 8601 out). */
export function yearsAfter(start: string, years: number): string {
  const end = new Date(start)
  end.setUTCFullYear(end.getUTCFullYear() + years)
  return end.toISOString()
}

export interface PasswordCredentialStore {
  /** Every secret of an application or service principal, oldest first, expired ones too. */
  byOwner(ownerId: string): Promise<readonly StoredPasswordCredential[]>
}

/** Secrets are made by the server and shown once, so nobody can set or replace them among the other properties. */
export function givenPasswordProblem(body: unknown): PropertyProblem | undefined {
  if (!isRecord(body) || !Object.hasOwn(body, 'passwordCredentials')) return undefined
  const message = 'New password credentials must be generated with service actions: use addPassword and removePassword.'
  return { path: 'passwordCredentials', kind: 'invalid', message }
}

/** The properties of a new object without a list of secrets that is empty, as clients send it. */
export function withoutEmptySecrets(body: unknown): unknown {
  if (!isRecord(body) || !Array.isArray(body.passwordCredentials) || body.passwordCredentials.length > 0) return body
  const { passwordCredentials: _none, ...rest } = body
  return rest
}
