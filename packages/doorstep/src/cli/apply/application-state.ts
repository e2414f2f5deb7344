import type { RecordedAssignment, RecordedGrant } from '../registration/admin-consent.ts'
import type { Application, RequiredAccess } from '../registration/application.ts'
import type { Api } from '../registration/permission.ts'

/** Members of Graph's application. */
export type Members = Readonly<Record<string, unknown>>

/** A certificate that an application is to be known by. */
export interface WantedCertificate {
  /** SHA-1 in hexadecimal, as Azure shows it. */
  readonly thumbprint: string
  /** DER in base64. */
  readonly key: string
  readonly displayName: string
}

export interface WantedSecret {
  readonly displayName: string | null
  /** ISO 8601; undefined: as long as the platform gives. */
  readonly endDateTime: string | undefined
}

/** An owner: something in the directory, or the service principal of an application of the same file. */
export type WantedOwner =
  | { readonly kind: 'present'; readonly id: string; readonly name: string }
  | { readonly kind: 'application'; readonly name: string }

/** What is to be of one application; ids of applications that are not there yet are stand-ins (`stand-in.ts`). */
export interface DesiredApplication {
  /** Its display name in the file, which is unique there. */
  readonly name: string
  /** Without `requiredResourceAccess`, secrets and certificates. */
  readonly properties: Members
  /** Undefined where the file does not say. */
  readonly permissions: readonly RequiredAccess[] | undefined
  readonly certificates: readonly WantedCertificate[]
  readonly secrets: readonly WantedSecret[]
  readonly owners: readonly WantedOwner[]
  readonly adminConsent: boolean
}

/** What the tenant has of it. */
export interface ActualApplication {
  readonly application: Application
  /** Object id; undefined where the tenant has none. */
  readonly servicePrincipalId: string | undefined
  /** Object ids. */
  readonly owners: readonly string[]
  readonly grants: readonly RecordedGrant[]
  readonly assignments: readonly RecordedAssignment[]
}

export interface ApplicationState {
  readonly desired: DesiredApplication
  /** Undefined where there is none yet. */
  readonly actual: ActualApplication | undefined
}

/** All that a plan goes by. */
export interface TenantState {
  readonly applications: readonly ApplicationState[]
  /** APIs of which permissions are listed, by appId; those of the file's new applications by their stand-ins. */
  readonly apis: ReadonlyMap<string, Api>
  /** APIs that have no service principal in the tenant yet, and are no application of the file. */
  readonly absentApis: readonly { readonly appId: string; readonly displayName: string }[]
  /** Milliseconds since the epoch by the directory's clock. */
  readonly now: number
}
