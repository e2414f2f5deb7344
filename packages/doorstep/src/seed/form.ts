import { z } from 'zod'
import { type ApplicationPatch, applicationSchema } from '../directory/application-schema.ts'
import { personalAccountIdStart } from '../directory/personal-accounts.ts'
import { durationForm, parseDuration } from '../duration.ts'

const text = z.string().min(1)
const guid = z.guid({ error: 'Expected a GUID, such as 0a123b56-c987-4321-abcd-1a2b3c4d5e6f' }).toLowerCase()
const nullableText = z.string().nullable()
const domain = z
  .string()
  .regex(/^(?=.{3,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'Expected a domain such as contoso.example')
  .toLowerCase()
const principalName = z.string().regex(/^[^\s@]+@[^\s@]+$/, 'Expected a name such as alice@contoso.example')
const dateTime = z.iso
  .datetime({ offset: true, error: 'Expected a date and time such as 2030-01-02T03:04:05Z' })
  .transform((value) => new Date(value).toISOString())

/** A duration as text; seconds afterwards. */
const duration = z.string().transform((value, context) => {
  const seconds = parseDuration(value)
  if (seconds === undefined) context.addIssue({ code: 'custom', message: `Expected ${durationForm}` })
  return seconds ?? z.NEVER
})

const user = z.strictObject({
  id: guid.optional(),
  userPrincipalName: principalName,
  displayName: text,
  password: text.optional(),
  passwordProfile: z
    .strictObject({ password: text.optional(), forceChangePasswordNextSignIn: z.boolean().optional() })
    .optional(),
  directoryRoles: z.array(text).optional(),
  accountEnabled: z.boolean().optional(),
  mailNickname: text.optional(),
  userType: z.enum(['Member', 'Guest']).optional(),
  givenName: nullableText.optional(),
  surname: nullableText.optional(),
  mail: nullableText.optional(),
  jobTitle: nullableText.optional(),
  department: nullableText.optional(),
  mobilePhone: nullableText.optional(),
  officeLocation: nullableText.optional(),
  preferredLanguage: nullableText.optional(),
  usageLocation: nullableText.optional(),
  businessPhones: z.array(z.string()).optional(),
})

/** A personal account has what its owner writes about himself: no roles, no place in an organization. */
const personalAccount = user
  .pick({
    userPrincipalName: true,
    displayName: true,
    password: true,
    accountEnabled: true,
    givenName: true,
    surname: true,
    mail: true,
    preferredLanguage: true,
  })
  .extend({
    id: guid
      .refine((id) => id.startsWith(personalAccountIdStart), {
        error: `Expected the id of a personal account, which begins with ${personalAccountIdStart}, such as 00000000-0000-0000-0a1b-2c3d4e5f6a7b`,
      })
      .optional(),
  })

const group = z.strictObject({
  id: guid.optional(),
  displayName: text,
  description: nullableText.optional(),
  mailNickname: text.optional(),
  mailEnabled: z.boolean().optional(),
  securityEnabled: z.boolean().optional(),
  groupTypes: z.array(z.string()).optional(),
  isAssignableToRole: z.boolean().nullable().optional(),
  members: z.array(text).optional(),
  owners: z.array(text).optional(),
})

const passwordCredential = z.strictObject({
  displayName: nullableText.optional(),
  secretText: text,
  keyId: guid.optional(),
  startDateTime: dateTime.optional(),
  endDateTime: dateTime.optional(),
})

export const applicationForm = applicationSchema.extend({
  displayName: z.string().min(1).max(256, 'Expected at most 256 characters'),
  id: guid.optional(),
  appId: guid.optional(),
  permissions: z.array(text).optional(),
  applicationPermissions: z.array(text).optional(),
  adminConsent: z.boolean().optional(),
  passwordCredentials: z.array(passwordCredential).optional(),
  owners: z.array(text).optional(),
})

const resourceGroup = z.strictObject({
  name: z.string().regex(/^[\p{L}\p{N}_.()-]{0,89}[\p{L}\p{N}_()-]$/u, {
    error: 'Expected at most 90 letters, digits and _ - . ( ), not ending in a full stop',
  }),
  location: text,
  tags: z.record(z.string(), z.string()).optional(),
})

const roleAssignment = z.strictObject({
  name: guid.optional(),
  principal: text,
  role: text,
  scope: text.optional(),
})

const subscription = z.strictObject({
  subscriptionId: guid.optional(),
  displayName: text,
  state: z.enum(['Enabled', 'Disabled']).optional(),
  resourceGroups: z.array(resourceGroup).optional(),
  roleAssignments: z.array(roleAssignment).optional(),
})

const tenant = z.strictObject({
  tenantId: guid.optional(),
  displayName: text,
  domain,
  countryLetterCode: z.string().length(2, 'Expected two letters, such as NO').nullable().optional(),
  usersCanRegisterApplications: z.boolean().optional(),
  usersCanConsent: z.boolean().optional(),
  users: z.array(user).optional(),
  groups: z.array(group).optional(),
  guests: z.array(principalName).optional(),
  applications: z.array(applicationForm).optional(),
  subscriptions: z.array(subscription).optional(),
})

const cdf = z.strictObject({
  cluster: z.string().regex(/^[a-z0-9-]+$/, 'Expected the name of a cluster, such as westeurope-1'),
  projects: z
    .array(
      z.strictObject({
        name: text,
        groups: z
          .array(
            z.strictObject({
              name: text,
              source: text.optional(),
              capabilities: z.array(z.record(z.string(), z.unknown())).optional(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
})

const energy = z.strictObject({
  name: text,
  application: text,
  dataPartitions: z.array(text).optional(),
})

const longestTokenLifetimeInSeconds = 86_400

/** The whole form of a seed file. What is called by its name in Graph and ARM has the type it has there. */
export const seedForm = z.strictObject({
  tenants: z.array(tenant).optional(),
  personalAccounts: z.array(personalAccount).optional(),
  cdf: z.array(cdf).optional(),
  energy: z.array(energy).optional(),
  propagation: z
    .strictObject({
      roleAssignments: duration.optional(),
      consents: duration.optional(),
      servicePrincipals: duration.optional(),
    })
    .optional(),
  accessTokenLifetime: duration
    .refine((seconds) => seconds >= 1 && seconds <= longestTokenLifetimeInSeconds, {
      error: 'Expected at least 1s and at most 24h',
    })
    .optional(),
  consent: z.enum(['ask', 'auto']).optional(),
})

/** A seed file, checked: durations are in seconds, GUIDs and domains in lower case. */
export type Seed = z.output<typeof seedForm>
export type SeedTenant = z.output<typeof tenant>
export type SeedPersonalAccount = z.output<typeof personalAccount>
export type SeedUser = z.output<typeof user>
export type SeedGroup = z.output<typeof group>
export type SeedApplication = z.output<typeof applicationForm>
export type SeedPasswordCredential = z.output<typeof passwordCredential>
export type SeedSubscription = z.output<typeof subscription>

/** What an application of a seed file sets on its registration: all that Graph knows, without the seed's own words. */
export function registrationOf(application: SeedApplication): ApplicationPatch {
  const {
    id: _id,
    appId: _appId,
    permissions: _permissions,
    applicationPermissions: _applicationPermissions,
    adminConsent: _adminConsent,
    passwordCredentials: _passwordCredentials,
    owners: _owners,
    ...registration
  } = application
  return registration
}
