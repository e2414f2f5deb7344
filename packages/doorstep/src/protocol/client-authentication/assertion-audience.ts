import type { Tenant } from '../../directory/tenant.ts'
import type { Authority } from '../authority.ts'

const entraHosts = ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net']
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']
const paths = ['oauth2/v2.0/token', 'oauth2/token', 'v2.0', '']
const aliases = ['common', 'organizations']

/**
 * Whether the `aud` of a client assertion names this tenant's token service: the token endpoint or the issuer, of
 * v1.0 or v2.0, under any of Entra's names or the local origin that was asked.
 */
export function isTokenServiceOf(audience: string, authority: Authority, tenant: Tenant): boolean {
  if (!URL.canParse(audience)) return false
  const { protocol, host, pathname } = new URL(audience)
  if (protocol !== 'https:' || !hostsOf(authority).includes(host)) return false
  const [segment = '', ...rest] = pathname.toLowerCase().split('/').slice(1)
  const names = [tenant.id, ...tenant.verifiedDomains.map(({ name }) => name.toLowerCase()), ...aliases]
  return names.includes(segment) && paths.includes(rest.filter((part) => part !== '').join('/'))
}

/** Whether an issuer is this cloud: one of Entra's names or the local origin that was asked, over https. */
export function isEntraIssuer(issuer: string, authority: Authority): boolean {
  return URL.canParse(issuer) && hostsOf(authority).includes(new URL(issuer).host)
}

function hostsOf(authority: Authority): readonly string[] {
  if (authority.kind === 'entra') return entraHosts
  const { host, hostname, port } = new URL(authority.origin)
  const sameMachine = loopbackHosts.includes(hostname) ? loopbackHosts.map((name) => `${name}:${port}`) : []
  return [...entraHosts, host, ...sameMachine]
}
