import { type RedirectPlatform, redirectPlatforms, redirectUrisOf } from './application.ts'
import type { Fault, Linted, LintRule } from './lint.ts'
import { platformOptions } from './redirect-uris.ts'

interface Registered {
  readonly platform: RedirectPlatform
  readonly uri: string
  readonly url: URL | undefined
}

function registered(registration: Linted): readonly Registered[] {
  return redirectPlatforms.flatMap((platform) =>
    redirectUrisOf(registration, platform).map((uri) => ({
      platform,
      uri,
      url: URL.canParse(uri) ? new URL(uri) : undefined,
    })),
  )
}

function each(isWrong: (entry: Registered, registration: Linted) => boolean, instead?: string) {
  return (registration: Linted): readonly Fault[] =>
    registered(registration)
      .filter((entry) => isWrong(entry, registration))
      .map(({ platform, uri }) => ({
        what: `${platform} has ${uri}`,
        command: ['remove-redirect-uri', 'NAME', platformOptions[platform], uri],
        instead,
      }))
}

const isLoopback = ({ url }: Registered) =>
  url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
const isWildcard = ({ uri }: Registered) => uri.includes('*')
const signsInPersonalAccounts = ({ signInAudience = '' }: Linted) => signInAudience.includes('PersonalMicrosoftAccount')
const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'

/** "Redirect URI (reply URL) best practices and limitations". */
export const redirectUriRules: readonly LintRule[] = [
  {
    rule: 'redirect-uri-form',
    severity: 'error',
    why: 'Entra takes absolute URIs of at most 256 characters, without a fragment.',
    faults: each(({ uri, url }) => (url === undefined && !uri.includes('*')) || uri.length > 256 || uri.includes('#')),
  },
  {
    rule: 'redirect-uri-http',
    severity: 'error',
    why: 'Entra refuses http but for localhost and 127.0.0.1: a code could be read on its way.',
    faults: each((entry) => entry.url?.protocol === 'http:' && !isLoopback(entry)),
  },
  {
    rule: 'redirect-uri-scheme',
    severity: 'error',
    why: 'Schemes of programs are for mobile and desktop platforms (--public-client) only.',
    faults: each(
      ({ platform, url }) => platform !== 'publicClient' && url !== undefined && !/^https?:$/.test(url.protocol),
    ),
  },
  {
    rule: 'redirect-uri-wildcard-personal',
    severity: 'error',
    why: 'An application for personal accounts may have no wildcard.',
    faults: each((entry, registration) => isWildcard(entry) && signsInPersonalAccounts(registration)),
  },
  {
    rule: 'redirect-uri-count',
    severity: 'error',
    why: 'Entra keeps at most 256 redirect URIs, 100 with personal accounts.',
    faults(registration) {
      const count = registered(registration).length
      const most = signsInPersonalAccounts(registration) ? 100 : 256
      return count <= most
        ? []
        : [{ what: `there are ${count}`, instead: 'Let one URI take state with it, in the parameter state.' }]
    },
  },
  {
    rule: 'redirect-uri-wildcard',
    severity: 'warning',
    why: 'Codes go to any host under the domain, also one that somebody else takes over.',
    faults: each((entry, registration) => isWildcard(entry) && !signsInPersonalAccounts(registration)),
  },
  {
    rule: 'redirect-uri-localhost',
    severity: 'advice',
    why: 'On a user’s machine any program may listen there; a server in production needs an application of its own.',
    faults: each((entry) => entry.platform !== 'publicClient' && isLoopback(entry)),
  },
  {
    rule: 'redirect-uri-out-of-band',
    severity: 'advice',
    why: 'The code stands in a page’s title, from which others copy it; browsers and libraries have left this way.',
    faults: each(({ uri }) => uri === outOfBand, 'Register http://localhost instead.'),
  },
  {
    rule: 'implicit-grant',
    severity: 'warning',
    why: 'Tokens travel in the address of a page, where histories and scripts find them; a code with PKCE does not (RFC 9700 §2.1.2).',
    faults({ web }) {
      const { enableAccessTokenIssuance, enableIdTokenIssuance } = web?.implicitGrantSettings ?? {}
      const tokens = [enableAccessTokenIssuance && 'access tokens', enableIdTokenIssuance && 'ID tokens'].filter(
        Boolean,
      )
      if (tokens.length === 0) return []
      return [
        {
          what: `the implicit grant gives ${tokens.join(' and ')}`,
          command: ['update', 'NAME', '--implicit-grant', 'off'],
        },
      ]
    },
  },
]
