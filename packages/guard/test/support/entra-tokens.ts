import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { JWK } from 'jose'

/** A fixed moment, so that no test reads the wall clock. Milliseconds. */
export const NOW = Date.parse('2030-01-02T03:04:05Z')
export const NOW_SECONDS = NOW / 1000

export const TENANT = 'aaaaaaaa-1111-4111-8111-000000000001'
export const OTHER_TENANT = 'aaaaaaaa-2222-4222-8222-000000000002'
export const API = 'bbbbbbbb-1111-4111-8111-000000000001'
export const CLIENT = 'cccccccc-1111-4111-8111-000000000001'
export const PRINCIPAL = 'dddddddd-1111-4111-8111-000000000001'

export type Members = Record<string, unknown>

export interface SigningKeyPair {
  readonly kid: string
  readonly privateKey: KeyObject
  /** As Entra publishes it: without `alg`. */
  readonly jwk: JWK
}

export function signingKeyPair(kid: string, modulusLength = 2048): SigningKeyPair {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength })
  const { n, e } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { kid, privateKey, jwk: { kty: 'RSA', use: 'sig', kid, n, e } as JWK }
}

/** A JWT with the given header and claims; a member set to undefined is left out. */
export function jwt(header: Members, claims: Members, signature: (input: string) => string): string {
  const input = `${encoded(header)}.${encoded(claims)}`
  return `${input}.${signature(input)}`
}

export function signed(key: SigningKeyPair, claims: Members, header: Members = {}): string {
  return jwt({ typ: 'JWT', alg: 'RS256', kid: key.kid, ...header }, claims, (input) =>
    sign('sha256', Buffer.from(input), key.privateKey).toString('base64url'),
  )
}

export const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const lifetime = { iat: NOW_SECONDS - 300, nbf: NOW_SECONDS - 300, exp: NOW_SECONDS + 4000 }

/** What every v2.0 access token holds; an application's own unless `scp` is added. */
export const v2Claims = {
  aud: API,
  iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
  ...lifetime,
  aio: 'opaque',
  azp: CLIENT,
  azpacr: '1',
  oid: PRINCIPAL,
  rh: '1.opaque.',
  sub: PRINCIPAL,
  tid: TENANT,
  uti: 'unique',
  ver: '2.0',
} satisfies Members

export const v1Claims = {
  aud: `api://${API}`,
  iss: `https://sts.windows.net/${TENANT}/`,
  ...lifetime,
  appid: CLIENT,
  appidacr: '1',
  idp: `https://sts.windows.net/${TENANT}/`,
  oid: PRINCIPAL,
  sub: PRINCIPAL,
  tid: TENANT,
  uti: 'unique',
  ver: '1.0',
} satisfies Members
