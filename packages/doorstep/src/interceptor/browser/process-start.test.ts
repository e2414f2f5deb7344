import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { programMissing } from '../../../test/support/require-program.ts'
import { processStart } from './process-start.ts'

const here = process.platform
const asked: readonly NodeJS.Platform[] = here === 'win32' || programMissing('ps') ? [here] : [here, 'freebsd']

describe.each(asked)('the start of a process, asked as on %s', (platform) => {
  it('is the same every time, and undefined once it has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' })
    try {
      const processId = child.pid ?? 0
      const start = processStart(processId, platform)
      expect(start).toBeTruthy()
      expect(processStart(processId, platform)).toBe(start)
      child.kill('SIGKILL')
      await once(child, 'exit')
      expect(processStart(processId, platform)).toBeUndefined()
    } finally {
      child.kill('SIGKILL')
    }
  })

  it.skipIf(here === 'win32')('tells processes apart, those of other users too', () => {
    expect(processStart(1, platform)).toBeTruthy()
    expect(processStart(process.pid, platform)).not.toBe(processStart(1, platform))
  })
})
