import type { Application } from '../../../directory/application.ts'
import { redirectUriProblem } from '../../../directory/registered-redirect-uri.ts'
import type { EntraError } from '../../../protocol/errors.ts'
import { registeredRedirectUris } from '../../../protocol/redirect-uri.ts'
import { readRequestParameters } from '../../../protocol/request-parameters.ts'
import type { LoginParts } from '../login-parts.ts'
import { type Difference, redirectUriDifference } from '../pages/difference.ts'
import type { SignInFlow } from './flow.ts'

/** What a page says of a refusal beside the platform's sentence. */
export interface RefusalDetails {
  readonly differences: readonly Difference[]
  /** The command that sets it right, to paste. */
  readonly command?: string | undefined
}

/** What a person can compare, the redirect URI that was sent with those that are registered, and what registers it. */
export async function detailsOf(
  { refusal }: EntraError,
  { purpose }: Pick<SignInFlow, 'purpose'>,
  { applications }: Pick<LoginParts, 'applications'>,
): Promise<RefusalDetails> {
  const isAboutRedirectUri = refusal === 'redirectUriMismatch' || refusal === 'redirectUriNoneRegistered'
  if (!isAboutRedirectUri || purpose.kind === 'device') return { differences: [] }
  const parameters = readRequestParameters(purpose.query)
  const sent = parameters.value('redirect_uri')
  const application = await applications.byAppId((parameters.value('client_id') ?? '').toLowerCase())
  if (sent === undefined || !application) return { differences: [] }
  const registered = registeredRedirectUris(application).map(({ uri }) => uri)
  return {
    differences: refusal === 'redirectUriMismatch' ? [redirectUriDifference(sent, registered)] : [],
    command: registeringCommand(sent, application),
  }
}

const platformOptions = { web: '--web', spa: '--spa', publicClient: '--public-client' } as const

/**
 * The command that registers a redirect URI, for the platform on which the application has others. None for a URI that
 * could not be registered, or that some shell reads as more than a word: anybody can send one, and it is pasted.
 */
function registeringCommand(uri: string, application: Application): string | undefined {
  const platforms = [...new Set(registeredRedirectUris(application).map(({ type }) => type))]
  const platform = platforms.length === 1 ? (platforms[0] ?? 'web') : 'web'
  if (redirectUriProblem(uri, platform) !== undefined || !/^[\w.~:/@+=-]+$/.test(uri)) return undefined
  const { appId, tenantId } = application
  return `npx --no-install doorstep app add-redirect-uri ${appId} ${platformOptions[platform]} ${uri} --tenant ${tenantId}`
}
