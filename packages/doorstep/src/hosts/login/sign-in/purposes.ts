import type { LoginParts } from '../login-parts.ts'
import { adminConsentPurpose } from './admin-consent-purpose.ts'
import { authorizationPurpose } from './authorization-purpose.ts'
import { devicePurpose } from './device-purpose.ts'
import type { SignInFlow } from './flow.ts'
import type { SignInPurpose } from './purpose.ts'

/**
 * What a flow was begun for, read again from what began it.
 * @throws {EntraError} for what is wrong before anybody can be told but the person.
 */
export function purposeOf(purpose: SignInFlow['purpose'], parts: LoginParts): Promise<SignInPurpose> {
  switch (purpose.kind) {
    case 'authorize':
      return authorizationPurpose(purpose, parts)
    case 'adminConsent':
      return adminConsentPurpose(purpose, parts)
    case 'device':
      return devicePurpose(purpose, parts)
  }
}
