import { loggedSignIn, type SignInKind } from '../../../protocol/sign-in-log.ts'
import type { SessionAccount } from '../../../protocol/sign-in-records.ts'
import type { LoginParts } from '../login-parts.ts'
import type { Visit } from './visit.ts'

/** How the sign-in of a visit came about. */
export function kindOf({ flow }: Visit, account?: SessionAccount): SignInKind {
  if (account?.method === 'control') return 'control'
  return flow.purpose.kind === 'device' ? 'device code' : 'interactive'
}

/** What is refused to somebody known stands in the sign-in log; `errorCode` is the AADSTS number. */
export async function logRefusal(
  visit: Visit,
  account: SessionAccount,
  { clientAppId, errorCode }: { readonly clientAppId: string; readonly errorCode: number },
  parts: LoginParts,
): Promise<void> {
  const user = await parts.users.byId(account.homeUserId)
  if (!user) return
  const facts = { kind: kindOf(visit, account), user, tenantId: user.tenantId, clientAppId, resourceAppId: null }
  const { correlationId } = visit.flow
  await parts.commit([loggedSignIn({ ...facts, errorCode, correlationId, now: visit.now }, parts)])
}
