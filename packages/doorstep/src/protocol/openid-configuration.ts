import { personalAccountsTenantId } from '../directory/personal-accounts.ts'
import { type Authority, issuerOf, originOf } from './authority.ts'
import type { TenantSegment } from './tenant-segment.ts'

type Document = Readonly<Record<string, unknown>>

/** How the documents write the tenant: its GUID, however it was asked for; aliases stay what they are. */
function segmentText(segment: TenantSegment): string {
  if (segment.kind === 'tenant') return segment.tenant.id
  return segment.kind === 'personal' ? 'consumers' : segment.alias
}

/** The issuer of common and organizations is a template, literally. */
function issuerTenant(segment: TenantSegment): string {
  if (segment.kind === 'tenant') return segment.tenant.id
  return segment.kind === 'personal' ? personalAccountsTenantId : '{tenantid}'
}

const cloud = (segment: TenantSegment): Document => ({
  tenant_region_scope: segment.kind === 'tenant' ? 'WW' : null,
  cloud_instance_name: 'microsoftonline.com',
  cloud_graph_host_name: 'graph.windows.net',
  msgraph_host: 'graph.microsoft.com',
  rbac_url: 'https://pas.windows.net',
})

const clientAuthentication = ['client_secret_post', 'private_key_jwt', 'client_secret_basic']

/**
 * The discovery document of a tenant segment, members in Entra's order (OpenID Connect Discovery §3). Links point to
 * the origin that was asked; `appId` asks for the keys of one application, and is carried on to `jwks_uri`.
 */
export function openIdConfiguration(
  version: 'v1' | 'v2',
  segment: TenantSegment,
  authority: Authority,
  appId: string | undefined,
): Document {
  const origin = originOf(authority)
  const tenant = `${origin}/${segmentText(segment)}`
  const issuer = issuerOf(authority, issuerTenant(segment), version)
  const keysQuery = appId === undefined ? '' : `?appid=${encodeURIComponent(appId)}`
  const userInfoOrigin = authority.kind === 'local' ? `${authority.origin}/graph` : 'https://graph.microsoft.com'
  if (version === 'v1') {
    return {
      token_endpoint: `${tenant}/oauth2/token`,
      token_endpoint_auth_methods_supported: clientAuthentication,
      jwks_uri: `${origin}/common/discovery/keys${keysQuery}`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code', 'id_token', 'code id_token', 'token id_token', 'token'],
      scopes_supported: ['openid'],
      issuer,
      microsoft_multi_refresh_token: true,
      authorization_endpoint: `${tenant}/oauth2/authorize`,
      device_authorization_endpoint: `${tenant}/oauth2/devicecode`,
      http_logout_supported: true,
      frontchannel_logout_supported: true,
      end_session_endpoint: `${tenant}/oauth2/logout`,
      claims_supported: [
        'sub',
        'iss',
        'cloud_instance_name',
        'cloud_instance_host_name',
        'cloud_graph_host_name',
        'msgraph_host',
        'aud',
        'exp',
        'iat',
        'auth_time',
        'acr',
        'amr',
        'nonce',
        'email',
        'given_name',
        'family_name',
        'nickname',
      ],
      check_session_iframe: `${tenant}/oauth2/checksession`,
      userinfo_endpoint: `${tenant}/openid/userinfo`,
      kerberos_endpoint: `${tenant}/kerberos`,
      ...cloud(segment),
    }
  }
  return {
    token_endpoint: `${tenant}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: clientAuthentication,
    jwks_uri: `${tenant}/discovery/v2.0/keys${keysQuery}`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer,
    request_uri_parameter_supported: false,
    userinfo_endpoint: `${userInfoOrigin}/oidc/userinfo`,
    authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${tenant}/oauth2/v2.0/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${tenant}/oauth2/v2.0/logout`,
    claims_supported: [
      'sub',
      'iss',
      'cloud_instance_name',
      'cloud_instance_host_name',
      'cloud_graph_host_name',
      'msgraph_host',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'acr',
      'nonce',
      'preferred_username',
      'name',
      'tid',
      'ver',
      'at_hash',
      'c_hash',
      'email',
    ],
    kerberos_endpoint: `${tenant}/kerberos`,
    ...cloud(segment),
  }
}
