import type { SignedInAccount } from '../account.ts'
import type { AccessToken, GetTokenOptions, TokenCredential } from '../credential.ts'
import { type DeviceAuthorization, requestDeviceAuthorization } from '../device-code/device-authorization.ts'
import { pollForTokens } from '../device-code/poll.ts'
import { type UserClient, type UserCredentialOptions, userCachePartition, userClient } from '../user-client.ts'
import { UserSession } from '../user-session.ts'

/** What a person has to be told, in Azure's words. */
export interface DeviceCodeInfo {
  /** To be typed at `verificationUri`. */
  readonly userCode: string
  readonly verificationUri: string
  /** A sentence that says both. */
  readonly message: string
  /** Until when the code can be typed. */
  readonly expiresOn: Date
}

export interface DeviceCodeCredentialOptions extends UserCredentialOptions {
  /** Tells the person; awaited before the first poll. Default: the message on standard error. */
  userPromptCallback?: (info: DeviceCodeInfo) => void | Promise<void>
  /** Throws an `AuthenticationRequiredError` instead of asking the person; `authenticate` still asks. Default false. */
  disableAutomaticAuthentication?: boolean
}

/**
 * A person who signs in elsewhere, in whatever browser is at hand, by typing a short code: the device authorization
 * grant, RFC 8628. For machines without a browser. The app registration must allow public client flows. The sign-in is
 * kept and refreshed, so that the person is asked once; access tokens are not kept: wrap it in `cached`.
 */
export class DeviceCodeCredential implements TokenCredential {
  readonly tenantId: string
  readonly clientId: string
  readonly authorityHost: string
  readonly #client: UserClient
  readonly #session: UserSession

  /** @throws {CredentialOptionError} naming the option that is missing or wrong */
  constructor(options: DeviceCodeCredentialOptions) {
    const { userPromptCallback = printMessage, disableAutomaticAuthentication } = options
    const client = userClient(options)
    this.#client = client
    this.#session = new UserSession(
      client,
      async (request, signal) => {
        const authorization = await requestDeviceAuthorization(client, request, signal)
        await userPromptCallback(infoOf(authorization))
        return pollForTokens(client, request, authorization, signal)
      },
      { disableAutomaticAuthentication },
    )
    this.tenantId = client.tenantId
    this.clientId = client.clientId
    this.authorityHost = client.authorityHost
  }

  /** Same authority, tenant, application and store of sign-ins: same tokens. */
  get cachePartition(): string {
    return userCachePartition(this.#client)
  }

  /**
   * @param scopes permissions of one API, e.g. `https://graph.microsoft.com/User.Read`; empty with `options.resource`
   * @throws {CredentialOptionError} when scopes or options cannot work; nothing is sent then
   * @throws {SignInError} when the person declined (`refused`) or did not enter the code in time (`timedOut`)
   * @throws {AuthenticationRequiredError} when the person has to be asked and may not be
   * @throws {TokenRequestError} when the authority refuses; `code` holds the AADSTS number
   * @throws {AuthorityUnreachableError} when it gives no answer
   */
  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    return this.#session.getToken(scopes, options)
  }

  /** Asks the person, whether or not a sign-in is kept. Errors: those of `getToken`. */
  async authenticate(scopes: string | string[], options: GetTokenOptions = {}): Promise<SignedInAccount> {
    return this.#session.authenticate(scopes, options)
  }
}

function infoOf({ userCode, verificationUri, message, expiresAt }: DeviceAuthorization): DeviceCodeInfo {
  return {
    userCode,
    verificationUri,
    message: message ?? `To sign in, open ${verificationUri} in a web browser and enter the code ${userCode}.`,
    expiresOn: new Date(expiresAt),
  }
}

function printMessage({ message }: DeviceCodeInfo): void {
  process.stderr.write(`${message}\n`)
}
