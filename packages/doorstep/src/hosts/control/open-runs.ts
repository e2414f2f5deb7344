import type { ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { RawRequest, RawResponse } from '../host.ts'
import { ControlError } from './control-error.ts'
import type { InheritedUpstream, OpenRun, RunEvent, RunOptions, RunSignIn } from './control-parts.ts'

/** The runs that are open now, and what happens when there is none left. */
export interface OpenRuns {
  readonly count: number
  /**
   * Answers a run that joins: one JSON line that says where its proxy is, then a JSON line for each event and blank
   * lines until either side ends the response. With it ends the run's proxy port, so that a run that is killed leaves
   * nothing open.
   */
  join(options: RunOptions, request: RawRequest, response: RawResponse): Promise<void>
  /** From now on asks to stop when the last run has ended, or when none has joined for a while. */
  stopWhenIdle(): void
}

export interface OpenRunsParts {
  openRun(options: RunOptions, report: (event: RunEvent) => void): Promise<OpenRun>
  requestStop(): void
  readonly stopping?: AbortSignal | undefined
  /** How long an idle local cloud waits for a run to join, in milliseconds. */
  readonly patienceMilliseconds?: number
  readonly heartbeatMilliseconds?: number
}

export function createOpenRuns(parts: OpenRunsParts): OpenRuns {
  const { openRun, requestStop, stopping, patienceMilliseconds = 10_000, heartbeatMilliseconds = 5_000 } = parts
  let count = 0
  let endsWhenIdle = false
  let isStopping = false
  let patience: NodeJS.Timeout | undefined

  const stopIfIdle = () => {
    if (count > 0 || !endsWhenIdle) return
    isStopping = true
    requestStop()
  }
  return {
    get count() {
      return count
    },
    async join(options, request, response) {
      if (isStopping || stopping?.aborted) throw new ControlError(503, 'stopping', 'This local cloud is stopping.')
      clearTimeout(patience)
      count += 1
      try {
        const run = await openRun(options, (event) => writeEvent(response, event))
        try {
          // The caller may have gone while the port was opened; then 'close' has passed already.
          const isGone = streamOf(response).destroyed
          if (!isGone) await holdOpen(run, request, response, { heartbeatMilliseconds, stopping })
        } finally {
          await run.close()
        }
      } finally {
        count -= 1
        stopIfIdle()
      }
    },
    stopWhenIdle() {
      endsWhenIdle = true
      if (count > 0) return
      clearTimeout(patience)
      patience = setTimeout(stopIfIdle, patienceMilliseconds)
      patience.unref()
    },
  }
}

/**
 * What carries an answer and tells its state. Node's HTTP/2 response does not: it has neither `destroyed` nor
 * `writableNeedDrain`, whatever its type says.
 */
export function streamOf(response: RawResponse): ServerResponse | ServerHttp2Stream {
  return 'stream' in response ? response.stream : response
}

/** Nothing can happen in a run before the line that tells it of its proxy. */
function writeEvent(response: RawResponse, event: RunEvent): void {
  if (!streamOf(response).destroyed) writeText(response, `${JSON.stringify(event)}\n`)
}

function writeText(response: RawResponse, text: string): void {
  const writable = response as { write(text: string): boolean }
  writable.write(text)
}

interface HoldOptions {
  readonly heartbeatMilliseconds: number
  readonly stopping: AbortSignal | undefined
}

async function holdOpen(
  run: OpenRun,
  request: RawRequest,
  response: RawResponse,
  { heartbeatMilliseconds, stopping }: HoldOptions,
): Promise<void> {
  // A run may last for days; no limit of the listener is meant for it.
  request.socket?.setTimeout(0)
  const stream = streamOf(response)
  const ended = new Promise<void>((resolve) => {
    stream.once('close', resolve)
    stream.once('error', () => resolve())
  })
  const write = (text: string) => writeText(response, text)
  response.statusCode = 200
  response.setHeader('content-type', 'application/x-ndjson')
  response.setHeader('cache-control', 'no-store')
  const { proxyPort, tlsPort, hosts, clockOffsetMilliseconds } = run
  write(`${JSON.stringify({ proxyPort, tlsPort, clockOffsetMilliseconds, hosts })}\n`)
  // A run that stopped reading (Ctrl-Z) is left alone rather than have its blank lines pile up.
  const timer = setInterval(() => stream.writableNeedDrain || write('\n'), heartbeatMilliseconds)
  timer.unref()
  const end = () => response.end()
  if (stopping?.aborted) end()
  stopping?.addEventListener('abort', end)
  try {
    await ended
  } finally {
    clearInterval(timer)
    stopping?.removeEventListener('abort', end)
  }
}

/**
 * Reads the body of `POST /runs`.
 *
 * @throws {ControlError} naming the member that is wrong
 */
export function parseRunOptions(body: Readonly<Record<string, unknown>>): RunOptions {
  const { offline = false, upstream, signInAs, consent } = body
  if (typeof offline !== 'boolean') throw new ControlError(400, 'invalidRun', 'offline must be true or false.')
  return {
    offline,
    ...(upstream === undefined ? {} : { upstream: parseUpstream(upstream) }),
    ...(signInAs === undefined && consent === undefined ? {} : { signIn: parseRunSignIn(signInAs, consent) }),
  }
}

function parseRunSignIn(signInAs: unknown, consent: unknown = false): RunSignIn {
  if (typeof signInAs !== 'string' || signInAs === '') {
    throw new ControlError(400, 'invalidRun', 'signInAs must be a user principal name, such as alice@contoso.example.')
  }
  if (typeof consent !== 'boolean') throw new ControlError(400, 'invalidRun', 'consent must be true or false.')
  return { userPrincipalName: signInAs, consent }
}

function parseUpstream(value: unknown): InheritedUpstream {
  const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const { httpsProxy, noProxy } = record
  const isText = (member: unknown) => member === undefined || typeof member === 'string'
  if (typeof value !== 'object' || value === null || !isText(httpsProxy) || !isText(noProxy)) {
    throw new ControlError(400, 'invalidRun', 'upstream must be an object of the texts httpsProxy and noProxy.')
  }
  return {
    ...(typeof httpsProxy === 'string' ? { httpsProxy } : {}),
    ...(typeof noProxy === 'string' ? { noProxy } : {}),
  }
}
