import type { PropertyProblem } from './property-problem.ts'
import type { Tenant } from './tenant.ts'

/**
 * Why an application of `tenant` cannot have an identifier URI, or undefined when it can: it must hold the
 * application's or the tenant's id, or one of the tenant's domains, so that nobody takes the name of somebody else's
 * API. "Restrictions on identifier URIs of Microsoft Entra applications". `https://localhost/…` is allowed besides:
 * nobody owns that name, and Microsoft's own guides register it.
 */
export function identifierUriProblem(uri: string, appId: string, tenant: Tenant): PropertyProblem | undefined {
  if (/[\s#\\]/.test(uri) || !URL.canParse(uri)) {
    const message = `'${uri}' is no URI without blanks and fragment; expected one such as api://${appId}.`
    return { path: 'identifierUris', kind: 'invalid', message }
  }
  const [scheme = '', rest = ''] = splitOnce(uri.toLowerCase(), '://')
  const segments = rest.split('/')
  if (scheme === 'api' && (isOwnApiUri(segments, appId, tenant) || isDomainApiUri(segments, tenant))) return undefined
  if (scheme === 'https' && isHostOfTenant(segments, tenant)) return undefined
  const domains = tenant.verifiedDomains.map(({ name }) => name).join(', ')
  const message = `'${uri}' has neither the id of the application or tenant nor one of the domains ${domains}; use api://${appId}.`
  return { path: 'identifierUris', kind: 'unverifiedDomain', message }
}

/** `api://{appId}`, `api://{tenantId}/{string}`, `api://{string}/{appId}`. */
function isOwnApiUri([first = '', second = '', ...more]: readonly string[], appId: string, { id }: Tenant): boolean {
  if (first === appId) return true
  if (second === '') return false
  return first === id || (first !== '' && second === appId && more.length === 0)
}

/** `api://{sub}.{domain}/{string}`. */
function isDomainApiUri([host = '', path = '']: readonly string[], tenant: Tenant): boolean {
  return path !== '' && tenant.verifiedDomains.some(({ name }) => host.endsWith(`.${name.toLowerCase()}`))
}

/** `https://{domain}/{string}`, `https://{sub}.{domain}`, with or without a path. */
function isHostOfTenant([host = '', path = '']: readonly string[], tenant: Tenant): boolean {
  if (host === 'localhost') return true
  return tenant.verifiedDomains.some(({ name }) => {
    const domain = name.toLowerCase()
    return host.endsWith(`.${domain}`) || (host === domain && path !== '')
  })
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)]
}
