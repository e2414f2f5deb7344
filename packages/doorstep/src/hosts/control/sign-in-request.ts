import { ControlError } from './control-error.ts'
import type { ControlledAccount, ControlledSignIns, DeviceCodeApproval } from './control-parts.ts'

/** Reads the body of `POST /sign-in`. @throws {ControlError} naming the member that is wrong */
export function parseSignIn(body: Readonly<Record<string, unknown>>): string {
  return requireText(
    'userPrincipalName',
    body.userPrincipalName,
    'a user principal name, such as alice@contoso.example',
  )
}

/** Reads the body of `POST /approve-device-code`. @throws {ControlError} naming the member that is wrong */
export function parseDeviceCodeApproval(body: Readonly<Record<string, unknown>>): DeviceCodeApproval {
  return {
    userCode: requireText('userCode', body.userCode, 'the code that the device shows'),
    userPrincipalName: parseSignIn(body),
    consent: requireSwitch('consent', body.consent),
    decline: requireSwitch('decline', body.decline),
  }
}

/**
 * The account that shall be signed in.
 *
 * @throws {ControlError} 404 when nobody has this user name, 403 when the account is disabled
 */
export async function requireAccount(
  userPrincipalName: string,
  { account }: Pick<ControlledSignIns, 'account'>,
): Promise<ControlledAccount> {
  const found = await account(userPrincipalName)
  if (!found) {
    throw new ControlError(
      404,
      'accountNotFound',
      `There is no account ${userPrincipalName} here. Expected the user principal name of a user of this local cloud, as the seed file or doorstep status says it.`,
    )
  }
  if (!found.enabled) {
    throw new ControlError(
      403,
      'accountDisabled',
      `The account ${found.userPrincipalName} is disabled. Expected an enabled one: set its accountEnabled to true.`,
    )
  }
  return found
}

function requireText(name: string, value: unknown, expected: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim()
  throw new ControlError(400, 'invalidSignIn', `${name} must be ${expected}.`)
}

function requireSwitch(name: string, value: unknown = false): boolean {
  if (typeof value === 'boolean') return value
  throw new ControlError(400, 'invalidSignIn', `${name} must be true or false.`)
}
