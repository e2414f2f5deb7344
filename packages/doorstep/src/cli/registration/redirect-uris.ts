import { RefusedError, UsageError } from '../failure.ts'
import { type RedirectPlatform, type Registration, redirectPlatforms, redirectUrisOf } from './application.ts'

/** Redirect URIs by the platform under which they are, or are to be, registered. */
export type RedirectUris = Readonly<Record<RedirectPlatform, readonly string[]>>

/** How each platform is said on the command line. */
export const platformOptions: Readonly<Record<RedirectPlatform, string>> = {
  web: '--web',
  spa: '--spa',
  publicClient: '--public-client',
}

/** Members of Graph's application to change. */
export type RegistrationPatch = Readonly<Record<string, unknown>>

/** What redirect URIs added to a registration change; nothing where they are all there. */
export interface RedirectUriChange {
  readonly patch: RegistrationPatch
  readonly changed: readonly { readonly platform: RedirectPlatform; readonly uri: string }[]
}

/** @throws {UsageError} when none is named */
export function requireUris(uris: RedirectUris, command: string): RedirectUris {
  if (redirectPlatforms.some((platform) => uris[platform].length > 0)) return uris
  throw new UsageError(
    `Say which: --web URI (a server), --spa URI (a page) or --public-client URI (a program): ${command} my-app --web https://app.contoso.example/callback`,
  )
}

/**
 * Adds redirect URIs.
 *
 * @throws {RefusedError} when one is registered for another platform already: a URI has one, which decides how its code
 * is redeemed
 */
export function addedRedirectUris(registration: Registration, added: RedirectUris): RedirectUriChange {
  return change(
    added,
    (platform, uri) => {
      const elsewhere = redirectPlatforms.find(
        (other) => other !== platform && redirectUrisOf(registration, other).includes(uri),
      )
      if (elsewhere === undefined) return !redirectUrisOf(registration, platform).includes(uri)
      throw new RefusedError(
        `${uri} is registered for ${platformOptions[elsewhere]} already, and a URI has one platform: take it away there first, with remove-redirect-uri ${platformOptions[elsewhere]} ${uri}`,
      )
    },
    (platform, uris) => [...redirectUrisOf(registration, platform), ...uris],
  )
}

/** Takes redirect URIs away. @throws {RefusedError} when one is not there */
export function removedRedirectUris(registration: Registration, removed: RedirectUris): RedirectUriChange {
  return change(
    removed,
    (platform, uri) => {
      if (redirectUrisOf(registration, platform).includes(uri)) return true
      const elsewhere = redirectPlatforms.find((other) => redirectUrisOf(registration, other).includes(uri))
      const where = elsewhere ? ` It is registered for ${platformOptions[elsewhere]}.` : ''
      throw new RefusedError(`${uri} is not registered for ${platformOptions[platform]}.${where}`)
    },
    (platform, uris) => redirectUrisOf(registration, platform).filter((uri) => !uris.includes(uri)),
  )
}

function change(
  wanted: RedirectUris,
  counts: (platform: RedirectPlatform, uri: string) => boolean,
  after: (platform: RedirectPlatform, uris: readonly string[]) => readonly string[],
): RedirectUriChange {
  const patch: Record<string, unknown> = {}
  const changed: { platform: RedirectPlatform; uri: string }[] = []
  for (const platform of redirectPlatforms) {
    const uris = [...new Set(wanted[platform])].filter((uri) => counts(platform, uri))
    if (uris.length === 0) continue
    patch[platform] = { redirectUris: after(platform, uris) }
    changed.push(...uris.map((uri) => ({ platform, uri })))
  }
  return { patch, changed }
}
