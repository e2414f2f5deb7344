import { EntraError } from '../../protocol/errors.ts'
import { approveDeviceCode } from './approve-device-code.ts'
import type { LoginParts } from './login-parts.ts'

/** How a device code of a run was answered, or why it had to be declined. */
export type DeviceCodeOutcome =
  | { readonly kind: 'deviceCodeApproved'; readonly application: string }
  | { readonly kind: 'deviceCodeDeclined'; readonly reason: string; readonly fix: string }
  /** A person was faster. */
  | { readonly kind: 'deviceCodeAnswered' }

/**
 * Answers a device code for the account that a run signs in as. What cannot be approved is declined: with nobody there
 * to answer, the program would ask in vain until the code expires.
 */
export async function answerDeviceCodeOfRun(
  request: { readonly userCode: string; readonly userPrincipalName: string; readonly consent: boolean },
  parts: LoginParts,
): Promise<DeviceCodeOutcome> {
  try {
    const { applicationName } = await approveDeviceCode(request, parts)
    return { kind: 'deviceCodeApproved', application: applicationName }
  } catch (refusal) {
    if (!(refusal instanceof EntraError)) throw refusal
    if (refusal.refusal === 'userCodeAnswered') return { kind: 'deviceCodeAnswered' }
    await approveDeviceCode({ ...request, decline: true, because: refusal }, parts)
    return { kind: 'deviceCodeDeclined', reason: refusal.message, fix: refusal.fix }
  }
}
