import { X509Certificate } from 'node:crypto'
import { type SeedApplication, SeedError, type SeedProblem } from '../../seed.ts'
import { messageOf, RefusedError } from '../failure.ts'
import type { RecordedAssignment, RecordedGrant } from '../registration/admin-consent.ts'
import type { Application, RequiredAccess } from '../registration/application.ts'
import { findOwner } from '../registration/find-owner.ts'
import { type GraphClient, unlessMissing } from '../registration/graph-client.ts'
import { withAccess } from '../registration/permission.ts'
import { userRead } from '../registration/register-application.ts'
import type { ServicePrincipal } from '../registration/service-principal.ts'
import { type ApiDirectory, apiDirectory, type FileApi } from './api-directory.ts'
import type { ActualApplication, Members, TenantState, WantedCertificate, WantedOwner } from './application-state.ts'
import { desiredProperties } from './desired-properties.ts'
import { type MatchedApplication, matchApplications, type Report } from './match-application.ts'
import type { RegistrationFile } from './registration-file.ts'
import { renamed, standIn } from './stand-in.ts'

/** An application of the file beside what the tenant has of it. */
interface Read extends MatchedApplication {
  readonly actual: ActualApplication | undefined
  readonly properties: Members
}

/**
 * Reads what a tenant has of the applications of a file, and finds whom and what the file names. Nothing is changed.
 *
 * @param name how messages call the file
 * @throws {SeedError} with everything in the file that this tenant does not know, or knows more than once
 */
export async function readTenantState(
  graph: GraphClient,
  { tenant, path }: RegistrationFile,
  name: string,
): Promise<TenantState> {
  const problems: SeedProblem[] = []
  const report: Report = (place, message) => void problems.push({ path: place, message })
  const matched = await matchApplications(graph, tenant.applications ?? [], path, report)
  const names = clientIds(matched)
  const read: Read[] = []
  for (const one of matched) {
    const actual = one.found && (await actualApplication(graph, one.form, one.found))
    read.push({ ...one, actual, properties: desiredProperties(one.form, tenant.domain, one.found, names) })
  }
  const apis = apiDirectory(graph, read.map(fileApi), report)
  const applications: TenantState['applications'][number][] = []
  for (const one of read) {
    const { form, actual, properties } = one
    const desired = {
      name: form.displayName,
      properties,
      permissions: await wantedPermissions(one, names, apis),
      certificates: (form.keyCredentials ?? []).flatMap(wantedCertificate),
      secrets: (form.passwordCredentials ?? []).map(({ displayName = null, endDateTime }) => ({
        displayName,
        endDateTime,
      })),
      owners: await wantedOwners(graph, one, read, report),
      adminConsent: form.adminConsent ?? false,
    }
    await apis.learn([...(desired.permissions ?? []), ...(actual?.application.requiredResourceAccess ?? [])])
    applications.push({ desired, actual })
  }
  if (problems.length > 0) throw new SeedError(name, problems)
  const absentApis = [...apis.known.values()].filter(({ appId }) => apis.absent.has(appId))
  return { applications, apis: apis.known, absentApis, now: await graph.now() }
}

/** Client ids of the file that the tenant has under another, or that Graph has still to make. */
function clientIds(matched: readonly MatchedApplication[]): ReadonlyMap<string, string> {
  return new Map(
    matched.flatMap(({ form, found }) => {
      const actual = found?.appId ?? standIn(form.displayName)
      return form.appId === undefined || form.appId === actual ? [] : [[form.appId, actual] as const]
    }),
  )
}

async function actualApplication(
  graph: GraphClient,
  { owners, adminConsent }: SeedApplication,
  application: Application,
): Promise<ActualApplication> {
  const found = await unlessMissing(graph.get<ServicePrincipal>(`/servicePrincipals(appId='${application.appId}')`))
  const owned = owners ? await graph.list<{ id: string }>(`/applications/${application.id}/owners`) : []
  const ofPrincipal = <Item>(collection: string): Promise<readonly Item[]> =>
    found && adminConsent ? graph.list<Item>(`/servicePrincipals/${found.id}/${collection}`) : Promise.resolve([])
  return {
    application,
    servicePrincipalId: found?.id,
    owners: owned.map(({ id }) => id),
    grants: await ofPrincipal<RecordedGrant>('oauth2PermissionGrants'),
    assignments: await ofPrincipal<RecordedAssignment>('appRoleAssignments'),
  }
}

