import { AlreadyExists, NoSuchRecord } from '../directory/changes.ts'
import { statementsForAppRoleAssignments, uniqueAppRoleAssignmentValues } from './app-role-assignments.ts'
import { statementsForApplications, uniqueApplicationValues } from './applications.ts'
import { statementsForAuthorizationCodes, uniqueAuthorizationCodeValues } from './authorization-codes.ts'
import type { ChangeName, StatementsFor, UniqueValues } from './changes.ts'
import { statementsForCloudSettings } from './cloud-settings.ts'
import { MissingReference, type Statement, type StatementBuilder, UniqueViolation } from './database/database.ts'
import { statementsForDeletedItems } from './deleted-items.ts'
import { statementsForDeviceCodes, uniqueDeviceCodeValues } from './device-codes.ts'
import { statementsForDirectoryRoles, uniqueDirectoryRoleValues } from './directory-roles.ts'
import { statementsForGroups, uniqueGroupValues } from './groups.ts'
import { statementsForPasswordCredentials, uniquePasswordCredentialValues } from './password-credentials.ts'
import { statementsForPermissionGrants, uniquePermissionGrantValues } from './permission-grants.ts'
import { statementsForRefreshTokens, uniqueRefreshTokenValues } from './refresh-tokens.ts'
import { statementsForRoleAssignments, uniqueRoleAssignmentValues } from './role-assignments.ts'
import { statementsForServicePrincipals, uniqueServicePrincipalValues } from './service-principals.ts'
import { statementsForSessions } from './sessions.ts'
import { statementsForSignInRecords, uniqueSignInRecordValues } from './sign-in-records.ts'
import { statementsForSigningKeys, uniqueSigningKeyValues } from './signing-keys.ts'
import type { Change } from './stores.ts'
import { statementsForSubscriptions, uniqueSubscriptionValues } from './subscriptions.ts'
import { statementsForTenants, uniqueTenantValues } from './tenants.ts'
import { statementsForUsers, uniqueUserValues } from './users.ts'

/** Translates any change into the statements of the store that keeps it. */
export function statementsFor(builder: StatementBuilder): (change: Change) => readonly Statement[] {
  const writers: StatementsFor<ChangeName> = {
    ...statementsForTenants(builder),
    ...statementsForApplications(builder),
    ...statementsForServicePrincipals(builder),
    ...statementsForPasswordCredentials(builder),
    ...statementsForUsers(builder),
    ...statementsForGroups(builder),
    ...statementsForDeletedItems(builder),
    ...statementsForPermissionGrants(builder),
    ...statementsForAppRoleAssignments(builder),
    ...statementsForDirectoryRoles(builder),
    ...statementsForSubscriptions(builder),
    ...statementsForRoleAssignments(builder),
    ...statementsForSigningKeys(builder),
    ...statementsForCloudSettings(builder),
    ...statementsForAuthorizationCodes(builder),
    ...statementsForRefreshTokens(builder),
    ...statementsForDeviceCodes(builder),
    ...statementsForSessions(builder),
    ...statementsForSignInRecords(builder),
  }
  // The table's type pairs each name with its change; the compiler cannot follow that pairing through a lookup.
  return (change) => (writers[change.change] as (change: Change) => readonly Statement[])(change)
}

/** Every unique constraint of the tables, by its name. */
const uniqueValues: UniqueValues = {
  ...uniqueTenantValues,
  ...uniqueApplicationValues,
  ...uniqueServicePrincipalValues,
  ...uniquePasswordCredentialValues,
  ...uniqueUserValues,
  ...uniqueGroupValues,
  ...uniquePermissionGrantValues,
  ...uniqueAppRoleAssignmentValues,
  ...uniqueDirectoryRoleValues,
  ...uniqueSubscriptionValues,
  ...uniqueRoleAssignmentValues,
  ...uniqueSigningKeyValues,
  ...uniqueAuthorizationCodeValues,
  ...uniqueRefreshTokenValues,
  ...uniqueDeviceCodeValues,
  ...uniqueSignInRecordValues,
}

/** What a refused transaction means to those who decided on the changes. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof MissingReference) return new NoSuchRecord('A change names a record that is not there.')
  if (!(error instanceof UniqueViolation)) return error
  const value = uniqueValues[error.constraint]
  return value ? new AlreadyExists(...value) : error
}
