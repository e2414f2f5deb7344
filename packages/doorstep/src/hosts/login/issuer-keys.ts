import { createPublicKey, type JsonWebKey, type KeyObject, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { isEntraIssuer } from '../../protocol/client-authentication/assertion-audience.ts'
import type { IssuerKeys } from '../../protocol/client-authentication/federated-assertion.ts'
import { entraError } from '../../protocol/errors.ts'
import type { KeyRing } from '../../tokens/key-ring.ts'
import type { AskedOrigin } from '../host.ts'

const patienceInMilliseconds = 5_000
const longestAnswerInBytes = 256 * 1_024

const configuration = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https$/ }) })
const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string().optional(), kty: z.string() })) })

/**
 * Finds the keys of issuers: our own where they are kept, foreign ones by OpenID Connect Discovery 1.0, each time
 * anew, since tokens of foreign issuers are rare and their keys roll. Only issuers that somebody has registered for
 * an application are ever asked.
 */
export function issuerKeys(own: Pick<KeyRing, 'certificates'>, authority: AskedOrigin): IssuerKeys {
  const isOwn = (issuer: string) => isEntraIssuer(issuer, authority)
  return {
    isOwn,
    find: (issuer, keyId) => (isOwn(issuer) ? ownKey(keyId, own) : foreignKey(issuer, keyId)),
  }
}

async function ownKey(keyId: string, own: Pick<KeyRing, 'certificates'>): Promise<KeyObject | undefined> {
  const certificate = (await own.certificates()).get(keyId)
  return certificate === undefined ? undefined : new X509Certificate(Buffer.from(certificate, 'base64')).publicKey
}

async function foreignKey(issuer: string, keyId: string): Promise<KeyObject | undefined> {
  try {
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const found = configuration.parse(await fetchedJson(address))
    if (found.issuer !== issuer) throw new Error(`It calls itself '${found.issuer}'.`)
    const { keys } = keySet.parse(await fetchedJson(found.jwks_uri))
    const key = keys.find(({ kid }) => kid === keyId)
    return key && createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
  } catch (error) {
    throw entraError('issuerUnreachable', { issuer, cause: messageOf(error) })
  }
}

async function fetchedJson(address: string): Promise<unknown> {
  const answer = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(patienceInMilliseconds) })
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}.`)
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer.body ?? []) {
    length += chunk.length
    if (length > longestAnswerInBytes) throw new Error(`${address} answered with too much.`)
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

/** What lies behind "fetch failed" says more. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
