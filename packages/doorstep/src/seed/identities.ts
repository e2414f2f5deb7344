import type { Application } from '../directory/application.ts'
import type { Group } from '../directory/group.ts'
import { guestPrincipalName } from '../directory/guest.ts'
import { personalAccountId, personalAccountsTenantId } from '../directory/personal-accounts.ts'
import type { ServicePrincipal } from '../directory/service-principal.ts'
import type { Tenant } from '../directory/tenant.ts'
import type { User } from '../directory/user.ts'
import { type NewTenant, newPersonalAccountsTenant, newTenant } from '../new-tenant.ts'
import type { SeedApplication, SeedGroup, SeedPersonalAccount, SeedTenant, SeedUser } from './form.ts'
import type { Planning } from './plan-parts.ts'
import { SeedError } from './problem.ts'

/** Something a seed file describes, the record it already has, if any, and the id it has or will have. */
export interface Identified<Form, Kept> {
  readonly form: Form
  readonly kept: Kept | undefined
  readonly id: string
}

export interface IdentifiedApplication extends Identified<SeedApplication, Application> {
  readonly appId: string
  readonly servicePrincipal: { readonly kept: ServicePrincipal | undefined; readonly id: string }
}

/** A tenant of a seed file whose objects all have their ids, so that they can name one another. */
export interface IdentifiedTenant {
  readonly form: SeedTenant
  readonly tenant: Tenant
  /** The tenant as it is about to be made; undefined when it is there already. */
  readonly made: NewTenant | undefined
  readonly users: readonly Identified<SeedUser, User>[]
  /** `form` is the user principal name in the home tenant. */
  readonly guests: readonly Identified<string, User>[]
  readonly groups: readonly Identified<SeedGroup, Group>[]
  readonly applications: readonly IdentifiedApplication[]
}

/** Finds what is there already (tenants by domain, users by name, …) and gives ids to what is not. */
export async function identifyTenant(
  form: SeedTenant,
  path: string,
  firstParty: readonly Application[],
  planning: Planning,
): Promise<IdentifiedTenant> {
  const { reads, parts } = planning
  const kept = await reads.tenants.byDomain(form.domain)
  assertSameId(`${path}.tenantId`, form.tenantId, kept?.id, `The tenant with the domain ${form.domain}`)
  if (!kept) await assertNoPersonalAccount(form.domain, path, planning)
  const made = kept ? undefined : newTenant({ ...form, id: form.tenantId }, firstParty, parts)
  const tenant = kept ?? made?.tenant
  if (!tenant) throw new Error('A tenant is either there or made.')
  const search = searchOf(kept, planning)
  return {
    form,
    tenant,
    made,
    users: await inOrder(form.users, async (user, index) => {
      const found = await search.user(user.userPrincipalName)
      assertSameId(`${path}.users[${index}].id`, user.id, found?.id, `The user ${user.userPrincipalName}`)
      return { form: user, kept: found, id: found?.id ?? user.id ?? parts.newId() }
    }),
    guests: await inOrder(form.guests, async (name) => {
      const found = await search.user(guestPrincipalName(name, form.domain))
      return { form: name, kept: found, id: found?.id ?? parts.newId() }
    }),
    groups: await inOrder(form.groups, async (group, index) => {
      const found = await search.group(group.displayName)
      assertSameId(`${path}.groups[${index}].id`, group.id, found?.id, `The group ${group.displayName}`)
      return { form: group, kept: found, id: found?.id ?? group.id ?? parts.newId() }
    }),
    applications: await inOrder(form.applications, async (application, index) => {
      const found = await search.application(application, `${path}.applications[${index}]`)
      const appId = found?.appId ?? application.appId ?? parts.newId()
      const presence = found && (await reads.servicePrincipals.byAppId(found.tenantId, appId))
      return {
        form: application,
        kept: found,
        id: found?.id ?? application.id ?? parts.newId(),
        appId,
        servicePrincipal: { kept: presence, id: presence?.id ?? parts.newId() },
      }
    }),
  }
}

