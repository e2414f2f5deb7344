import { z } from 'zod'
import { passwordProblem } from './password-policy.ts'
import {
  firstProblem,
  isRecord,
  type ParsedProperties,
  type PropertyProblem,
  readOnlyProblem,
  withoutUnkeptProperties,
} from './property-problem.ts'
import type { Tenant } from './tenant.ts'

const readOnlyProperties = [
  'id',
  'assignedPlans',
  'createdDateTime',
  'creationType',
  'deletedDateTime',
  'externalUserState',
  'externalUserStateChangeDateTime',
  'lastPasswordChangeDateTime',
  'provisionedPlans',
  'proxyAddresses',
  'signInSessionsValidFromDateTime',
]

/** Kept by the real platform only. */
const unkeptProperties = [
  'assignedLicenses',
  'customSecurityAttributes',
  'employeeHireDate',
  'employeeLeaveDateTime',
  'employeeOrgData',
  'identities',
  'imAddresses',
  'onPremisesExtensionAttributes',
  'onPremisesSyncEnabled',
  'preferredDataLocation',
  'showInAddressList',
]

const required = ['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName', 'passwordProfile'] as const

const text = (longest: number) => z.string().max(longest, `Expected at most ${longest} characters`)
const name = (longest: number) => text(longest).min(1, 'Expected a name')

/** Read back as it was written; passwords here do not expire, and weak ones are refused all the same. */
const passwordPolicies = z
  .string()
  .regex(
    /^(None|(DisablePasswordExpiration|DisableStrongPassword)(, ?(DisablePasswordExpiration|DisableStrongPassword))*)$/,
    'Expected None, DisablePasswordExpiration, DisableStrongPassword or both, separated by a comma',
  )
  .nullable()

/** The password must be changed at the next sign-in unless the request says otherwise. */
const passwordProfile = z.strictObject({
  password: z
    .string()
    .optional()
    .superRefine((password, context) => {
      const message = password === undefined ? undefined : passwordProblem(password)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    }),
  forceChangePasswordNextSignIn: z.boolean().default(true),
  forceChangePasswordNextSignInWithMfa: z.literal(false, { error: 'There is no second factor here' }).optional(),
})

const userSchema = z
  .strictObject({
    accountEnabled: z.boolean(),
    displayName: name(256),
    userPrincipalName: text(113).regex(/^[^\s@]+@[^\s@]+$/, 'Expected a name such as alice@contoso.example'),
    mailNickname: name(64).regex(/^[^\s@()\\[\]";:<>,]+$/, 'Expected no blanks and none of @ ( ) \\ [ ] " ; : < > ,'),
    passwordProfile,
    userType: z.enum(['Member', 'Guest']),
    givenName: text(64).nullable(),
    surname: text(64).nullable(),
    mail: z.email({ error: 'Expected an e-mail address' }).nullable(),
    jobTitle: text(128).nullable(),
    department: text(64).nullable(),
    mobilePhone: text(64).nullable(),
    officeLocation: text(128).nullable(),
    preferredLanguage: text(64).nullable(),
    usageLocation: z.string().length(2, 'Expected two letters, such as NO').nullable(),
    businessPhones: z.array(text(64)).max(1, 'Expected at most one number'),
    ageGroup: z.enum(['Minor', 'NotAdult', 'Adult']).nullable(),
    city: text(128).nullable(),
    companyName: text(64).nullable(),
    consentProvidedForMinor: z.enum(['Granted', 'Denied', 'NotRequired']).nullable(),
    country: text(128).nullable(),
    employeeId: text(16).nullable(),
    employeeType: text(64).nullable(),
    faxNumber: text(64).nullable(),
    onPremisesImmutableId: text(1024).nullable(),
    otherMails: z.array(z.email({ error: 'Expected an e-mail address' })).max(250, 'Expected at most 250 addresses'),
    passwordPolicies,
    postalCode: text(40).nullable(),
    state: text(128).nullable(),
    streetAddress: text(1024).nullable(),
  })
  .partial()

/** Changes to a user, checked; what is not there stays as it is. */
export type UserPatch = z.output<typeof userSchema>

/** A password that is to be set, and whether it is for one sign-in only. */
export interface NewPassword {
  readonly password: string
  readonly forceChangePasswordNextSignIn: boolean
}

type RequiredName = (typeof required)[number]

/** A new user's properties, complete as far as Graph demands it. */
export type NewUserProperties = UserPatch & {
  readonly [Name in RequiredName]-?: NonNullable<UserPatch[Name]>
} & { readonly passwordProfile: NewPassword }

/** The body of `POST /users`, checked. Its domain must be one of the tenant's. */
export function parseUserProperties(body: unknown, tenant: Tenant): ParsedProperties<NewUserProperties> {
  const missing = required.find((property) => !isRecord(body) || body[property] === undefined)
  if (missing !== undefined) {
    const message = `A new user needs ${required.join(', ')}.`
    return { problem: { path: missing, kind: 'missing', message } }
  }
  if (isRecord(body) && isRecord(body.passwordProfile) && body.passwordProfile.password === undefined) {
    return { problem: { path: 'passwordProfile.password', kind: 'missing', message: 'A new user needs a password.' } }
  }
  const parsed = parseUserPropertiesPatch(body, tenant)
  // What is required was found above, and the schema allows none of it to be empty.
  return 'problem' in parsed ? parsed : { properties: parsed.properties as NewUserProperties }
}

/** The body of `PATCH /users/{id}`, checked. */
export function parseUserPropertiesPatch(body: unknown, tenant: Tenant): ParsedProperties<UserPatch> {
  const refused = readOnlyProblem(body, readOnlyProperties)
  if (refused) return { problem: refused }
  const known = withoutUnkeptProperties(body, unkeptProperties)
  if ('problem' in known) return known
  const parsed = userSchema.safeParse(known.rest)
  if (!parsed.success) return { problem: firstProblem(parsed.error) }
  const problem = domainProblem(parsed.data, tenant)
  return problem ? { problem } : { properties: parsed.data }
}

function domainProblem({ userPrincipalName }: UserPatch, { verifiedDomains }: Tenant): PropertyProblem | undefined {
  const domain = userPrincipalName?.split('@')[1]?.toLowerCase()
  if (domain === undefined || verifiedDomains.some((verified) => verified.name.toLowerCase() === domain)) return
  const known = verifiedDomains.map((verified) => verified.name).join(', ')
  const message = `The domain portion is invalid. You must use one of the verified domain names here: ${known}.`
  return { path: 'userPrincipalName', kind: 'invalid', message }
}
