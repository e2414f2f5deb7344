import { createPublicKey, verify } from 'node:crypto'
import type { DecodedToken } from './decode-token.ts'
import { type Finding, finding, shown } from './finding.ts'
import { type ReadIssuer, readIssuer } from './issuer.ts'
import type { KeyPublisher } from './key-publishers.ts'
import type { TokenKind } from './token-kind.ts'

/** Who can be asked for keys. */
export interface Publishers {
  /** The running local cloud, if there is one. */
  readonly local?: KeyPublisher | undefined
  /** Whether Microsoft may be asked. */
  readonly online: boolean
  /** Makes the publisher of an issuer's real cloud. */
  readonly real: (issuer: ReadIssuer, authority: string) => KeyPublisher
}

export interface SignatureFinding {
  readonly finding: Finding
  /** Whether the local cloud signed it: then its clock counts. */
  readonly isLocal: boolean
}

/** Checks the signature against keys that can be had, first those of the local cloud; says why when it cannot. */
export async function checkSignature(
  token: DecodedToken,
  kind: TokenKind,
  publishers: Publishers,
): Promise<SignatureFinding> {
  const { header, claims, signature } = token
  const notChecked = (why: string) => ({ finding: finding('signature', 'not checked', why), isLocal: false })
  if (signature.length === 0) {
    return {
      finding: finding('signature', header.alg === 'none' ? 'not checked' : 'failed', 'there is none'),
      isLocal: false,
    }
  }
  if (header.alg !== 'RS256') return notChecked('only RS256 can be checked')
  if (kind === 'client assertion') return notChecked('the certificate that the client registered checks it')
  const { local } = publishers
  const issuer = readIssuer(claims.iss)
  const fromLocal = local && (await judged(token, local))
  if (fromLocal?.key === 'known') return { finding: fromLocal.finding, isLocal: true }
  if (issuer && local?.origins.includes(issuer.origin)) {
    return { finding: fromLocal?.finding ?? finding('signature', 'not checked', 'no keys'), isLocal: true }
  }
  if (header.nonce !== undefined) return notChecked('its header has a nonce: only Microsoft Graph can check it')
  const tried = fromLocal ? localSays(fromLocal, local) : 'no local cloud is running here'
  return { finding: await judgedByReal(token, issuer, publishers, tried), isLocal: false }
}

function localSays({ key, finding: { says } }: Judgement, local: KeyPublisher | undefined): string {
  return key === 'unknown' ? `the local cloud at ${local?.name} did not sign it` : says
}

async function judgedByReal(
  token: DecodedToken,
  issuer: ReadIssuer | undefined,
  { online, real }: Publishers,
  tried: string,
): Promise<Finding> {
  const authority = issuer?.cloud?.authority
  if (!issuer || !authority) return finding('signature', 'not checked', `${tried}, and the issuer is not known here`)
  if (!online) return finding('signature', 'not checked', `${tried}; --online asks ${authority}`)
  return (await judged(token, real(issuer, authority))).finding
}

interface Judgement {
  readonly key: 'known' | 'unknown' | 'unreachable'
  readonly finding: Finding
}

async function judged({ header, signedText, signature }: DecodedToken, publisher: KeyPublisher): Promise<Judgement> {
  const keys = await publisher.keys()
  if (typeof keys === 'string') return { key: 'unreachable', finding: finding('signature', 'not checked', keys) }
  const key = keys.find(({ kid, kty }) => typeof kid === 'string' && kid === header.kid && kty === 'RSA')
  if (!key) {
    const says = `${publisher.name} publishes no key '${shown(header.kid)}'`
    return { key: 'unknown', finding: finding('signature', 'failed', says) }
  }
  const isGood = verify('RSA-SHA256', Buffer.from(signedText), createPublicKey({ key, format: 'jwk' }), signature)
  const says = isGood ? `made with a key of ${publisher.name}` : `not made with the key it names, of ${publisher.name}`
  return { key: 'known', finding: finding('signature', isGood ? 'ok' : 'failed', says) }
}
