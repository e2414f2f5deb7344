import { type CryptoKey, importJWK, type JSONWebKeySet, type JWK, type KeyObject } from 'jose'
import type { ReadIssuer } from './issuer.ts'
import { type FetchKeys, type KeyDocument, keyDocument, signingKeysById } from './key-document.ts'

export type { JSONWebKeySet }

/** An RSA public key: a JWK, a Web Crypto key or a KeyObject of Node. */
export type SigningKey = CryptoKey | KeyObject | JWK

export interface SigningKeyHeader {
  readonly kid: string
  readonly alg: string
}

/**
 * Finds the key that a token says it was signed with; undefined when there is none. Return the same object each time:
 * an imported JWK is remembered by its identity. `issuerTenant` (a GUID in lower case, or `''`) and `issuer` are what the
 * token claims before its signature has been verified: use them to choose among keys, and trust them for nothing else.
 */
export type KeySource = (
  header: SigningKeyHeader,
  issuerTenant: string,
  issuer: string,
) => SigningKey | undefined | Promise<SigningKey | undefined>

/** @throws {TypeError} when no key in the set can verify anything */
export function keysOfSet(set: JSONWebKeySet): KeySource {
  const keys = signingKeysById(set)
  if (keys.size === 0) throw new TypeError("it holds no RSA signing key with a 'kid'")
  return ({ kid }) => keys.get(kid)
}

export interface RemoteKeysOptions {
  readonly authorityHosts: readonly string[]
  readonly tenants: ReadonlySet<string> | 'any'
  readonly readIssuer: ReadIssuer
  readonly fetchKeys: FetchKeys
  readonly clock: () => number
}

/**
 * The keys that the token's authority host publishes, and no other host: keys of a local cloud must never vouch for a
 * token that claims to come from the real one. Only documents of configured hosts and tenants are ever fetched, besides
 * those of `common`, so that forged tokens cannot make this fetch, or remember, without end.
 */
export function remoteKeys({ authorityHosts, tenants, readIssuer, fetchKeys, clock }: RemoteKeysOptions): KeySource {
  const documents = new Map<string, KeyDocument>()
  const documentAt = (url: string) => {
    const document = documents.get(url) ?? keyDocument(url, fetchKeys, clock)
    documents.set(url, document)
    return document
  }
  return async ({ kid }, issuerTenant, iss) => {
    const issuer = readIssuer(iss)
    const tenant = tenants !== 'any' && tenants.has(issuerTenant) ? issuerTenant : 'common'
    // v1.0 advertises the keys of common to every tenant.
    const path = issuer?.version === '1.0' ? '/common/discovery/keys' : `/${tenant}/discovery/v2.0/keys`
    const hosts = issuer?.authorityHosts ?? authorityHosts.slice(0, 1)
    return firstFound(hosts.map((host) => () => documentAt(host + path).find(kid)))
  }
}

/** Asks one after the other. What fails matters only when no other has the key: hosts of several clouds share issuers. */
async function firstFound<Key>(searches: readonly (() => Promise<Key | undefined>)[]): Promise<Key | undefined> {
  const failures: unknown[] = []
  for (const search of searches) {
    try {
      const key = await search()
      if (key) return key
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  return undefined
}

const imported = new WeakMap<JWK, Promise<CryptoKey>>()

/** The key in a form that verifies without being parsed again; a JWK is imported once. */
export function verificationKey(key: SigningKey): CryptoKey | KeyObject | Promise<CryptoKey | KeyObject> {
  if (!isJwk(key)) return key
  const known = imported.get(key)
  if (known) return known
  // Only the public half, and none of the hints (`use`, `key_ops`) that say what else the key may do.
  const { n, e } = key
  const promise = importJWK({ kty: 'RSA', n, e } as JWK, 'RS256') as Promise<CryptoKey>
  imported.set(key, promise)
  return promise
}

export function isJwk(key: SigningKey): key is JWK {
  return 'kty' in key
}
