import { AlreadyExists, ConcurrentChange } from '../../../directory/changes.ts'

const tries = 4

/**
 * Runs a step that reads, decides and commits, and runs it again when somebody else committed between its reading and
 * its own commit: the same consent given in two tabs, or an application's first two users in a tenant.
 * @throws {AlreadyExists} {ConcurrentChange} when that happened four times in a row
 */
export async function decidedAgain<Result>(step: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await step()
    } catch (error) {
      const isOvertaken = error instanceof AlreadyExists || error instanceof ConcurrentChange
      if (!isOvertaken || attempt === tries) throw error
    }
  }
}
