import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Where a system does not say cheaply when a process was started. */
const untold = 'untold'

/**
 * When a running process was started, as a text that no other process of the same number ever has; undefined when
 * there is none. On Linux the start of the machine and the ticks since then, elsewhere the second that `ps` tells. On
 * Windows, where only a slow program would tell, the answer is the same for every process that runs.
 *
 * @param processId above 0
 */
export function processStart(processId: number, platform: NodeJS.Platform = process.platform): string | undefined {
  if (platform === 'linux') return startOnLinux(processId)
  if (platform === 'win32') return isRunning(processId) ? untold : undefined
  return startByPs(processId)
}

function startOnLinux(processId: number): string | undefined {
  try {
    // The second field is the name in parentheses, which may hold blanks and parentheses itself: proc(5).
    const [state, ...fields] = readFileSync(`/proc/${processId}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    // In a container whose first process takes no notice of orphans, an ended process keeps its number for ever.
    if (state === 'Z' || state === 'X') return undefined
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[ticksAfterState]}`
  } catch {
    return undefined
  }
}

/** `starttime` is the 22nd field, the state the third. */
const ticksAfterState = 18

function startByPs(processId: number): string | undefined {
  try {
    const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
    const said = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(processId)], {
      env: environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [, state = '', start] = /^(\S+)\s+(.+)$/.exec(said.trim()) ?? []
    return state.startsWith('Z') ? undefined : start
  } catch {
    return undefined
  }
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch {
    return false
  }
}
