import type { AccessToken } from '@doorstep/client'
import { shellWord } from './shell-word.ts'

export const tokenFormats = ['raw', 'header', 'env', 'json', 'az'] as const
export type TokenFormat = (typeof tokenFormats)[number]

/** Whose token it is, for programs that read what Azure CLI prints. */
export interface TokenAccount {
  /** As it was asked for; the token's own goes before it. */
  readonly tenantId: string
  readonly subscriptionId: string | undefined
}

/** A token as the next program wants it, without a line end. */
export function formatToken(answer: AccessToken, format: TokenFormat, account: TokenAccount): string {
  switch (format) {
    case 'raw':
      return answer.token
    case 'header':
      return `Authorization: Bearer ${answer.token}`
    case 'env':
      return `export ACCESS_TOKEN=${shellWord(answer.token)}`
    case 'json':
      return JSON.stringify({
        token: answer.token,
        tokenType: answer.tokenType ?? 'Bearer',
        expiresOn: new Date(answer.expiresOnTimestamp).toISOString(),
        expiresOnTimestamp: answer.expiresOnTimestamp,
      })
    case 'az':
      return JSON.stringify(azureCliAnswer(answer, account))
  }
}

/** What `az account get-access-token` prints, for programs that read that; `expires_on` is in seconds. */
function azureCliAnswer(
  { token, expiresOnTimestamp }: AccessToken,
  { tenantId, subscriptionId }: TokenAccount,
): Record<string, unknown> {
  return {
    accessToken: token,
    expiresOn: localTime(new Date(expiresOnTimestamp)),
    expires_on: Math.floor(expiresOnTimestamp / 1000),
    subscription: subscriptionId ?? null,
    tenant: tenantOf(token) ?? tenantId,
    tokenType: 'Bearer',
  }
}

/** `2027-01-31 12:00:00.000000`, in this machine's zone, as Python writes it. */
function localTime(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const date = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`
  return `${date} ${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}.000000`
}

/** The tenant in a token, which is an id also where `organizations` was asked; undefined when it cannot be read. */
export function tenantOf(token: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    const tenantId: unknown = typeof claims === 'object' && claims !== null ? Reflect.get(claims, 'tid') : undefined
    return typeof tenantId === 'string' ? tenantId : undefined
  } catch {
    return undefined
  }
}
