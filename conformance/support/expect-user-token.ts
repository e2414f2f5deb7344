import { createLocalJWKSet, decodeJwt, type JWTPayload, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { alice, type CloudOfPeople } from './cloud-of-people.ts'
import { issuerOf, publishedKeys } from './expect-app-token.ts'

interface Expected {
  readonly audience: string
  readonly appId: string
  readonly scope: string
  readonly version?: '1.0' | '2.0'
}

/**
 * Holds an access token to be Alice's, for one application and one API: signed by a published key, with Entra's
 * claims, letter for letter.
 *
 * @returns all its claims
 */
export async function expectTokenOfAlice(
  cloud: Pick<CloudOfPeople, 'doorstep' | 'tenantId'>,
  token: string,
  { audience, appId, scope, version = '1.0' }: Expected,
): Promise<JWTPayload> {
  const issuer = issuerOf[version](cloud.tenantId)
  expect(decodeJwt(token)).toMatchObject({
    aud: audience,
    iss: issuer,
    tid: cloud.tenantId,
    [version === '1.0' ? 'appid' : 'azp']: appId,
    oid: alice.id,
    ver: version,
    scp: expect.stringContaining(scope),
  })
  const keys = createLocalJWKSet(await publishedKeys(cloud))
  const currentDate = new Date((await cloud.doorstep.control.request('GET', '/clock')).body.now)
  return (await jwtVerify(token, keys, { audience, issuer, algorithms: ['RS256'], currentDate })).payload
}
