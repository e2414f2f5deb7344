import type { Authority } from './authority.ts'
import { entraError } from './errors.ts'
import { isTenantSegment } from './tenant-segment.ts'

/** The clouds of Microsoft, each with the host to call, the host to key caches by, and all its names. */
const clouds = [
  {
    preferred_network: 'login.microsoftonline.com',
    preferred_cache: 'login.windows.net',
    aliases: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
  },
  {
    preferred_network: 'login.partner.microsoftonline.cn',
    preferred_cache: 'login.partner.microsoftonline.cn',
    aliases: ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
  },
  {
    preferred_network: 'login.microsoftonline.de',
    preferred_cache: 'login.microsoftonline.de',
    aliases: ['login.microsoftonline.de'],
  },
  {
    preferred_network: 'login.microsoftonline.us',
    preferred_cache: 'login.microsoftonline.us',
    aliases: ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
  },
  {
    preferred_network: 'login-us.microsoftonline.com',
    preferred_cache: 'login-us.microsoftonline.com',
    aliases: ['login-us.microsoftonline.com'],
  },
] as const

/**
 * The answer of instance discovery about the authority behind an authorize URL: the document to read next, and from
 * api-version 1.1 on the clouds. Asked through localhost, that origin is a cloud of its own.
 * @throws {EntraError} 50050 without an absolute URL, 50049 for a host of no cloud.
 */
export function instanceMetadata(authorizationEndpoint: string, apiVersion: string, authority: Authority): object {
  if (!URL.canParse(authorizationEndpoint)) throw entraError('instanceRequestMalformed')
  const asked = new URL(authorizationEndpoint)
  const tenant = asked.pathname.split('/')[1] || 'common'
  if (asked.protocol !== 'https:' || !isTenantSegment(tenant)) throw entraError('instanceRequestMalformed')
  const known: readonly { readonly preferred_network: string; readonly aliases: readonly string[] }[] = [
    ...clouds,
    ...(authority.kind === 'local' ? [localCloud(authority.origin)] : []),
  ]
  if (!known.some(({ aliases }) => aliases.includes(asked.host))) throw entraError('instanceInvalid')
  const version = asked.pathname.includes('/v2.0/') ? '/v2.0' : ''
  return {
    tenant_discovery_endpoint: `https://${asked.host}/${tenant}${version}/.well-known/openid-configuration`,
    'api-version': apiVersion,
    ...(apiVersion !== '1.0' && { metadata: known }),
  }
}

function localCloud(origin: string) {
  const { host } = new URL(origin)
  return { preferred_network: host, preferred_cache: host, aliases: [host] }
}
