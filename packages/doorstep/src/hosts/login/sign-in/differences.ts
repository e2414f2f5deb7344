import type { EntraError } from '../../../protocol/errors.ts'
import { registeredRedirectUris } from '../../../protocol/redirect-uri.ts'
import { readRequestParameters } from '../../../protocol/request-parameters.ts'
import type { LoginParts } from '../login-parts.ts'
import { type Difference, redirectUriDifference } from '../pages/difference.ts'
import type { SignInFlow } from './flow.ts'

/** What a person can compare: the redirect URI that was sent with those that are registered. */
export async function differencesOf(
  { refusal }: EntraError,
  { purpose }: Pick<SignInFlow, 'purpose'>,
  { applications }: Pick<LoginParts, 'applications'>,
): Promise<readonly Difference[]> {
  if (refusal !== 'redirectUriMismatch' || purpose.kind === 'device') return []
  const parameters = readRequestParameters(purpose.query)
  const sent = parameters.value('redirect_uri')
  const application = await applications.byAppId((parameters.value('client_id') ?? '').toLowerCase())
  if (sent === undefined || !application) return []
  return [
    redirectUriDifference(
      sent,
      registeredRedirectUris(application).map(({ uri }) => uri),
    ),
  ]
}
