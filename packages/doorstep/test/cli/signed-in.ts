import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { alice, tool } from '../login/people.ts'
import { type Cloud, type Ended, eventually, type Workplace, workplace } from './doorstep-command.ts'

/** A local cloud with Alice, programs and APIs, and a place of its own for logins. */
export interface SignInPlace extends Workplace {
  readonly cloud: Cloud
  /** Runs `login --device-code` while Alice approves. */
  loginAsAlice(words?: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ended>
}

export async function signInPlace(seed: string): Promise<SignInPlace> {
  const place = await workplace()
  const seedFile = join(place.root, 'seed.json')
  await writeFile(seedFile, seed)
  const cloud = await place.up(['--seed', seedFile])
  return {
    ...place,
    cloud,
    async loginAsAlice(words = [], environment = {}) {
      const started = place.start(['login', '--device-code', ...words], environment)
      await approve(place, started.stderr, alice.name)
      const ended = await started.ended
      expect(ended.exitCode, ended.stderr).toBe(0)
      return ended
    },
  }
}

/** Answers the device code that a command shows. */
export async function approve(place: Workplace, stderr: () => string, user: string): Promise<void> {
  const code = () => / enter the code ([A-Z0-9]+) /.exec(stderr())?.[1]
  await eventually(() => code() !== undefined, 'a device code was shown')
  const approved = await place.doorstep(['approve', code() ?? '', '--as', user, '--consent'])
  expect(approved.exitCode, approved.stderr).toBe(0)
}

/** The claims of a printed token. */
export function claimsIn(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.trim().split('.')[1] ?? '', 'base64url').toString('utf8'))
}

export const toolWords = ['--client-id', tool.appId]
