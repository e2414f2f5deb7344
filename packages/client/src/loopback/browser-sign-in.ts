import { AbortError, SignInError } from '../errors.ts'
import { accountOf } from '../person/account.ts'
import { metadataOf, type UserClient } from '../person/user-client.ts'
import type { UserRequest } from '../person/user-request.ts'
import type { AskPerson } from '../person/user-session.ts'
import type { UserTokens } from '../token-endpoint/token-request.ts'
import type { AuthorizationAnswer } from './authorization-answer.ts'
import { authorizationAddress, signInSecrets } from './authorization-request.ts'
import { type Deadline, startDeadline } from './deadline.ts'
import { type LoopbackListener, type ReceivedAnswer, startListener } from './listener.ts'
import { openBrowser } from './open-browser.ts'
import { failedPage, signedInPage } from './pages.ts'
import { answerByPasteBack, type OnPasteBack } from './paste-back.ts'
import { type PendingSignIn, redeem } from './redemption.ts'
import type { LoopbackRedirectUri } from './redirect-uri.ts'
import { surroundings } from './surroundings.ts'
import { wayToPerson } from './way-to-person.ts'

/** How the person is reached and how long is waited. */
export interface BrowserSignInSettings {
  readonly redirectUris: readonly LoopbackRedirectUri[]
  readonly responseMode: 'query' | 'form_post'
  readonly loginHint: string | undefined
  readonly prompt: string | undefined
  readonly timeoutMilliseconds: number
  readonly onWaiting: ((waiting: { secondsLeft: number }) => void) | undefined
  readonly onAddress: ((url: string) => void) | undefined
  readonly onNotice: (text: string) => void
  readonly onPasteBack: OnPasteBack | undefined
  /** Another way to sign in, for where no browser is. */
  readonly byDeviceCode: AskPerson | undefined
}

/** The beginning of a sign-in, before it is known where the answer arrives. */
type Begun = Omit<PendingSignIn, 'redirectUri'> & { readonly settings: BrowserSignInSettings; readonly end: Deadline }

/**
 * Has the person sign in with a browser: the authorization-code flow with PKCE on a loopback address, RFC 8252 §7.3.
 * Where no browser is reachable, by an address pasted back, else by a device code, and a notice says why.
 * @throws {SignInError} when it gives nothing; `reason` says why
 * @throws {AbortError} when the signal fires
 */
export async function signInByBrowser(
  client: UserClient,
  request: UserRequest,
  settings: BrowserSignInSettings,
  signal: AbortSignal,
): Promise<UserTokens> {
  const { onPasteBack, byDeviceCode, onNotice } = settings
  const way = wayToPerson(surroundings(), {
    pasteBack: onPasteBack !== undefined,
    deviceCode: byDeviceCode !== undefined,
  })
  if (way.way === 'deviceCode' && byDeviceCode !== undefined) {
    onNotice(`${way.reason}: sign in with a code, on any device.`)
    return inTime(byDeviceCode, request, settings, signal)
  }
  if (way.way === 'none') throw unreachablePerson(way.reason)
  const metadata = await metadataOf(client, request)
  if (signal.aborted) throw new AbortError()
  const end = startDeadline(settings.timeoutMilliseconds, signal, settings.onWaiting)
  const begun = { client, request, metadata, secrets: signInSecrets(), signal, settings, end }
  try {
    if (way.way === 'browser') return await withListener(begun, way.command)
    onNotice(`${way.reason}: open the address elsewhere, and paste back the one that the browser ends at.`)
    return await withoutListener(begun)
  } finally {
    end.end()
  }
}

/** The other way lasts no longer than this one would. */
async function inTime(ask: AskPerson, request: UserRequest, settings: BrowserSignInSettings, signal: AbortSignal) {
  const end = startDeadline(settings.timeoutMilliseconds, signal, settings.onWaiting)
  const asking = new AbortController()
  try {
    return await Promise.race([end.passed, ask(request, asking.signal)])
  } finally {
    asking.abort()
    end.end()
  }
}

/** Listens first, so that no answer can come too early. */
async function withListener(begun: Begun, command: readonly string[]): Promise<UserTokens> {
  const { settings, secrets, end } = begun
  const listener = await startListener(settings.redirectUris, secrets.state)
  const over = new AbortController()
  try {
    const signIn = { ...begun, redirectUri: listener.redirectUri }
    const address = addressOf(signIn, settings.responseMode)
    settings.onAddress?.(address)
    const failed = openBrowser(command, address)
    const received = await Promise.race([
      end.passed,
      listener.received,
      otherwise(failed, begun, listener, { address, signal: over.signal }),
    ])
    end.end()
    return await finish(signIn, received)
  } finally {
    over.abort()
    await listener.close()
  }
}

/** When the browser cannot be started after all: the person may open the address here, or paste back the answer. */
async function otherwise(
  failed: Promise<string>,
  { settings, secrets }: Begun,
  listener: LoopbackListener,
  { address, signal }: { address: string; signal: AbortSignal },
): Promise<ReceivedAnswer> {
  const reason = await failed
  const { onPasteBack, onNotice } = settings
  if (onPasteBack === undefined) {
    onNotice(`No browser could be opened (${reason}): open this address on this machine: ${address}`)
    return listener.received
  }
  onNotice(`No browser could be opened (${reason}): open the address, and paste back the one that the browser ends at.`)
  const answer = await answerByPasteBack(address, secrets.state, onPasteBack, onNotice, signal)
  return withoutBrowser(answer)
}

async function withoutListener(begun: Begun): Promise<UserTokens> {
  const { settings, secrets, end } = begun
  const { onPasteBack, onNotice, redirectUris } = settings
  const [redirectUri] = redirectUris
  if (onPasteBack === undefined || redirectUri === undefined) throw unreachablePerson('There is no browser')
  const signIn = { ...begun, redirectUri: redirectUri.text }
  // An address bar shows a query; what is sent as a form nobody could copy.
  const over = new AbortController()
  const pasted = answerByPasteBack(addressOf(signIn, 'query'), secrets.state, onPasteBack, onNotice, over.signal)
  try {
    const answer = await Promise.race([end.passed, pasted])
    end.end()
    return await finish(signIn, withoutBrowser(answer))
  } finally {
    over.abort()
  }
}

/** Redeems the answer before the browser is told how it ended. */
async function finish(signIn: PendingSignIn, { answer, show }: ReceivedAnswer): Promise<UserTokens> {
  try {
    const tokens = await redeem(signIn, answer)
    await show(signedInPage(accountOf(tokens, signIn.request).username))
    return tokens
  } catch (error) {
    const message = error instanceof Error ? (error.message.split(/\r?\n/)[0] ?? '') : ''
    await show(failedPage(message))
    throw error
  }
}

function addressOf(signIn: PendingSignIn & { settings: BrowserSignInSettings }, responseMode: 'query' | 'form_post') {
  const { client, request, metadata, secrets, redirectUri } = signIn
  const { loginHint, prompt } = signIn.settings
  return authorizationAddress(client, request, metadata, secrets, { redirectUri, responseMode, loginHint, prompt })
}

function withoutBrowser(answer: AuthorizationAnswer): ReceivedAnswer {
  return { answer, show: async () => {} }
}

function unreachablePerson(reason: string): SignInError {
  return new SignInError(
    'personUnreachable',
    `${reason}, so nobody can be asked to sign in: pass onPasteBack, name a browser in the variable BROWSER, or use another credential, such as DeviceCodeCredential.`,
  )
}
