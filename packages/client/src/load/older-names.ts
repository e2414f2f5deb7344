import { CredentialOptionError } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'

/** What the Cognite SDK called its settings before it had credential providers, and what they are called now. */
const NEW_NAMES: Readonly<Record<string, string>> = {
  token_client_id: 'client_credentials.client_id',
  token_client_secret: 'client_credentials.client_secret',
  token_url: 'client_credentials.token_url',
  token_scopes: 'client_credentials.scopes',
  token_custom_args: 'nothing (Entra needs none)',
  api_key: 'nothing (API keys are no longer accepted: register an application and use client_credentials)',
}

const FORM = `client_credentials:
  client_id: …
  client_secret: …
  token_url: https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token
  scopes: [https://{cluster}.cognitedata.com/.default]`

/** Older names that mean the same today where they stand in a section. */
const ALSO_OF_TODAY = ['token_url']

/**
 * @param section that the names stand in, where they do; else they stand beside sections
 * @throws {CredentialOptionError} that tells the new names, when a configuration has older ones
 */
export function refuseOlderNames(config: JsonObject, section?: string): void {
  const isOlder = (name: string) =>
    Object.hasOwn(NEW_NAMES, name) && !(section !== undefined && ALSO_OF_TODAY.includes(name))
  const older = Object.keys(config).filter(isOlder)
  const [first] = older
  if (first === undefined) return
  const renamed = older.map((name) => `${name} is now ${NEW_NAMES[name]}`).join('; ')
  throw new CredentialOptionError(
    section === undefined ? first : `${section}.${first}`,
    `These are names of an older SDK: ${renamed}. Write:\n${FORM}`,
  )
}

/** What to tell who has `COGNITE_API_KEY` in the environment; `undefined` when nobody has. */
export function noticeOfApiKey(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  if (!environment.COGNITE_API_KEY) return undefined
  return 'COGNITE_API_KEY is set in the environment. It is not used here, and older Cognite SDKs would use it instead of these credentials: unset it.'
}
