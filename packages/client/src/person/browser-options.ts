import { CredentialOptionError } from '../errors.ts'
import type { BrowserSignInSettings } from '../loopback/browser-sign-in.ts'
import { loopbackRedirectUris } from '../loopback/redirect-uri.ts'
import type { OptionNames } from '../options/option-names.ts'
import { USER_OPTION_NAMES, type UserClient, type UserCredentialOptions } from './user-client.ts'
import type { AskPerson } from './user-session.ts'

/** Options of the credentials that have a person sign in with a browser. */
export interface BrowserCredentialOptions extends UserCredentialOptions {
  /**
   * Where the answer arrives: an address of this machine that is registered for the application, such as
   * `http://localhost:53000`, or several, of which the first free one is taken. Without a port any free one will do.
   */
  redirectUri?: string | readonly string[]
  /** How the authority sends the answer. Default `query`; `form_post` keeps it out of the browser's history. */
  responseMode?: 'query' | 'form_post'
  /**
   * User name to begin with. The sign-in that comes of it is kept apart from those of other names; one that is there
   * without having been asked for by name is used only when it has this name.
   */
  loginHint?: string
  /** What to ask in any case: `login`, `select_account`, `consent`. Default: what the authority finds necessary. */
  prompt?: string
  /** How long the person may take. Default 300,000, which is five minutes. */
  signInTimeoutMilliseconds?: number
  /** Called at once and then each second while the person is waited for, for a countdown. */
  onWaiting?: (waiting: { secondsLeft: number }) => void
  /** Gets the address that the browser is told to open, for people whose browser opens it in the wrong place. */
  onAddress?: (url: string) => void
  /** Gets what the person should know, one line each, such as why no browser opens. Default: standard error. */
  onNotice?: (text: string) => void
  /**
   * The way where no browser is reachable: shows the person the address to open, and resolves with the address that
   * the browser ends at, which says that the page cannot be reached. The signal fires when the sign-in is over, however
   * it ended: the question can go then.
   */
  onPasteBack?: (url: string, signal: AbortSignal) => Promise<string>
  /** Throws an `AuthenticationRequiredError` instead of asking the person; `authenticate` still asks. Default false. */
  disableAutomaticAuthentication?: boolean
}

export const BROWSER_OPTION_NAMES: OptionNames<BrowserCredentialOptions> = {
  ...USER_OPTION_NAMES,
  redirectUri: true,
  responseMode: true,
  loginHint: true,
  prompt: true,
  signInTimeoutMilliseconds: true,
  onWaiting: true,
  onAddress: true,
  onNotice: true,
  onPasteBack: true,
  disableAutomaticAuthentication: true,
}

const FIVE_MINUTES = 300_000

/**
 * Has a person sign in with a browser, as the options say. What that takes is loaded when it is needed.
 * @param byDeviceCode the way where no browser is reachable and nothing can be pasted back
 * @throws {CredentialOptionError} naming the option that is wrong
 */
export function askByBrowser(
  client: UserClient,
  options: BrowserCredentialOptions,
  defaultRedirectUri: string,
  byDeviceCode?: AskPerson,
): AskPerson {
  const settings = { ...browserSignInSettings(options, defaultRedirectUri), byDeviceCode }
  return async (request, signal) => {
    const { signInByBrowser } = await import('../loopback/browser-sign-in.ts')
    return signInByBrowser(client, request, settings, signal)
  }
}

function browserSignInSettings(
  options: BrowserCredentialOptions,
  defaultRedirectUri: string,
): Omit<BrowserSignInSettings, 'byDeviceCode'> {
  const { responseMode = 'query', signInTimeoutMilliseconds = FIVE_MINUTES } = options
  if (responseMode !== 'query' && responseMode !== 'form_post') {
    throw new CredentialOptionError(
      'responseMode',
      `responseMode '${String(responseMode)}' is neither 'query' nor 'form_post'; a fragment would never leave the browser.`,
    )
  }
  // setTimeout knows no longer times, and would take them for none.
  if (!(signInTimeoutMilliseconds > 0 && signInTimeoutMilliseconds < 2 ** 31)) {
    throw new CredentialOptionError(
      'signInTimeoutMilliseconds',
      `signInTimeoutMilliseconds must be a number of milliseconds above 0 and below 24 days, for example 300000, and is ${signInTimeoutMilliseconds}.`,
    )
  }
  return {
    redirectUris: loopbackRedirectUris(options.redirectUri ?? defaultRedirectUri),
    responseMode,
    loginHint: options.loginHint,
    prompt: options.prompt,
    timeoutMilliseconds: signInTimeoutMilliseconds,
    onWaiting: options.onWaiting,
    onAddress: options.onAddress,
    onNotice: options.onNotice ?? ((text) => void process.stderr.write(`${text}\n`)),
    onPasteBack: options.onPasteBack,
  }
}
