import { parseJsonObject } from './json-object.ts'

/** One `scheme name=value, …` of a `WWW-Authenticate` header. */
interface Challenge {
  readonly scheme: string
  readonly parameters: ReadonlyMap<string, string>
}

/**
 * The claims that an API wants in the token, as JSON text for `getToken`'s `claims`: from a `Bearer` challenge with
 * `error="insufficient_claims"` and `claims` in base64 or base64url. `undefined` where there is no such challenge, or
 * its claims are no JSON object. Microsoft's "claims challenges"; RFC 9110 §11.6.1 for the header.
 */
export function claimsOfChallenge(wwwAuthenticate: string | null): string | undefined {
  for (const { scheme, parameters } of parseChallenges(wwwAuthenticate ?? '')) {
    const claims = parameters.get('claims')
    if (scheme !== 'bearer' || claims === undefined || parameters.get('error') !== 'insufficient_claims') continue
    const text = Buffer.from(claims, 'base64').toString('utf8') // takes both alphabets, padded or not
    if (parseJsonObject(text) !== undefined) return text
  }
  return undefined
}

/** A parameter (`name=value`, `name="value"`), else a scheme's name or its token68. */
const PART = /([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"=]+))|([^\s,=]+=*)/g

function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  for (const [, name, quoted, plain, word] of header.matchAll(PART)) {
    if (name === undefined) challenges.push({ scheme: (word ?? '').toLowerCase(), parameters: new Map() })
    else challenges.at(-1)?.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '')
  }
  return challenges
}
