import type { FastifyReply } from 'fastify'
import { EntraError } from '../../../protocol/errors.ts'
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
    return showDeviceCode(visit, parts, { code: typed, error: { text: error.message } })
  }
}
