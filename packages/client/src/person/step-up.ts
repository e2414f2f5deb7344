import type { GetTokenOptions } from '../credential.ts'
import { CredentialOptionError } from '../errors.ts'

/** What an API wants of the person's sign-in beyond a token, RFC 9470 §4. */
export interface StepUp {
  readonly acrValues?: string | undefined
  readonly maxAgeSeconds?: number | undefined
}

/**
 * What the options ask of the sign-in; undefined when nothing.
 * @throws {CredentialOptionError} when it is no text, or no whole number of seconds
 */
export function stepUpOf({ acrValues, maxAgeSeconds }: GetTokenOptions): StepUp | undefined {
  if (acrValues === undefined && maxAgeSeconds === undefined) return undefined
  if (acrValues !== undefined && (typeof acrValues !== 'string' || acrValues.trim() === '')) {
    throw new CredentialOptionError('acrValues', 'acrValues is empty: pass the acr_values of the challenge of the API.')
  }
  if (maxAgeSeconds !== undefined && !(Number.isSafeInteger(maxAgeSeconds) && maxAgeSeconds >= 0)) {
    throw new CredentialOptionError(
      'maxAgeSeconds',
      `maxAgeSeconds must be a whole number of seconds, for example 300, and is ${maxAgeSeconds}.`,
    )
  }
  return { acrValues, maxAgeSeconds }
}

/** @throws {CredentialOptionError} naming the option, when the options ask for another sign-in of a person */
export function refuseStepUp(options: GetTokenOptions, reason: string): void {
  if (stepUpOf(options) === undefined) return
  const option = options.acrValues === undefined ? 'maxAgeSeconds' : 'acrValues'
  throw new CredentialOptionError(option, `${option} asks for a stronger or newer sign-in of a person: ${reason}.`)
}
