import type { NewObjectParts } from '../new-tenant.ts'
import type { Change, Stores } from '../stores/stores.ts'

/** What is read to decide what a seed file changes. */
export type SeedReads = Pick<
  Stores,
  | 'tenants'
  | 'applications'
  | 'servicePrincipals'
  | 'passwordCredentials'
  | 'users'
  | 'groups'
  | 'permissionGrants'
  | 'appRoleAssignments'
  | 'directoryRoles'
  | 'subscriptions'
  | 'roleAssignments'
  | 'settings'
>

export interface SeedParts extends NewObjectParts {
  /** Hashes a secret or password that somebody chose. */
  hashChosen(secret: string): Promise<string>
  /** Whether `secret` is the one behind `secretHash`. */
  matches(secret: string, secretHash: string): Promise<boolean>
  /** A hash of all secret texts under a key that is not kept with it: it must tell nobody what they are. */
  keyedHash(text: string): string
}

/** What all steps of a plan are given. */
export interface Planning {
  readonly reads: SeedReads
  readonly parts: SeedParts
  /** ISO 8601: the moment of the plan. */
  readonly now: string
  /** Whether every secret text is what it was when a seed file was last applied. */
  readonly secretsUnchanged: boolean
}

/** The changes of several steps as one list. */
export async function together(steps: readonly Promise<readonly Change[]>[]): Promise<readonly Change[]> {
  return (await Promise.all(steps)).flat()
}
