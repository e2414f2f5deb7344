import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(new URL('../../bin/doorstep.cjs', import.meta.url))

export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A place of its own for the data folder and the temporary files of one group of tests. */
export interface Workplace {
  readonly root: string
  readonly data: string
  /** `TMPDIR` of every command. */
  readonly temporary: string
  readonly environment: NodeJS.ProcessEnv
  /** Runs a command to its end. */
  doorstep(words: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ended>
  /** Starts a command that goes on. `input` is its standard input, `folder` its working folder. */
  start(words: readonly string[], environment?: NodeJS.ProcessEnv, input?: string, folder?: string): Started
  /** Starts `up --json` on free ports and waits for its ready line. */
  up(words?: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Cloud>
  /** Ends what is still running and removes every file. */
  close(): Promise<void>
}

export interface Started {
  readonly process: ChildProcess
  /** What it has said on stderr so far. */
  stderr(): string
  readonly ended: Promise<Ended>
  /** The first line of stdout; undefined when it ended without one. */
  readonly firstLine: Promise<string | undefined>
}

export interface Cloud extends Started {
  readonly ready: {
    readonly url: string
    readonly proxy: string
    readonly tenantId: string
    readonly subscriptionId: string
    readonly caCertificate: string
    readonly dataDirectory: string
    readonly administrator: { readonly userPrincipalName: string; readonly password?: string }
    readonly startedInMilliseconds: number
  }
}

export async function workplace(): Promise<Workplace> {
  const root = await mkdtemp(join(tmpdir(), 'doorstep-'))
  const temporary = await mkdtemp(join(root, 'tmp-'))
  const data = join(root, 'data')
  const environment = {
    ...foreignEnvironment(),
    TMPDIR: temporary,
    DOORSTEP_DATA: data,
    // Where logins are kept, and their settings: not where those of the person are who runs the tests.
    XDG_DATA_HOME: join(root, 'share'),
    XDG_CONFIG_HOME: join(root, 'config'),
  }
  const running = new Set<Started>()

  const start = (words: readonly string[], added: NodeJS.ProcessEnv = {}, input?: string, folder?: string): Started => {
    const started = startProcess([launcher, ...words], { ...environment, ...added }, { input, folder })
    running.add(started)
    started.ended.then(() => running.delete(started))
    return started
  }
  const place: Workplace = {
    root,
    data,
    temporary,
    environment,
    start,
    doorstep: (words, added) => start(words, added).ended,
    async up(words = [], added = {}) {
      const started = start(['up', '--port', '0', '--proxy-port', '0', '--json', ...words], added)
      const line = await started.firstLine
      if (line === undefined) throw new Error(`up ended: ${(await started.ended).stderr}`)
      return { ...started, ready: JSON.parse(line) as Cloud['ready'] }
    },
    async close() {
      for (const { process } of running) process.kill('SIGTERM')
      await Promise.all([...running].map(({ ended }) => ended))
      await rm(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  return place
}

/** The machine's environment without what would change the meaning of a command. */
function foreignEnvironment(): NodeJS.ProcessEnv {
  const disturbing =
    /^(AZURE_|DOORSTEP_|NO_COLOR$|FORCE_COLOR$|NODE_OPTIONS$|DBUS_SESSION_BUS_ADDRESS$|XDG_RUNTIME_DIR$|BROWSER$|(https?|all|no)_proxy$)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !disturbing.test(name)))
}

function startProcess(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  { input, folder }: { input: string | undefined; folder: string | undefined },
): Started {
  const child = spawn(process.execPath, [...words], { env: environment, cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  const ended = once(child, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null, stdout, stderr }))
  const lines = createInterface({ input: child.stdout })
  const firstLine = new Promise<string | undefined>((resolve) => {
    lines.once('line', resolve)
    lines.once('close', () => resolve(undefined))
  })
  return { process: child, stderr: () => stderr, ended, firstLine }
}

/** Asks again and again until it is so. @throws when it never is */
export async function eventually(isSo: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let attempt = 0; attempt < 800; attempt += 1) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`It never happened that ${what}.`)
}

/** Whether somebody listens on a port of this machine. */
export function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
  }).finally(() => socket.destroy())
}
