import { ConcurrentChange } from './changes.ts'

const tries = 20

/** Whether somebody else was faster, so that the same step may decide otherwise when it reads again. */
export const isOvertaken = (error: unknown): boolean => error instanceof ConcurrentChange

/**
 * Runs a step that reads, decides and commits, and runs it again when somebody else changed what it had read before
 * its commit.
 *
 * @throws what made it fail, twenty times in a row when that was somebody else
 */
export async function decidedAgain<Result>(
  step: () => Promise<Result>,
  isWorthAnotherTry: (error: unknown) => boolean = isOvertaken,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await step()
    } catch (error) {
      if (attempt === tries || !isWorthAnotherTry(error)) throw error
    }
  }
}
