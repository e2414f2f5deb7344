import { SignInError } from '../errors.ts'

/** What the authority sent to the redirect URI, once it proved to be the answer to this sign-in. */
export type AuthorizationAnswer =
  | { readonly code: string; readonly issuer: string | undefined }
  | { readonly refusal: SignInError }

/**
 * The answer to the sign-in that was begun with this state, RFC 6749 §4.1.2; `undefined` for anything else: without
 * the state nobody ends a sign-in, not even by an error.
 */
export function authorizationAnswer(parameters: URLSearchParams, state: string): AuthorizationAnswer | undefined {
  const once = (name: string) => {
    const values = parameters.getAll(name)
    return values.length === 1 ? values[0] : undefined
  }
  if (once('state') !== state) return undefined
  const code = once('code')
  const error = once('error')
  if (error !== undefined && !parameters.has('code')) return { refusal: refusal(error, once('error_description')) }
  if (code === undefined || code === '' || parameters.has('error')) return undefined
  return { code, issuer: once('iss') }
}

function refusal(error: string, description: string | undefined): SignInError {
  const code = /^AADSTS(\d+)/.exec(description ?? '')?.[1]
  const text = description === undefined ? error : (description.split(/\r?\n/)[0] ?? error)
  return new SignInError('refused', text, { error, ...(code !== undefined && { code: Number(code) }) })
}
