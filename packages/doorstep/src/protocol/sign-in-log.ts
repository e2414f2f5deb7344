import type { User } from '../directory/user.ts'
import type { SignInChange, SignInRecord } from './sign-in-records.ts'

/** How a sign-in came about. */
export type SignInKind = 'interactive' | 'device code' | 'control' | 'password'

export interface LoggedSignIn {
  readonly kind: SignInKind
  readonly user: Pick<User, 'id' | 'userPrincipalName'>
  readonly tenantId: string
  readonly clientAppId: string | null
  readonly resourceAppId: string | null
  /** 0, or the AADSTS number of the refusal. */
  readonly errorCode: number
  readonly correlationId: string
  /** Milliseconds. */
  readonly now: number
}

/** One line of the sign-in log, as a change to be committed with what the sign-in brings about. */
export function loggedSignIn(signIn: LoggedSignIn, { newId }: { readonly newId: () => string }): SignInChange {
  const { user, now, ...facts } = signIn
  const record: SignInRecord = {
    ...facts,
    id: newId(),
    createdDateTime: new Date(now).toISOString(),
    userId: user.id,
    userPrincipalName: user.userPrincipalName,
  }
  return { change: 'addSignInRecord', record }
}
