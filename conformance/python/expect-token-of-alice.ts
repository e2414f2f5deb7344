import { createLocalJWKSet, jwtVerify } from 'jose'
import { expect } from 'vitest'
import type { RunningDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'

/** The API of the cluster that every program here asks for. */
export const cdf = 'https://westeurope-1.cognitedata.com'

/**
 * Holds a token to be Alice's for the CDF API through one client: signed by a published key, issued by Entra's name,
 * with the delegated permissions that the client lists.
 */
export async function expectTokenOfAlice(
  doorstep: RunningDoorstep,
  token: string,
  { tenantId, appId }: { readonly tenantId: string; readonly appId: string },
): Promise<void> {
  const keys = createLocalJWKSet((await doorstep.request('GET', `/${tenantId}/discovery/v2.0/keys`)).body)
  const issuer = `https://sts.windows.net/${tenantId}/`
  const { payload } = await jwtVerify(token, keys, { audience: cdf, issuer, algorithms: ['RS256'] })
  expect(payload).toMatchObject({
    tid: tenantId,
    appid: appId,
    upn: 'alice@contoso.example',
    scp: 'IDENTITY user_impersonation',
    ver: '1.0',
  })
  expect(payload).not.toHaveProperty('idtyp')
}
