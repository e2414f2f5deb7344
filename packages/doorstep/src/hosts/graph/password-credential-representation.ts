import type { PasswordCredential } from '../../directory/password-credential.ts'
import type { Entity } from './call.ts'
import { graphTimestamp } from './representation.ts'

/** A client secret as every later reading shows it: without the secret. */
export function passwordCredentialEntity(credential: PasswordCredential): Entity {
  return {
    customKeyIdentifier: null,
    displayName: credential.displayName,
    endDateTime: graphTimestamp(credential.endDateTime, 'read'),
    hint: credential.hint,
    keyId: credential.keyId,
    secretText: null,
    startDateTime: graphTimestamp(credential.startDateTime, 'read'),
  }
}

/** A client secret in the one answer that shows it. */
export function newPasswordCredentialEntity(credential: PasswordCredential, secretText: string): Entity {
  return {
    ...passwordCredentialEntity(credential),
    endDateTime: graphTimestamp(credential.endDateTime, 'created'),
    secretText,
    startDateTime: graphTimestamp(credential.startDateTime, 'created'),
  }
}
