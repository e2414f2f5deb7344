import { X509Certificate } from 'node:crypto'
import { guidFrom } from '../derived-id.ts'
import { isRecord } from '../directory/property-problem.ts'
import { type Place, textIn } from './place.ts'
import type { SeedProblem } from './problem.ts'

type Properties = Readonly<Record<string, unknown>>
type PermissionList = 'scope' | 'role'

/** The id of a scope or app role for which the seed file gives none. */
export function derivedPermissionId(
  domain: string,
  application: { readonly appId?: string | undefined; readonly displayName: string },
  list: PermissionList,
  value: string,
): string {
  return idFor(permissionKey(domain, application.appId ?? application.displayName, list), value)
}

function permissionKey(domain: string, application: string, list: PermissionList): string {
  return `${domain.toLowerCase()} ${application.toLowerCase()} ${list}`
}

function idFor(key: string, value: string): string {
  return guidFrom(`${key} ${value}`)
}

/**
 * An application of a seed file with the ids that Graph asks its callers for and that a person should not have to
 * invent: those of scopes, app roles and certificates, and the dates of certificates. An id that is not given is derived
 * from the application and the permission, so that the same file makes the same ids each time.
 * Certificates that cannot be read are reported through `report`.
 */
export function completedApplication(
  application: Place,
  domain: string,
  report: (problem: SeedProblem) => void,
): unknown {
  if (!isRecord(application.value)) return application.value
  const key = (list: PermissionList) =>
    permissionKey(domain, textIn(application, 'appId') ?? textIn(application, 'displayName') ?? '', list)
  const { api, appRoles, keyCredentials } = application.value
  return {
    ...application.value,
    ...(isRecord(api) && Array.isArray(api.oauth2PermissionScopes)
      ? { api: { ...api, oauth2PermissionScopes: withIds(api.oauth2PermissionScopes, key('scope')) } }
      : {}),
    ...(Array.isArray(appRoles) ? { appRoles: withIds(appRoles, key('role')).map(describedRole) } : {}),
    ...(Array.isArray(keyCredentials)
      ? {
          keyCredentials: keyCredentials.map((credential: unknown, index) =>
            isRecord(credential)
              ? completedCertificate(credential, `${application.path}.keyCredentials[${index}]`, report)
              : credential,
          ),
        }
      : {}),
  }
}

function withIds(permissions: readonly unknown[], key: string): readonly unknown[] {
  return permissions.map((permission) =>
    isRecord(permission) && typeof permission.value === 'string'
      ? { id: idFor(key, permission.value), ...permission }
      : permission,
  )
}

/** Graph wants a name and a description; the role's own text does for a test. */
function describedRole(role: unknown): unknown {
  if (!isRecord(role) || typeof role.value !== 'string') return role
  return { displayName: role.value, description: role.value, ...role }
}

function completedCertificate(
  credential: Properties,
  path: string,
  report: (problem: SeedProblem) => void,
): Properties {
  const certificate = typeof credential.key === 'string' ? readCertificate(credential.key) : undefined
  if (!certificate) {
    report({
      path: `${path}.key`,
      message: 'Expected a certificate: the base64 text of its DER form (or of its PEM file).',
    })
    const unknown = '1970-01-01T00:00:00Z'
    const filled = {
      keyId: guidFrom(path),
      startDateTime: unknown,
      endDateTime: unknown,
      ...certificateKind,
      ...credential,
    }
    return { ...filled, key: null }
  }
  return {
    ...certificateKind,
    keyId: guidFrom(`certificate ${certificate.fingerprint256}`),
    customKeyIdentifier: certificate.fingerprint.replaceAll(':', ''),
    startDateTime: new Date(certificate.validFrom).toISOString(),
    endDateTime: new Date(certificate.validTo).toISOString(),
    ...credential,
    key: certificate.raw.toString('base64'),
  }
}

const certificateKind = { type: 'AsymmetricX509Cert', usage: 'Verify' }

function readCertificate(key: string): X509Certificate | undefined {
  try {
    return new X509Certificate(key.includes('-----BEGIN') ? key : Buffer.from(key, 'base64'))
  } catch {
    return undefined
  }
}
