import type { Application } from '../../../directory/application.ts'
import { isGuid } from '../../../directory/guid.ts'
import { EntraError } from '../../../protocol/errors.ts'
import { registeredRedirectUris } from '../../../protocol/redirect-uri.ts'
import { returnAddress, type SignOutRequest } from '../../../protocol/sign-out.ts'
import { resolveTenantSegment } from '../../../protocol/tenant-segment.ts'
import type { LoginParts } from '../login-parts.ts'
import { redirectUriDifference } from '../pages/difference.ts'
import type { NotReturned } from '../pages/signed-out.ts'
import type { IdTokenHint } from './id-token-hint.ts'

/** Where a sign-out ends. */
export type Return =
  | { readonly kind: 'stay' }
  | { readonly kind: 'return'; readonly url: string }
  | ({ readonly kind: 'refused' } & NotReturned)

/**
 * Where the browser goes: to a registered redirect URI of the application that the request names by id_token_hint or
 * client_id; where it names none, of any application of the tenant, as on the platform. Never to anything else.
 */
export async function returnOf(
  request: SignOutRequest,
  hint: IdTokenHint | undefined,
  segment: string,
  parts: LoginParts,
): Promise<Return> {
  const { postLogoutRedirectUri: sent, clientId } = request
  if (sent === undefined) return { kind: 'stay' }
  const [named, another] = new Set([hint?.appId, clientId].filter((appId) => appId !== undefined))
  if (another !== undefined) return refused('id_token_hint and client_id name two applications.')
  const found = named === undefined ? await registering(sent, segment, parts) : await applicationNamed(named, parts)
  if (typeof found === 'string') return refused(found)
  const url = returnAddress(request, found)
  if (url !== undefined) return { kind: 'return', url }
  const [application] = found
  if (named === undefined || !application) {
    return refused(`No application of this tenant has registered the redirect URI '${sent}'.`)
  }
  return {
    ...refused(`The application '${application.displayName}' has not registered the address to go back to.`),
    difference: redirectUriDifference(
      sent,
      registeredRedirectUris(application).map(({ uri }) => uri),
    ),
  }
}

/** The application of a client id, or in words that there is none. */
async function applicationNamed(appId: string, { applications }: LoginParts): Promise<readonly Application[] | string> {
  const application = isGuid(appId) ? await applications.byAppId(appId) : undefined
  return application ? [application] : `No application has the client id '${appId}'.`
}

/** The applications with such a redirect URI, or in words why the tenant cannot be asked. */
async function registering(
  uri: string,
  segment: string,
  { applications, tenants }: LoginParts,
): Promise<readonly Application[] | string> {
  try {
    const resolved = await resolveTenantSegment(segment, tenants)
    return await applications.byRedirectUri(uri, resolved.kind === 'tenant' ? resolved.tenant.id : undefined)
  } catch (error) {
    if (error instanceof EntraError) return error.message
    throw error
  }
}

const fix = 'Send a redirect URI that the application has registered, on any platform, or register this one.'

function refused(text: string) {
  return { kind: 'refused', text, fix: { text: fix } } as const
}
