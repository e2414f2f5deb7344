import type { UserPromptCallback } from '../device-code/ask-by-device-code.ts'
import { type OptionNames, requireOptionNames } from '../options/option-names.ts'
import { USER_OPTION_NAMES, type UserCredentialOptions, userClient } from '../person/user-client.ts'
import { UserCredential } from '../person/user-credential.ts'

export interface DeviceCodeCredentialOptions extends UserCredentialOptions {
  /** Tells the person; awaited before the first poll. Default: the message on standard error. */
  userPromptCallback?: UserPromptCallback
  /** Throws an `AuthenticationRequiredError` instead of asking the person; `authenticate` still asks. Default false. */
  disableAutomaticAuthentication?: boolean
}

const OPTION_NAMES: OptionNames<DeviceCodeCredentialOptions> = {
  ...USER_OPTION_NAMES,
  userPromptCallback: true,
  disableAutomaticAuthentication: true,
}

/**
 * A person who signs in elsewhere, in whatever browser is at hand, by typing a short code: the device authorization
 * grant, RFC 8628. For machines without a browser. The app registration must allow public client flows. Its
 * `SignInError` says `refused` when the person declined, `timedOut` when nobody entered the code in time.
 */
export class DeviceCodeCredential extends UserCredential {
  /** @throws {CredentialOptionError} naming the option that is missing or wrong */
  constructor(options: DeviceCodeCredentialOptions) {
    requireOptionNames('DeviceCodeCredential', options, OPTION_NAMES)
    const { userPromptCallback = ({ message }) => void process.stderr.write(`${message}\n`) } = options
    const client = userClient({ ...options, clientSecret: undefined })
    super(
      client,
      async (request, signal) => {
        const { askByDeviceCode } = await import('../device-code/ask-by-device-code.ts') // a kept sign-in needs none of it
        return askByDeviceCode(client, userPromptCallback)(request, signal)
      },
      options,
    )
  }
}
