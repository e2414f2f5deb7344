import type { Tenant } from '../../directory/tenant.ts'
import { isTokenServiceOf } from '../../protocol/client-authentication/assertion-audience.ts'
import { authenticateByCertificate } from '../../protocol/client-authentication/certificate-assertion.ts'
import { authenticateByFederation, isFederated } from '../../protocol/client-authentication/federated-assertion.ts'
import { authenticateBySecret } from '../../protocol/client-authentication/secret.ts'
import { entraError } from '../../protocol/errors.ts'
import type { Client, RegisteredClient } from '../../protocol/grants/grant.ts'
import type { TokenRequest } from '../../protocol/token-request.ts'
import type { AskedOrigin } from '../host.ts'
import { issuerKeys } from './issuer-keys.ts'
import type { LoginParts } from './login-parts.ts'

const emptyGuid = '00000000-0000-0000-0000-000000000000'

/** The client id in the form in which it is kept. @throws {EntraError} 700038 for the id that nobody can have. */
export function clientAppId(clientId: string): string {
  if (clientId === emptyGuid) throw entraError('applicationIdentifierInvalid', { appId: clientId })
  return clientId.toLowerCase()
}

/** Finds the client in the tenant. @throws {EntraError} 700038, 700016 or 7000112. */
export async function findClient(
  clientId: string,
  tenant: Tenant,
  { applications, servicePrincipals }: Pick<LoginParts, 'applications' | 'servicePrincipals'>,
): Promise<RegisteredClient> {
  const appId = clientAppId(clientId)
  const servicePrincipal = await servicePrincipals.byAppId(tenant.id, appId)
  const application = servicePrincipal && (await applications.byAppId(appId))
  if (!application) throw entraError('applicationNotFound', { appId: clientId, tenant: tenant.displayName })
  if (!servicePrincipal.accountEnabled) {
    throw entraError('applicationDisabled', { appId, name: application.displayName })
  }
  return { application, servicePrincipal }
}

export interface Authentication {
  readonly tenant: Tenant
  readonly authority: AskedOrigin
  /** Milliseconds. */
  readonly now: number
}

/**
 * Lets the client prove who it is by the credential it presents.
 * @throws {EntraError} 7000215 or 7000222 for a secret; what `authenticateByCertificate` says for an assertion, and
 * `authenticateByFederation` for one of another issuer.
 */
export async function authenticateClient(
  { credential }: Pick<TokenRequest, 'credential'>,
  { application, servicePrincipal }: RegisteredClient,
  { tenant, authority, now }: Authentication,
  parts: Pick<LoginParts, 'passwordCredentials' | 'secrets' | 'keys' | 'foreignKeys'>,
): Promise<Client> {
  if (credential.method === 'none') return { application, servicePrincipal, authenticatedBy: 'nothing' }
  if (credential.method === 'assertion' && isFederated(credential.assertion)) {
    const credentials = application.federatedIdentityCredentials
    const keys = issuerKeys(parts.keys, parts.foreignKeys, authority)
    await authenticateByFederation(credential.assertion, { credentials, keys, now })
    // Its tokens say what those of a certificate say.
    return { application, servicePrincipal, authenticatedBy: 'certificate' }
  }
  if (credential.method === 'assertion') {
    authenticateByCertificate(credential.assertion, {
      appId: application.appId,
      keyCredentials: [...application.keyCredentials, ...servicePrincipal.keyCredentials],
      isOurAudience: (audience) => isTokenServiceOf(audience, authority, tenant),
      now,
    })
    return { application, servicePrincipal, authenticatedBy: 'certificate' }
  }
  const ofApplication = await parts.passwordCredentials.byOwner(application.id)
  const ofServicePrincipal = await parts.passwordCredentials.byOwner(servicePrincipal.id)
  const kept = ofServicePrincipal.length === 0 ? ofApplication : [...ofApplication, ...ofServicePrincipal]
  const check = { appId: application.appId, now, secrets: parts.secrets }
  await authenticateBySecret(credential.candidates, kept, check)
  return { application, servicePrincipal, authenticatedBy: 'secret' }
}
