import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { entraError } from '../../protocol/errors.ts'
import { type IssuerAccess, issuerDocument } from './issuer-document.ts'

const mostIssuers = 100
const freshForMilliseconds = 10 * 60_000
/** An issuer is asked no more often: anybody can send tokens that name it. */
const cooledForMilliseconds = 5_000

const configuration = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https$/ }) })
const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string().optional(), kty: z.string() })) })

type Keys = z.output<typeof keySet>['keys']

export interface ForeignKeys {
  /**
   * The public key of a foreign issuer that has this id.
   * @throws {EntraError} 50166 when the issuer does not answer
   */
  find(issuer: string, keyId: string): Promise<KeyObject | undefined>
}

export interface ForeignKeysOptions extends IssuerAccess {
  /** Told why the keys of an issuer could not be read: whoever sent the token does not learn it. */
  readonly reportUnreachable: (issuer: string, cause: unknown) => void
  /** Milliseconds; left out, those of the machine. */
  readonly now?: () => number
}

interface Kept {
  readonly askedAt: number
  readonly keys: Promise<Keys | undefined>
}

/**
 * Finds keys of foreign issuers by OpenID Connect Discovery 1.0 and keeps those of the issuers that were asked last.
 * A key that is not among them is looked for anew, since keys roll. Only issuers that somebody has registered for an
 * application are ever asked.
 */
export function foreignKeys({ now = Date.now, reportUnreachable, ...access }: ForeignKeysOptions): ForeignKeys {
  const kept = new Map<string, Kept>()

  function ask(issuer: string): Promise<Keys | undefined> {
    const keys = readKeys(issuer, access).catch((cause: unknown) => {
      reportUnreachable(issuer, cause)
      return undefined
    })
    kept.delete(issuer)
    kept.set(issuer, { askedAt: now(), keys })
    const [oldest] = kept.keys()
    if (kept.size > mostIssuers && oldest !== undefined) kept.delete(oldest)
    return keys
  }

  async function keysWith(issuer: string, keyId: string): Promise<Keys | undefined> {
    const last = kept.get(issuer)
    if (!last) return ask(issuer)
    const age = now() - last.askedAt
    const keys = await last.keys
    const isGood = age < freshForMilliseconds && keys?.some(({ kid }) => kid === keyId)
    if (isGood || age < cooledForMilliseconds) return keys
    // Somebody else may have asked while this one waited.
    return kept.get(issuer) === last ? ask(issuer) : kept.get(issuer)?.keys
  }

  return {
    find: async (issuer, keyId) => {
      const keys = await keysWith(issuer, keyId)
      if (!keys) throw entraError('issuerUnreachable', { issuer })
      const key = keys.find(({ kid }) => kid === keyId)
      return key && publicKey(key as JsonWebKey)
    },
  }
}

async function readKeys(issuer: string, access: IssuerAccess): Promise<Keys> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const found = configuration.parse(await issuerDocument(address, access))
  if (found.issuer !== issuer) throw new Error(`It calls itself '${found.issuer}'.`)
  return keySet.parse(await issuerDocument(found.jwks_uri, access)).keys
}

/** Nothing for what is no public key: no signature fits it. */
function publicKey(key: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key, format: 'jwk' })
  } catch {
    return undefined
  }
}
