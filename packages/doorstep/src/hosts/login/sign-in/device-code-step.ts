import type { FastifyReply } from 'fastify'
import { EntraError, type RefusalName } from '../../../protocol/errors.ts'
import type { LoginParts } from '../login-parts.ts'
import { deviceCodePage } from '../pages/device-code.ts'
import { pendingDeviceCode } from './device-purpose.ts'
import { proceed } from './proceed.ts'
import { formOf, showPage, type Visit } from './visit.ts'

/** The page where a person types the code of a device. */
export function showDeviceCode(
  visit: Visit,
  parts: LoginParts,
  typed: { readonly code?: string; readonly error?: { readonly text: string } } = {},
): FastifyReply {
  const view = { ...formOf(visit, 'deviceCode', parts), ...typed }
  return showPage(visit, (nonce) => deviceCodePage({ nonce, ...view }))
}

/** Goes on with the device whose code was typed, or says on the same page what is wrong with it. */
export async function takeDeviceCode(
  visit: Visit,
  form: ReadonlyMap<string, string>,
  parts: LoginParts,
): Promise<FastifyReply> {
  const typed = form.get('otc')?.slice(0, 32) ?? ''
  try {
    const { userCode } = await pendingDeviceCode(typed, parts)
    return await proceed({ ...visit, flow: { ...visit.flow, purpose: { kind: 'device', userCode } } }, parts)
  } catch (error) {
    if (!(error instanceof EntraError)) throw error
    return showDeviceCode(visit, parts, { code: typed, error: { text: inWords(error) } })
  }
}

const problems: Partial<Record<RefusalName, string>> = {
  userCodeMissing: 'Type the code that your app or device shows.',
  userCodeInvalid:
    'No device waits with this code. Compare it with the device; after 15 minutes the device needs a new one.',
  userCodeAnswered: 'This code has been answered already. Let the device ask for a new one.',
}

/** What is wrong with a code, for the person who typed it; the number is for whoever is asked about it. */
function inWords({ refusal, code, message }: EntraError): string {
  const problem = problems[refusal]
  return problem === undefined ? message : `${problem} (AADSTS${code})`
}
