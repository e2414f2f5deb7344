import { AbortError, SignInError } from '../errors.ts'
import { type AuthorizationAnswer, authorizationAnswer } from './authorization-answer.ts'

/**
 * Shows the person the address to open, and resolves with the one that the browser ended at. The signal says that the
 * sign-in is over: nothing is to be pasted any more.
 */
export type OnPasteBack = (url: string, signal: AbortSignal) => Promise<string>

const MAXIMUM_ATTEMPTS = 3

/**
 * The answer by way of the person, who copies it from the browser's address bar.
 * @param onNotice is told why a text will not do, before the person is asked again
 * @throws {SignInError} `untrustedAnswer` when three texts would not do
 */
export async function answerByPasteBack(
  address: string,
  state: string,
  onPasteBack: OnPasteBack,
  onNotice: (text: string) => void,
  signal: AbortSignal,
): Promise<AuthorizationAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = authorizationAnswer(parametersOf(await onPasteBack(address, signal)), state)
    if (answer !== undefined) return answer
    if (signal.aborted) throw new AbortError()
    if (attempt === MAXIMUM_ATTEMPTS) {
      throw new SignInError('untrustedAnswer', 'None of the pasted addresses is the answer to this sign-in.')
    }
    onNotice(
      'This is not the answer to this sign-in: paste the whole address that the browser shows in the end, with its code= and state=.',
    )
  }
}

/** Of an address, or of its query alone. */
function parametersOf(pasted: unknown): URLSearchParams {
  const text = String(pasted).trim()
  return URL.canParse(text) ? new URL(text).searchParams : new URLSearchParams(text)
}
