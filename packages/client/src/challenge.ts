import { parseJsonObject } from './json-object.ts'
import type { StepUp } from './person/step-up.ts'

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

/**
 * What an API wants of the person's sign-in: from a `Bearer` challenge with `error="insufficient_user_authentication"`,
 * RFC 9470 §3. `undefined` where there is none, or it names neither `acr_values` nor `max_age`.
 */
export function stepUpOfChallenge(wwwAuthenticate: string | null): StepUp | undefined {
  for (const { scheme, parameters } of parseChallenges(wwwAuthenticate ?? '')) {
    if (scheme !== 'bearer' || parameters.get('error') !== 'insufficient_user_authentication') continue
    const [acrValues, maxAge = ''] = [parameters.get('acr_values')?.trim(), parameters.get('max_age')]
    const maxAgeSeconds = /^\d{1,10}$/.test(maxAge) ? Number(maxAge) : undefined
    const stepUp = { ...(acrValues && { acrValues }), ...(maxAgeSeconds !== undefined && { maxAgeSeconds }) }
    if (Object.keys(stepUp).length > 0) return stepUp
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
