import { formatDuration } from '../duration-text.ts'
import type { DecodedToken, Members } from './decode-token.ts'
import { type Finding, finding, shown } from './finding.ts'
import { readIssuer } from './issuer.ts'
import { audienceName } from './known-names.ts'
import type { TokenKind } from './token-kind.ts'

/** The time that counts for a token. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Whose time it is, for people. */
  readonly name: string
}

/** Everything that the token itself tells, in the order of the answer. */
export function checkForm({ length }: DecodedToken): Finding {
  return finding('form', 'ok', `a JWT of three parts, ${length} characters`)
}

export function checkAlgorithm({ header, signature }: DecodedToken, kind: TokenKind): Finding {
  const { alg, crit } = header
  if (crit !== undefined) return finding('algorithm', 'failed', `demands extensions (crit): ${shown(crit)}`)
  if (kind === 'client assertion' && (alg === 'RS256' || alg === 'PS256')) return finding('algorithm', 'ok', alg)
  if (alg === 'RS256') return finding('algorithm', 'ok', 'RS256, as Entra signs')
  if (alg === 'none' && kind === 'id_token' && signature.length === 0) {
    return finding('algorithm', 'not checked', 'none: id_tokens of the v1.0 token endpoint are not signed')
  }
  if (kind === 'token of another issuer') return finding('algorithm', 'not checked', `${shown(alg)}`)
  return finding('algorithm', 'failed', `${shown(alg)}; Entra signs with RS256, and an API must accept nothing else`)
}

export function checkTimes(claims: Members, { now, name }: Clock): Finding {
  const [issued, from, until] = [claims.iat, claims.nbf, claims.exp].map(millisecondsOf)
  if (until === undefined) return finding('times', 'failed', "no 'exp': nothing says when it ends")
  const start = Math.max(issued ?? 0, from ?? 0)
  const said = [
    ...(issued === undefined ? [] : [`issued ${momentInWords(issued, now)}`]),
    ...(from === undefined || from === issued ? [] : [`valid from ${momentInWords(from, now)}`]),
    `${until <= now ? 'expired' : 'expires'} ${momentInWords(until, now)}`,
  ].join(', ')
  const failed = until <= now || start > now
  const verdict = failed ? 'failed' : 'ok'
  return finding('times', verdict, `${start > now ? 'not valid yet: ' : ''}${said}; by ${name}`)
}

/** The end of the year 9999: beyond it a time cannot be written. */
const LATEST_SECOND = 253_402_300_799

function millisecondsOf(seconds: unknown): number | undefined {
  return typeof seconds === 'number' && seconds >= 0 && seconds <= LATEST_SECOND ? seconds * 1000 : undefined
}

function momentInWords(moment: number, now: number): string {
  const distance = formatDuration(Math.abs(moment - now) / 1000)
    .split(' ')
    .slice(0, 2)
    .join(' ')
  const time = `${new Date(moment).toISOString().slice(0, 19)}Z`
  return `${moment > now ? `in ${distance}` : `${distance} ago`} (${time})`
}

export function checkAudience({ aud, ver }: Members, kind: TokenKind): Finding {
  if (kind === 'token of another issuer') return finding('audience', 'not checked', shown(aud))
  if (typeof aud !== 'string' || aud === '') {
    return finding('audience', 'failed', `${shown(aud)}; Entra writes one text, who the token is for`)
  }
  const name = audienceName(aud)
  const value = name ? `${shown(aud)}, ${name}` : shown(aud)
  if (kind === 'client assertion') return finding('audience', 'ok', `${value}: the token endpoint`)
  if (kind === 'id_token') return finding('audience', 'ok', `${value}: the application that signed the person in`)
  if (isGuid(aud)) return finding('audience', 'ok', `${value}: the application id of the API`)
  if (ver === '2.0') {
    return finding('audience', 'failed', `${value}; a v2.0 token carries the application id of the API, a GUID`)
  }
  return finding('audience', 'ok', `${value}: the identifier URI of the API, as v1.0 tokens carry it`)
}

export function checkIssuer(claims: Members, kind: TokenKind, localOrigin: string | undefined): Finding {
  const { iss, ver, tid } = claims
  if (kind === 'client assertion') return finding('issuer', 'ok', `${shown(iss)}: the client itself`)
  if (kind === 'token of another issuer') {
    return finding('issuer', 'not checked', `${shown(iss)}: not of Entra’s form`)
  }
  const issuer = readIssuer(iss)
  if (!issuer) {
    const forms = 'https://sts.windows.net/{tenant}/ (v1.0) or https://login.microsoftonline.com/{tenant}/v2.0'
    return finding('issuer', 'failed', `${shown(iss)}; expected ${forms}`)
  }
  if (issuer.version !== ver) {
    return finding('issuer', 'failed', `${shown(iss)} has the form of v${issuer.version}, but ver says ${shown(ver)}`)
  }
  if (typeof tid === 'string' && tid.toLowerCase() !== issuer.tenantId) {
    return finding('issuer', 'failed', `${shown(iss)} is not that of the tenant in tid`)
  }
  const whose = issuer.cloud ? `, ${issuer.cloud.name}` : issuer.origin === localOrigin ? ', the local cloud' : ''
  return finding('issuer', 'ok', `${shown(iss)}${whose}`)
}

const personalAccounts = '9188040d-6c67-4c5b-b112-36a304b66dad'

export function checkTenant({ tid }: Members, kind: TokenKind): Finding | undefined {
  if (kind === 'client assertion' || kind === 'token of another issuer') return undefined
  if (!isGuid(tid)) return finding('tenant', 'failed', `${shown(tid)}; expected the GUID of a tenant in tid`)
  return finding('tenant', 'ok', tid === personalAccounts ? `${tid}, personal Microsoft accounts` : tid)
}

export function checkVersion({ ver }: Members, kind: TokenKind): Finding | undefined {
  if (kind === 'client assertion' || kind === 'token of another issuer') return undefined
  if (ver !== '1.0' && ver !== '2.0') return finding('version', 'failed', `${shown(ver)}; expected 1.0 or 2.0`)
  const decidedBy =
    kind === 'id_token'
      ? 'the endpoint decides it'
      : 'the registration of the API decides it (requestedAccessTokenVersion)'
  return finding('version', 'ok', `${ver}; ${decidedBy}`)
}

function isGuid(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
}
