import { z } from 'zod'
import { passwordProblem } from '../../directory/password-policy.ts'
import { firstProblem } from '../../directory/property-problem.ts'
import { addressedUser } from './addressed-user.ts'
import { type GraphAnswer, type GraphCall, nothing } from './call.ts'
import { requestBadRequest } from './errors.ts'
import { propertyRefusal } from './parsed-properties.ts'

/** `POST /me/changePassword`: the user proves the old password, and sessions that began with it end. */
export async function changePassword(call: GraphCall): Promise<GraphAnswer> {
  const { parts, now } = call
  const user = await addressedUser(call)
  const parsed = z.strictObject({ currentPassword: z.string(), newPassword: z.string() }).safeParse(call.body)
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), 'User')
  const { currentPassword, newPassword } = parsed.data
  const kept = await parts.users.passwordOf(user.id)
  if (!kept || !(await parts.matchesPassword(currentPassword, kept.passwordHash))) {
    throw requestBadRequest("The specified password does not match the user's password: check 'currentPassword'.")
  }
  const problem = passwordProblem(newPassword)
  if (problem !== undefined) throw propertyRefusal({ path: 'newPassword', kind: 'invalid', message: problem }, 'User')
  const passwordHash = await parts.hashPassword(newPassword)
  const password = { userId: user.id, passwordHash, changedDateTime: now, mustChange: false }
  await parts.commit([{ change: 'setUserPassword', password }])
  return nothing
}
