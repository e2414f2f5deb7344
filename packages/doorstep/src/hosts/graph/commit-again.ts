import { ConcurrentChange } from '../../directory/changes.ts'

const tries = 4

/**
 * Runs a step that reads, decides and commits, and runs it again when somebody else changed the record between its
 * reading and its commit.
 *
 * @throws {ConcurrentChange} when that happened four times in a row
 */
export async function decidedAgainOnConcurrentChange<Result>(step: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await step()
    } catch (error) {
      if (!(error instanceof ConcurrentChange) || attempt === tries) throw error
    }
  }
}
