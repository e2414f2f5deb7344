import type { UserClient } from '../person/user-client.ts'
import type { AskPerson } from '../person/user-session.ts'
import { type DeviceAuthorization, requestDeviceAuthorization } from './device-authorization.ts'
import { pollForTokens } from './poll.ts'

/** What a person has to be told, in Azure's words. */
export interface DeviceCodeInfo {
  /** To be typed at `verificationUri`. */
  readonly userCode: string
  readonly verificationUri: string
  /** A sentence that says both. */
  readonly message: string
  /** Until when the code can be typed. */
  readonly expiresOn: Date
}

/** Tells the person what to type where; awaited before the first poll. */
export type UserPromptCallback = (info: DeviceCodeInfo) => void | Promise<void>

/** Has a person sign in elsewhere by typing a code: the device authorization grant, RFC 8628. */
export function askByDeviceCode(client: UserClient, userPromptCallback: UserPromptCallback): AskPerson {
  return async (request, signal) => {
    const authorization = await requestDeviceAuthorization(client, request, signal)
    await userPromptCallback(infoOf(authorization))
    return pollForTokens(client, request, authorization, signal)
  }
}

function infoOf({ userCode, verificationUri, message, expiresAt }: DeviceAuthorization): DeviceCodeInfo {
  return {
    userCode,
    verificationUri,
    message: message ?? `To sign in, open ${verificationUri} in a web browser and enter the code ${userCode}.`,
    expiresOn: new Date(expiresAt),
  }
}
