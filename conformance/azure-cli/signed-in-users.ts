import { afterAll, beforeAll, expect } from 'vitest'
import type { RunningDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'
import { type AzUser, startAzSession } from './az-session.ts'
import { alice, bob, startSubscribedCloud } from './subscribed-cloud.ts'

/** Alice and Bob at one Azure CLI, in one `doorstep run`. */
export interface SignedInUsers {
  /** A configuration folder in which she has signed in. */
  alice(): Promise<AzUser>
  bob(): Promise<AzUser>
  /** Somebody who has not. */
  nobody(): Promise<AzUser>
  stop(): Promise<void>
}

/** Signing in at an Azure CLI, and each of its commands, takes its time. */
export const azTimeoutInMilliseconds = 120_000

/**
 * The same for all tests of the suite that calls it, at a local cloud of the suite's own.
 *
 * @param az - the program's file
 */
export function usersOfSuite(az: string): Omit<SignedInUsers, 'stop'> {
  let doorstep: RunningDoorstep | undefined
  let users: SignedInUsers | undefined
  beforeAll(async () => {
    doorstep = await startSubscribedCloud()
    users = await signInUsers(az, doorstep)
  }, azTimeoutInMilliseconds)
  afterAll(async () => {
    await users?.stop()
    await doorstep?.stop()
  })
  const signedIn = () => {
    if (!users) throw new Error('Nobody has signed in yet.')
    return users
  }
  return { alice: () => signedIn().alice(), bob: () => signedIn().bob(), nobody: () => signedIn().nobody() }
}

/** @param az - the program's file */
async function signInUsers(az: string, { dataDirectory }: RunningDoorstep): Promise<SignedInUsers> {
  const session = await startAzSession(az, dataDirectory)
  const signIn = async ({ name, password }: { readonly name: string; readonly password: string }) => {
    const user = await session.newUser()
    await user.json('login', '--username', name, '--password', password, '--allow-no-subscriptions')
    return user
  }
  const signedIn = { alice: await signIn(alice), bob: await signIn(bob) }
  return {
    alice: () => signedIn.alice.copy(),
    bob: () => signedIn.bob.copy(),
    nobody: () => session.newUser(),
    stop: () => session.stop(),
  }
}

/** Checks that a command fails and says why. */
export async function expectRefused(
  user: AzUser,
  words: readonly string[],
  ...texts: readonly string[]
): Promise<void> {
  const { code, stdout, stderr } = await user.run(...words)
  expect(code, stdout).not.toBe(0)
  for (const text of texts) expect(stderr).toContain(text)
}
