import type { VerifiedToken } from '@doorstep/guard'
import type { Clock } from '../../clock.ts'
import type { ApplicationStore } from '../../directory/application.ts'
import type { DirectoryChange } from '../../directory/changes.ts'
import type { CloudSettingsStore } from '../../directory/cloud-settings.ts'
import type { GroupStore } from '../../directory/group.ts'
import type { PasswordCredentialStore } from '../../directory/password-credential.ts'
import type {
  AppRoleAssignmentStore,
  DirectoryRoleAssignmentStore,
  PermissionGrantStore,
} from '../../directory/permission.ts'
import type { ServicePrincipalStore } from '../../directory/service-principal.ts'
import type { TenantStore } from '../../directory/tenant.ts'
import type { UserStore } from '../../directory/user.ts'
import type { KeyedHash } from '../../protocol/claims/pairwise-subject.ts'
import type { SecretMatcher } from '../../protocol/client-authentication/secret.ts'
import type {
  AuthorizationCodeStore,
  DeviceCodeStore,
  RefreshTokenStore,
  SessionStore,
  SignInChange,
} from '../../protocol/sign-in-records.ts'
import type { TokenIssuer } from '../../tokens/issuer.ts'
import type { KeyRing } from '../../tokens/key-ring.ts'
import type { ForeignKeys } from './foreign-keys.ts'
import type { FlowSeal } from './sign-in/flow.ts'

/** What the login host is handed. */
export interface LoginParts {
  readonly tenants: TenantStore
  readonly applications: ApplicationStore
  readonly servicePrincipals: ServicePrincipalStore
  readonly passwordCredentials: PasswordCredentialStore
  readonly appRoleAssignments: AppRoleAssignmentStore
  readonly groups: GroupStore
  readonly users: UserStore
  readonly permissionGrants: PermissionGrantStore
  readonly directoryRoles: DirectoryRoleAssignmentStore
  readonly authorizationCodes: AuthorizationCodeStore
  readonly refreshTokens: RefreshTokenStore
  readonly deviceCodes: DeviceCodeStore
  readonly sessions: SessionStore
  /** Writes what a sign-in decides: codes, tokens and sessions, and with consent the directory too. */
  readonly commit: (changes: readonly (DirectoryChange | SignInChange)[]) => Promise<void>
  /** Seals what travels through the pages. */
  readonly seal: FlowSeal
  /** A random GUID. */
  readonly newId: () => string
  readonly settings: CloudSettingsStore
  readonly secrets: SecretMatcher
  /** How a password that a person chose is kept. */
  readonly hashPassword: (password: string) => Promise<string>
  /** Makes the `sub` of users' tokens. */
  readonly pairwiseHash: KeyedHash
  readonly issuer: TokenIssuer
  readonly keys: Pick<KeyRing, 'certificates'>
  /** Keys of the issuers that applications prove themselves by. */
  readonly foreignKeys: ForeignKeys
  /** Accepts tokens for Microsoft Graph that were signed with our own keys. @throws {TokenRefused} */
  readonly graphTokens: { verify(token: string): Promise<VerifiedToken> }
  readonly clock: Clock
  /** Told of a device code that was handed to a program of a run; whoever answers for that run does so then. */
  readonly deviceCodeIssued?: ((issued: { readonly userCode: string; readonly runId: string }) => void) | undefined
  /** Tells a person about a fault of Doorstep itself. */
  readonly reportFault: (fault: unknown, traceId: string) => void
}
