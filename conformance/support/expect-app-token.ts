import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { expect } from 'vitest'
import type { LocalCloud } from './local-cloud.ts'

/** Entra's issuers, letter for letter: of access tokens of either version. */
export const issuerOf = {
  '1.0': (tenantId: string) => `https://sts.windows.net/${tenantId}/`,
  '2.0': (tenantId: string) => `https://login.microsoftonline.com/${tenantId}/v2.0`,
}

/**
 * Holds a token to be the registered application's own: signed by a published key, for this audience and nobody
 * else, issued by Entra's name, about the service principal, and with nothing granted.
 *
 * @returns all its claims
 */
export async function expectAppToken(
  cloud: LocalCloud,
  token: string,
  { audience, version = '1.0' }: { readonly audience: string; readonly version?: '1.0' | '2.0' },
): Promise<JWTPayload> {
  const { tenantId, app } = cloud
  const issuer = issuerOf[version](tenantId)
  const keys = createLocalJWKSet(await publishedKeys(cloud))
  expect(decodeJwt(token)).toMatchObject({
    aud: audience,
    iss: issuer,
    tid: tenantId,
    [version === '1.0' ? 'appid' : 'azp']: app.appId,
    oid: app.servicePrincipalId,
    sub: app.servicePrincipalId,
    ver: version,
  })
  const { payload } = await jwtVerify(token, keys, { audience, issuer, algorithms: ['RS256'] })
  expect(payload).not.toHaveProperty('roles')
  expect(payload).not.toHaveProperty('scp')
  return payload
}

/** The keys where the discovery document says that they are. */
export async function publishedKeys({
  doorstep,
  tenantId,
}: Pick<LocalCloud, 'doorstep' | 'tenantId'>): Promise<JSONWebKeySet> {
  const discovery = await doorstep.request('GET', `/${tenantId}/v2.0/.well-known/openid-configuration`)
  return (await doorstep.request('GET', discovery.body.jwks_uri)).body
}
