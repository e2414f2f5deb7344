import type { CountQuery, DirectoryQuery, Page } from './query.ts'

/** A person's account in a tenant (Microsoft Graph `user`). */
export interface User {
  readonly id: string
  readonly tenantId: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly givenName: string | null
  readonly surname: string | null
  readonly mail: string | null
  readonly mailNickname: string
  readonly accountEnabled: boolean
  readonly userType: 'Member' | 'Guest'
  readonly jobTitle: string | null
  readonly department: string | null
  readonly mobilePhone: string | null
  readonly officeLocation: string | null
  readonly preferredLanguage: string | null
  readonly usageLocation: string | null
  readonly businessPhones: readonly string[]
  readonly ageGroup: string | null
  readonly city: string | null
  readonly companyName: string | null
  readonly consentProvidedForMinor: string | null
  readonly country: string | null
  readonly employeeId: string | null
  readonly employeeType: string | null
  readonly faxNumber: string | null
  readonly onPremisesImmutableId: string | null
  readonly otherMails: readonly string[]
  readonly passwordPolicies: string | null
  readonly postalCode: string | null
  readonly state: string | null
  readonly streetAddress: string | null
  /** The user whom this one reports to. */
  readonly managerId: string | null
  /** Of a guest: whether the invitation was redeemed. */
  readonly externalUserState: 'PendingAcceptance' | 'Accepted' | null
  readonly createdDateTime: string
  readonly deletedDateTime: string | null
  /** ISO 8601; what was signed in before counts no more. Null while nobody has revoked anything. */
  readonly signInSessionsValidFromDateTime: string | null
  /** For a guest: the account in its home tenant. */
  readonly home: { readonly tenantId: string; readonly userId: string } | null
  readonly version: number
}

/** What records of users that were kept before these properties were do not have. */
export const laterUserProperties = {
  ageGroup: null,
  city: null,
  companyName: null,
  consentProvidedForMinor: null,
  country: null,
  employeeId: null,
  employeeType: null,
  faxNumber: null,
  onPremisesImmutableId: null,
  otherMails: [],
  passwordPolicies: null,
  postalCode: null,
  state: null,
  streetAddress: null,
  managerId: null,
  externalUserState: null,
} as const

export type UserProperties = Partial<Omit<User, 'id' | 'tenantId' | 'createdDateTime' | 'version'>> & {
  readonly userPrincipalName: string
  readonly displayName: string
}

/** An account with Graph's defaults for all that `properties` leaves open. */
export function newUser(
  properties: UserProperties,
  identity: { readonly id: string; readonly tenantId: string; readonly createdDateTime: string },
): User {
  return {
    givenName: null,
    surname: null,
    mail: null,
    mailNickname: properties.userPrincipalName.split('@')[0] ?? properties.userPrincipalName,
    accountEnabled: true,
    userType: 'Member',
    jobTitle: null,
    department: null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    usageLocation: null,
    businessPhones: [],
    ...laterUserProperties,
    deletedDateTime: null,
    signInSessionsValidFromDateTime: null,
    home: null,
    ...properties,
    ...identity,
    version: 1,
  }
}

/** What a sign-in is checked against; kept apart from what Graph shows. */
export interface UserPassword {
  readonly userId: string
  readonly passwordHash: string
  /** ISO 8601; refresh tokens and sessions from before are revoked. */
  readonly changedDateTime: string
  readonly mustChange: boolean
}

export interface UserStore {
  byId(id: string): Promise<User | undefined>
  /** Those of the ids that there are, in any order. */
  byIds(ids: readonly string[]): Promise<readonly User[]>
  /** By user principal name, in any case. */
  byPrincipalName(tenantId: string, userPrincipalName: string): Promise<User | undefined>
  /** The guests of all tenants whose home account this is. */
  byHome(homeUserId: string): Promise<readonly User[]>
  /** The users who report to this one, in the order of their ids. */
  byManager(managerId: string): Promise<readonly User[]>
  list(query: DirectoryQuery): Promise<Page<User>>
  count(query: CountQuery): Promise<number>
  passwordOf(userId: string): Promise<UserPassword | undefined>
}
