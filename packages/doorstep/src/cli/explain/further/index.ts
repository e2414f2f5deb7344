import type { FurtherCode } from '../explanation.ts'
import { consentAndClientCodes } from './consent-and-client-codes.ts'
import { federationCodes } from './federation-codes.ts'
import { policyCodes } from './policy-codes.ts'
import { requestCodes } from './request-codes.ts'
import { signInCodes } from './sign-in-codes.ts'

/** Real codes beside those of the catalogue (`protocol/errors.ts`); none stands in both. */
export const furtherCodes: readonly FurtherCode[] = [
  ...signInCodes,
  ...policyCodes,
  ...consentAndClientCodes,
  ...requestCodes,
  ...federationCodes,
]
