import { constants } from 'node:fs'
import { access, chmod, copyFile, rm } from 'node:fs/promises'
import { runStep, TrustStepError } from './run-step.ts'
import { describeStep, type TrustStep } from './trust-plan.ts'

/** @throws {TrustStepError} when the step cannot be done */
export async function doStep(step: TrustStep): Promise<void> {
  if (step.kind === 'run') return void (await runStep(step.program, step.words))
  try {
    if (step.kind === 'delete') return await rm(step.path, { force: true })
    await copyFile(step.from, step.to)
    // The data folder's file is its owner's alone; every program of the machine has to read this one.
    await chmod(step.to, 0o644)
  } catch (error) {
    throw new TrustStepError(`Cannot ${describeStep(step)}: ${(error as Error).message}.`, { cause: error })
  }
}

/** Whether this user may make and remove files in a folder. */
export async function mayWrite(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
}
