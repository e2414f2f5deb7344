import { personalAccountsTenantId } from '../directory/personal-accounts.ts'

/** The name under which a request reached the login host; it decides issuer and links. */
export type Authority =
  | { readonly kind: 'entra'; readonly host: string }
  | { readonly kind: 'local'; readonly origin: string }

/** Entra's issuers carry this name, whichever alias was asked. */
const entraOrigin = 'https://login.microsoftonline.com'

/** Who vouches for personal accounts, as refusals and tokens name it. */
export const personalIdentityProvider = 'live.com'

/** The identity provider of an account, as refusals name it: its home tenant, by the issuer of v1.0. */
export function identityProviderOf(homeTenantId: string): string {
  if (homeTenantId === personalAccountsTenantId) return personalIdentityProvider
  return `https://sts.windows.net/${homeTenantId}/`
}

/** Where links of a discovery document point: the origin that was asked. */
export function originOf(authority: Authority): string {
  return authority.kind === 'entra' ? `https://${authority.host}` : authority.origin
}

/**
 * The issuer of a token or discovery document. v1.0: `https://sts.windows.net/{tid}/`, with its trailing slash;
 * v2.0: `https://login.microsoftonline.com/{tid}/v2.0`. Through localhost both carry that origin instead.
 * `tenantId` may be the literal `{tenantid}` of the documents for common and organizations.
 */
export function issuerOf(authority: Authority, tenantId: string, version: 'v1' | 'v2'): string {
  if (authority.kind === 'local') return `${authority.origin}/${tenantId}/${version === 'v1' ? '' : 'v2.0'}`
  return version === 'v1' ? `https://sts.windows.net/${tenantId}/` : `${entraOrigin}/${tenantId}/v2.0`
}
