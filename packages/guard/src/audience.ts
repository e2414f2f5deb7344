import { isGuid } from './issuer.ts'

/**
 * Whether `aud` names one of the accepted audiences. A v2.0 token carries the API's application id, a v1.0 token the
 * identifier as the client asked for it; so URIs are compared without regard to case and to one final slash. The id and
 * its `api://` form are different audiences: list both to accept both.
 *
 * @param audiences as `comparableAudience` gives them
 */
export function audienceAccepted(aud: string, audiences: ReadonlySet<string>): boolean {
  return audiences.has(comparableAudience(aud))
}

/** The form of an audience in which spellings that mean the same are equal. */
export function comparableAudience(audience: string): string {
  const lowerCase = audience.toLowerCase()
  if (isGuid(audience)) return lowerCase
  if (!/^[a-z][a-z0-9+.-]*:/.test(lowerCase)) return audience
  return lowerCase.endsWith('/') ? lowerCase.slice(0, -1) : lowerCase
}
