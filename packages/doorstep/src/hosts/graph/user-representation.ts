import { newUser, type User, type UserPassword } from '../../directory/user.ts'
import type { Entity } from './call.ts'
import type { EntityType } from './odata/known-properties.ts'
import { graphTimestamp, projection } from './representation.ts'

/** What Graph shows of a user unasked. */
const defaultProperties = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
]

/** A user as Graph shows him: a few properties, or those that were selected. */
export function userEntity(
  user: User,
  selected: readonly string[] | undefined,
  password?: Pick<UserPassword, 'changedDateTime'>,
): Entity {
  return projection(completeEntity(user, password), selected ?? defaultProperties)
}

function completeEntity(user: User, password: Pick<UserPassword, 'changedDateTime'> | undefined): Entity {
  const created = graphTimestamp(user.createdDateTime, 'read')
  const { signInSessionsValidFromDateTime: validFrom } = user
  return {
    businessPhones: user.businessPhones,
    displayName: user.displayName,
    givenName: user.givenName,
    jobTitle: user.jobTitle,
    mail: user.mail,
    mobilePhone: user.mobilePhone,
    officeLocation: user.officeLocation,
    preferredLanguage: user.preferredLanguage,
    surname: user.surname,
    userPrincipalName: user.userPrincipalName,
    id: user.id,
    accountEnabled: user.accountEnabled,
    ageGroup: user.ageGroup,
    assignedLicenses: [],
    assignedPlans: [],
    city: user.city,
    companyName: user.companyName,
    consentProvidedForMinor: user.consentProvidedForMinor,
    country: user.country,
    createdDateTime: created,
    creationType: user.userType === 'Guest' ? 'Invitation' : null,
    deletedDateTime: user.deletedDateTime,
    department: user.department,
    employeeId: user.employeeId,
    employeeType: user.employeeType,
    externalUserState: user.externalUserState ?? (user.userType === 'Guest' ? 'Accepted' : null),
    faxNumber: user.faxNumber,
    identities: [identity(user)],
    lastPasswordChangeDateTime: graphTimestamp(password?.changedDateTime ?? user.createdDateTime, 'read'),
    mailNickname: user.mailNickname,
    onPremisesImmutableId: user.onPremisesImmutableId,
    onPremisesSyncEnabled: null,
    otherMails: user.otherMails,
    passwordPolicies: user.passwordPolicies,
    passwordProfile: null,
    postalCode: user.postalCode,
    proxyAddresses: [],
    signInSessionsValidFromDateTime: validFrom === null ? created : graphTimestamp(validFrom, 'read'),
    state: user.state,
    streetAddress: user.streetAddress,
    usageLocation: user.usageLocation,
    userType: user.userType,
  }
}

/** How the account signs in; a guest does so at home. */
function identity({ userType, userPrincipalName }: User): Entity {
  if (userType === 'Guest') return { signInType: 'federated', issuer: 'ExternalAzureAD', issuerAssignedId: null }
  const issuer = userPrincipalName.split('@')[1] ?? null
  return { signInType: 'userPrincipalName', issuer, issuerAssignedId: userPrincipalName }
}

const nobody = newUser({ userPrincipalName: '', displayName: '' }, { id: '', tenantId: '', createdDateTime: '' })

export const userType: EntityType = {
  name: 'user',
  collection: 'users',
  properties: Object.keys(completeEntity(nobody, undefined)),
}
