import { newApplication } from './directory/application.ts'
import { changedApplication } from './directory/application-properties.ts'
import { applicationProblem } from './directory/application-rules.ts'
import { identifierUriProblem } from './directory/identifier-uri.ts'
import { isRecord } from './directory/property-problem.ts'
import type { Tenant } from './directory/tenant.ts'
import { completedApplication } from './seed/completed-application.ts'
import { readDocument } from './seed/document.ts'
import { applicationForm, registrationOf, type Seed, type SeedApplication, seedForm } from './seed/form.ts'
import { formMessage, formProblems } from './seed/form-message.ts'
import { namesIn } from './seed/names.ts'
import { itemsOf, type Place, textIn } from './seed/place.ts'
import { SeedError, type SeedProblem } from './seed/problem.ts'
import { referenceProblems } from './seed/references.ts'
import { uniquenessProblems } from './seed/uniqueness.ts'

export { derivedPermissionId } from './seed/completed-application.ts'
export { registrationOf, type Seed, type SeedApplication, type SeedTenant } from './seed/form.ts'
export { planSeed, type SeedParts, type SeedPlan, type SeedReads } from './seed/plan.ts'
export { SeedError, type SeedProblem } from './seed/problem.ts'

/**
 * Reads a seed file (YAML or JSON) and checks all of it: its form, the rules of the objects in it, and the names by
 * which they refer to one another. `name` is how messages call the file.
 * @throws {SeedError} with every problem that was found.
 */
export function parseSeed(text: string, name: string): Seed {
  const written: Place = { path: '', value: readDocument(text, name) }
  const { seed, problems } = checked(written, { isWhole: true })
  const all = [...problems, ...referenceProblems(written, namesIn(written))]
  if (all.length > 0 || !seed) throw new SeedError(name, all)
  return seed
}

/** A seed file as the desired state of a tenant that is there. */
export interface DesiredTenants {
  readonly seed: Seed
  /** Whether it has `applications` alone, of a tenant that it does not name. */
  readonly isFragment: boolean
}

/**
 * Reads a seed file for a tenant that is there already, with people, APIs and domains of its own: what names and
 * identifier URIs mean only that tenant can judge. The file may be a list `applications` alone.
 * @throws {SeedError} with every problem that was found.
 */
export function parseDesiredTenants(text: string, name: string): DesiredTenants {
  const value = readDocument(text, name)
  const isFragment = isRecord(value) && value.applications !== undefined && value.tenants === undefined
  const whole = withSecretTexts(isFragment ? withTenant(value) : value)
  const { seed, problems } = checked({ path: '', value: whole }, { isWhole: false })
  const placed = problems.map(({ path, message }) => ({
    path: isFragment ? path.replace(/^tenants\[0\]\./, '') : path,
    message: isFragment ? message.replaceAll('tenants[0].', '') : message,
  }))
  if (placed.length > 0 || !seed) throw new SeedError(name, placed)
  return { seed, isFragment }
}

/** The tenant that a file of applications does not name; its domain can be nobody's (RFC 2606). */
function withTenant({ applications, ...rest }: Readonly<Record<string, unknown>>) {
  return { ...rest, tenants: [{ displayName: 'tenant', domain: 'tenant.invalid', applications }] }
}

/** Stands for the text of a secret that a file of desired applications need not say, since Graph makes it. */
export const unsaidSecretText = '(made by Graph)'

function withSecretTexts(value: unknown): unknown {
  if (!isRecord(value)) return value
  const each = (list: unknown, change: (item: Readonly<Record<string, unknown>>) => unknown) =>
    Array.isArray(list) ? list.map((item) => (isRecord(item) ? change(item) : item)) : list
  const within = (item: Readonly<Record<string, unknown>>, name: string, change: Parameters<typeof each>[1]) =>
    item[name] === undefined ? item : { ...item, [name]: each(item[name], change) }
  return within(value, 'tenants', (tenant) =>
    within(tenant, 'applications', (application) =>
      within(application, 'passwordCredentials', (secret) => ({ secretText: unsaidSecretText, ...secret })),
    ),
  )
}

