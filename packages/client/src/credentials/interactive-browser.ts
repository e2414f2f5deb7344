import type { UserPromptCallback } from '../device-code/ask-by-device-code.ts'
import { type OptionNames, requireOptionNames } from '../options/option-names.ts'
import { askByBrowser, BROWSER_OPTION_NAMES, type BrowserCredentialOptions } from '../person/browser-options.ts'
import { type UserClient, userClient } from '../person/user-client.ts'
import { UserCredential } from '../person/user-credential.ts'
import type { AskPerson } from '../person/user-session.ts'

export interface InteractiveBrowserCredentialOptions extends BrowserCredentialOptions {
  /**
   * Tells the person the device code, which is the way where no browser is reachable and `onPasteBack` is not given.
   * Default: the authority's message by `onNotice`.
   */
  userPromptCallback?: UserPromptCallback
}

const OPTION_NAMES: OptionNames<InteractiveBrowserCredentialOptions> = {
  ...BROWSER_OPTION_NAMES,
  userPromptCallback: true,
}

/**
 * A person who signs in with a browser to a program without a secret: the authorization-code flow with PKCE, RFC 8252.
 * The default `redirectUri` is `http://localhost`, which takes any free port.
 */
export class InteractiveBrowserCredential extends UserCredential {
  /** @throws {CredentialOptionError} naming the option that is missing or wrong */
  constructor(options: InteractiveBrowserCredentialOptions) {
    requireOptionNames('InteractiveBrowserCredential', options, OPTION_NAMES)
    const client = userClient({ ...options, clientSecret: undefined })
    super(client, askByBrowser(client, options, 'http://localhost', byDeviceCode(client, options)), options)
  }
}

function byDeviceCode(client: UserClient, options: InteractiveBrowserCredentialOptions): AskPerson {
  const { onNotice = (text) => void process.stderr.write(`${text}\n`) } = options
  const { userPromptCallback = ({ message }) => onNotice(message) } = options
  return async (request, signal) => {
    const { askByDeviceCode } = await import('../device-code/ask-by-device-code.ts')
    return askByDeviceCode(client, userPromptCallback)(request, signal)
  }
}