/** Sign-in goes by the domain: accounts that are there could not sign in any more once a tenant has it. */
async function assertNoPersonalAccount(domain: string, path: string, { reads }: Planning): Promise<void> {
  const filter = { kind: 'endsWith', property: 'userPrincipalName', value: `@${domain}` } as const
  const { items } = await reads.users.list({ tenantId: personalAccountsTenantId, filter, top: 1 })
  const [account] = items
  if (!account) return
  throw conflict(`${path}.domain`, `The personal account ${account.userPrincipalName} has this domain; choose another.`)
}

/** The tenant of personal accounts with those of a seed file, as any tenant that has users and nothing else. */
export async function identifyPersonalAccounts(
  forms: readonly SeedPersonalAccount[],
  firstParty: readonly Application[],
  planning: Planning,
): Promise<IdentifiedTenant> {
  const { reads, parts } = planning
  const kept = await reads.tenants.byId(personalAccountsTenantId)
  const made = kept ? undefined : newPersonalAccountsTenant(firstParty, parts)
  const tenant = kept ?? made?.tenant
  if (!tenant) throw new Error('A tenant is either there or made.')
  const search = searchOf(kept, planning)
  const users = await inOrder(forms, async (account, index) => {
    const path = `personalAccounts[${index}]`
    const name = account.userPrincipalName
    const owner = await reads.tenants.byDomain(name.split('@')[1] ?? '')
    if (owner) {
      const message = `The domain of ${name} is that of the tenant ${owner.displayName}; a personal account has another one, such as outlook.example.`
      throw conflict(`${path}.userPrincipalName`, message)
    }
    const found = await search.user(name)
    assertSameId(`${path}.id`, account.id, found?.id, `The personal account ${name}`)
    const id = found?.id ?? account.id ?? personalAccountId(parts.newId())
    return { form: { mail: name, ...account }, kept: found, id }
  })
  const form = { displayName: tenant.displayName, domain: '' }
  return { form, tenant, made, users, guests: [], groups: [], applications: [] }
}

/** Looks for objects in a tenant that is there; a tenant about to be made holds nothing. */
function searchOf(tenant: Tenant | undefined, { reads }: Planning) {
  const byName = (displayName: string, tenantId: string) => ({
    tenantId,
    filter: { kind: 'compare', property: 'displayName', operator: 'eq', value: displayName } as const,
    top: 1,
  })
  return {
    user: async (name: string) => tenant && (await reads.users.byPrincipalName(tenant.id, name)),
    group: async (name: string) => tenant && (await reads.groups.list(byName(name, tenant.id))).items[0],
    application: async ({ appId, id, displayName }: SeedApplication, path: string) => {
      if (appId === undefined) {
        const found = tenant && (await reads.applications.list(byName(displayName, tenant.id))).items[0]
        assertSameId(`${path}.id`, id, found?.id, `The application ${displayName}`)
        return found
      }
      const found = await reads.applications.byAppId(appId)
      if (found && found.tenantId !== tenant?.id) {
        throw conflict(`${path}.appId`, `An application of another tenant, '${found.displayName}', has this client id.`)
      }
      assertSameId(`${path}.id`, id, found?.id, `The application with the client id ${appId}`)
      return found
    },
  }
}

function assertSameId(path: string, wanted: string | undefined, kept: string | undefined, what: string): void {
  if (wanted === undefined || kept === undefined || wanted === kept) return
  throw conflict(path, `${what} exists already and has the id ${kept}. Leave the id out, or use that one.`)
}

/** A seed file that is right by itself and does not fit what is there. */
export function conflict(path: string, message: string): SeedError {
  return new SeedError('The seed file', [{ path, message }])
}

async function inOrder<Form, Result>(
  forms: readonly Form[] | undefined,
  identify: (form: Form, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (const [index, form] of (forms ?? []).entries()) results.push(await identify(form, index))
  return results
}