function fileApi({ form, found, actual, properties }: Read): FileApi {
  // What the tenant has, under what the file says: the members that Graph's application has.
  const application = { ...found, ...properties } as unknown as Application
  const scopes = application.api?.oauth2PermissionScopes ?? found?.api?.oauth2PermissionScopes ?? []
  return {
    id: actual?.servicePrincipalId ?? `<service principal of ${form.displayName}>`,
    appId: found?.appId ?? standIn(form.displayName),
    displayName: form.displayName,
    oauth2PermissionScopes: scopes,
    appRoles: application.appRoles ?? [],
    calledBy: [
      ...(form.appId === undefined ? [] : [form.appId]),
      ...(form.identifierUris ?? []),
      ...(found?.identifierUris ?? []),
    ],
  }
}

/**
 * Undefined where the file says nothing of an application that is there; a new one gets what the portal gives it. A file
 * that names permissions of one kind leaves those of the other kind as they are.
 */
async function wantedPermissions(
  { form, path, found }: Read,
  names: ReadonlyMap<string, string>,
  apis: ApiDirectory,
): Promise<readonly RequiredAccess[] | undefined> {
  const { permissions, applicationPermissions, requiredResourceAccess } = form
  if ((permissions ?? applicationPermissions ?? requiredResourceAccess) === undefined) {
    return found ? undefined : [userRead]
  }
  const wanted = [
    ...(permissions ?? []).map((text, index) => [text, 'delegated', `${path}.permissions[${index}]`] as const),
    ...(applicationPermissions ?? []).map(
      (text, index) => [text, 'application', `${path}.applicationPermissions[${index}]`] as const,
    ),
  ]
  const named = { Scope: permissions !== undefined, Role: applicationPermissions !== undefined }
  const left = (found?.requiredResourceAccess ?? []).map(({ resourceAppId, resourceAccess }) => ({
    resourceAppId,
    resourceAccess: resourceAccess.filter(({ type }) => !named[type]),
  }))
  let required: readonly RequiredAccess[] = requiredResourceAccess
    ? renamed(requiredResourceAccess, names)
    : left.filter(({ resourceAccess }) => resourceAccess.length > 0)
  for (const [text, kind, place] of wanted) {
    const access = await apis.access(text, kind, place)
    if (access) required = withAccess(required, access.resourceAppId, access.resourceAccess)
  }
  return required
}

function wantedCertificate(credential: NonNullable<SeedApplication['keyCredentials']>[number]): WantedCertificate[] {
  const { key, displayName } = credential
  if (key === null) return []
  const { fingerprint, subject } = new X509Certificate(Buffer.from(key, 'base64'))
  const name = displayName ?? subject.split('\n').join(', ')
  return [{ thumbprint: fingerprint.replaceAll(':', ''), key, displayName: name }]
}

async function wantedOwners(
  graph: GraphClient,
  { form, path }: Read,
  read: readonly Read[],
  report: Report,
): Promise<readonly WantedOwner[]> {
  const owners: WantedOwner[] = []
  for (const [index, wanted] of (form.owners ?? []).entries()) {
    const folded = wanted.toLowerCase()
    const own = read.find(({ form: { displayName, appId } }) => [displayName.toLowerCase(), appId].includes(folded))
    const id = own?.actual?.servicePrincipalId
    if (own) {
      const { displayName: name } = own.form
      owners.push(id === undefined ? { kind: 'application', name } : { kind: 'present', id, name })
      continue
    }
    await findOwner(graph, wanted).then(
      (owner) => owners.push({ kind: 'present', ...owner }),
      (error: unknown) => {
        if (!(error instanceof RefusedError)) throw error
        report(`${path}.owners[${index}]`, messageOf(error))
      },
    )
  }
  return owners
}
