import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const getTokenProgram = fileURLToPath(new URL('programs/get-token.mjs', import.meta.url))

export interface ProgramOptions {
  /** Default that of `fileStore`. */
  directory?: string
  authorityHost: string
  /** PEM */
  ca: string
  tenantId: string
  clientId: string
  clientSecret: string
  scope: string
  timeoutMilliseconds?: number
  /** The user that the program runs as; only root may say so. */
  userId?: number
}

/** What the program said in the end. */
export interface Outcome {
  token?: string
  error?: { name: string; message: string; code?: number | string; status?: number }
  notices?: { kind: string; message: string }[]
  keyPlace?: string
  keyPlaceReason?: string
  /** Why there is no store, and the option that was wrong. */
  refused?: string
  option?: string
}

export interface Program {
  readonly process: ChildProcess
  /** The store is open. */
  readonly ready: Promise<unknown>
  /** Lets it ask for its token. */
  ask(): void
  readonly outcome: Promise<Outcome>
}

/** Starts a process of its own that gets a token through a file store. */
export function startProgram(
  options: ProgramOptions,
  { program = getTokenProgram, environment = {} }: { program?: string; environment?: Record<string, string> } = {},
): Program {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  child.stdin.on('error', () => undefined)
  const lines: string[] = []
  const { promise: ready, resolve: isReady } = withResolvers()
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line)
    isReady()
  })
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      isReady()
      const last = lines.at(-1)
      if (last?.startsWith('{')) resolve(JSON.parse(last))
      else reject(new Error(`The program ended with ${code ?? signal} and no outcome:\n${errors}`))
    })
  })
  outcome.catch(() => undefined)
  return { process: child, ready, ask: () => child.stdin.write('ask\n'), outcome }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