function checked(
  written: Place,
  { isWhole }: { readonly isWhole: boolean },
): { readonly seed: Seed | undefined; readonly problems: readonly SeedProblem[] } {
  const completed = completedSeed(written)
  const parsed = seedForm.safeParse(completed.value, { error: formMessage, reportInput: true })
  const problems = [
    ...completed.problems,
    ...(parsed.success ? [] : formProblems(seedForm, parsed.error)),
    ...registrationProblems(completed.value, isWhole),
    ...uniquenessProblems(written),
  ]
  return { seed: parsed.data, problems }
}

function completedSeed({ value }: Place): { readonly value: unknown; readonly problems: readonly SeedProblem[] } {
  const problems: SeedProblem[] = []
  if (!isRecord(value) || !Array.isArray(value.tenants)) return { value, problems }
  const tenants = value.tenants.map((tenant: unknown, index) => {
    if (!isRecord(tenant) || !Array.isArray(tenant.applications)) return tenant
    const path = `tenants[${index}]`
    const domain = textIn({ path, value: tenant }, 'domain') ?? ''
    const applications = tenant.applications.map((application: unknown, position) =>
      completedApplication({ path: `${path}.applications[${position}]`, value: application }, domain, (problem) =>
        problems.push(problem),
      ),
    )
    return { ...tenant, applications }
  })
  return { value: { ...value, tenants }, problems }
}

/**
 * How the properties of each application go together. Where the form of one is wrong, its identifier URIs are looked at
 * all the same: they need nothing else of it.
 */
function registrationProblems(seed: unknown, isWhole: boolean): readonly SeedProblem[] {
  const written: Place = { path: '', value: seed }
  return itemsOf(written, 'tenants').flatMap((tenant) => {
    const domain = textIn(tenant, 'domain')
    if (domain === undefined) return []
    const home = homeTenant(textIn(tenant, 'tenantId'), domain)
    return itemsOf(tenant, 'applications').flatMap(({ path, value }) => {
      const form = applicationForm.safeParse(value)
      const problem = form.success ? registrationProblem(form.data, home) : identifierUrisProblem({ path, value }, home)
      if (!problem || (!isWhole && problem.path.startsWith('identifierUris'))) return []
      return [{ path: `${path}.${problem.path}`, message: withoutUnknownId(problem.message) }]
    })
  })
}

/** Stands for the appId of an application that the file gives none. */
const unknownAppId = '00000000-0000-0000-0000-000000000000'

const withoutUnknownId = (message: string) =>
  message.replaceAll(`api://${unknownAppId}`, 'api:// and its appId, which the file then has to give')

function homeTenant(tenantId: string | undefined, domain: string): Tenant {
  return {
    id: tenantId?.toLowerCase() ?? 'tenantId',
    displayName: domain,
    verifiedDomains: [{ name: domain, isDefault: true, isInitial: true }],
    createdDateTime: '',
    countryLetterCode: null,
    usersCanRegisterApplications: true,
    usersCanConsent: true,
  }
}

function registrationProblem(application: SeedApplication, tenant: Tenant) {
  const identity = {
    id: '',
    appId: application.appId ?? unknownAppId,
    tenantId: tenant.id,
    publisherDomain: tenant.displayName,
    createdDateTime: '',
  }
  const registered = newApplication({ displayName: application.displayName }, identity)
  return applicationProblem(changedApplication(registered, registrationOf(application)), { tenant })
}

function identifierUrisProblem(application: Place, tenant: Tenant) {
  const appId = textIn(application, 'appId')?.toLowerCase() ?? unknownAppId
  return itemsOf(application, 'identifierUris')
    .flatMap(({ value }) => (typeof value === 'string' ? (identifierUriProblem(value, appId, tenant) ?? []) : []))
    .at(0)
}
