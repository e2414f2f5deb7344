import { readFile } from 'node:fs/promises'
import { parseDesiredTenants, type Seed, type SeedTenant, unsaidSecretText } from '../../seed.ts'
import { RefusedError, UsageError } from '../failure.ts'

/** The part of a seed file that one tenant is to be like. */
export interface RegistrationFile {
  readonly tenant: SeedTenant
  /** Domain of the tenant, where the file says. */
  readonly domain: string | undefined
  /** Where the applications stand in the file: `tenants[0].applications`. */
  readonly path: string
  /** What Graph is not asked for, and why; one sentence each. */
  readonly leftOut: readonly string[]
}

/**
 * Reads a seed file as the desired state of a tenant that is there.
 *
 * @param wanted tenant, by id, domain or name: chooses one of several. The only one of a file is meant whatever it is
 * called.
 * @throws {SeedError} with every problem of the file
 */
export async function readRegistrationFile(file: string, wanted: string | undefined): Promise<RegistrationFile> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RefusedError(`${file} cannot be read (${error.code}).`, { cause: error })
  })
  const { seed, isFragment } = parseDesiredTenants(text, file)
  const tenants = seed.tenants ?? []
  const index = indexOf(tenants, wanted)
  const tenant = tenants[index]
  if (!tenant) throw new UsageError(choiceMissing(file, tenants, wanted))
  return {
    tenant,
    domain: isFragment ? undefined : tenant.domain,
    path: isFragment ? 'applications' : `tenants[${index}].applications`,
    leftOut: leftOutOf(seed, tenant),
  }
}

function indexOf(tenants: readonly SeedTenant[], wanted: string | undefined): number {
  const folded = wanted?.toLowerCase()
  const named = tenants.findIndex(
    ({ tenantId, domain, displayName }) =>
      folded !== undefined && [tenantId, domain, displayName.toLowerCase()].includes(folded),
  )
  return named < 0 && tenants.length === 1 ? 0 : named
}

function choiceMissing(file: string, tenants: readonly SeedTenant[], wanted: string | undefined): string {
  if (tenants.length === 0) {
    return `${file} has no applications: expected applications, a list, or tenants, a list, with the applications of each: tenants: [{ displayName: Contoso, domain: contoso.example, applications: [...] }]`
  }
  const domains = tenants.map(({ domain }) => domain).join(', ')
  return wanted === undefined
    ? `${file} has ${tenants.length} tenants; one at a time is applied. Choose it with --tenant: ${domains}.`
    : `${file} has no tenant '${wanted}'. It has: ${domains}.`
}

const cloudsOwn = ['personalAccounts', 'cdf', 'energy', 'propagation', 'accessTokenLifetime', 'consent'] as const
const tenantsOwn = ['users', 'groups', 'guests', 'subscriptions'] as const
const settings = ['countryLetterCode', 'usersCanRegisterApplications', 'usersCanConsent'] as const

function leftOutOf(seed: Seed, tenant: SeedTenant): readonly string[] {
  const parts = [
    ...tenantsOwn.filter((name) => (tenant[name]?.length ?? 0) > 0),
    ...settings.filter((name) => tenant[name] !== undefined),
    ...cloudsOwn.filter((name) => seed[name] !== undefined),
  ]
  const applications = tenant.applications ?? []
  const has = (isThere: (application: (typeof applications)[number]) => boolean) => applications.some(isThere)
  return [
    ...(parts.length > 0
      ? [
          `${parts.join(', ')}: only applications, and what belongs to them, are applied; a local cloud takes the rest at its start, with --seed.`,
        ]
      : []),
    ...(has(({ passwordCredentials = [] }) =>
      passwordCredentials.some(({ secretText }) => secretText !== unsaidSecretText),
    )
      ? ['secretText: Graph makes the text of a secret itself.']
      : []),
    ...(has(({ id }) => id !== undefined) ? ['id: Graph chooses object ids itself.'] : []),
    ...(has(({ info }) => (info?.logoUrl ?? null) !== null)
      ? ['info.logoUrl: a logo is a picture, which is uploaded.']
      : []),
  ]
}
