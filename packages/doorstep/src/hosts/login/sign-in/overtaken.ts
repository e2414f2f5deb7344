import { AlreadyExists } from '../../../directory/changes.ts'
import { isOvertaken } from '../../../directory/decided-again.ts'

/**
 * Whether another sign-in was faster: what this one wanted to make, a service principal or a grant, is there now, and
 * deciding again finds it.
 */
export const isOvertakenSignIn = (error: unknown): boolean => isOvertaken(error) || error instanceof AlreadyExists
