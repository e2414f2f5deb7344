import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import { EntraError } from '../../protocol/errors.ts'
import type { Host, RawRequest, RawResponse } from '../host.ts'
import { parseClockChange } from './clock-change.ts'
import { ControlError } from './control-error.ts'
import type { ControlParts } from './control-parts.ts'
import { createOpenRuns, type OpenRuns, parseRunOptions, streamOf } from './open-runs.ts'
import { readJsonBody } from './request-body.ts'
import { parseDeviceCodeApproval, parseSignIn, requireAccount } from './sign-in-request.ts'

export type * from './control-parts.ts'

type Endpoint = (request: RawRequest, response: RawResponse) => Promise<void>

/**
 * `/_doorstep`: the switches of the local cloud itself. Everything but its health is for whoever holds the control
 * token, which lies in the data folder beside the secrets that it could change.
 */
export async function controlHost(parts: ControlParts): Promise<Host> {
  const runs = createOpenRuns(parts)
  const endpoints = controlEndpoints(parts, runs)
  const isAuthorized = bearerCheck(parts.controlToken)

  const answer = async (request: RawRequest, response: RawResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?', 1)[0]?.replace(/(?<=.)\/$/, '') ?? '/'
    const route = `${request.method} ${path}`
    if (route === 'GET /health') return sendJson(response, 200, { status: 'ok' })
    if (!isAuthorized(request.headers.authorization)) throw unauthorized()
    const endpoint = endpoints[route]
    if (!endpoint) throw new ControlError(404, 'notFound', `Control has no ${route}. It has ${known(endpoints)}.`)
    await endpoint(request, response)
  }
  return {
    handle(request, response) {
      answer(request, response).catch((error) => sendError(response, error, parts))
    },
  }
}

function controlEndpoints(parts: ControlParts, runs: OpenRuns): Readonly<Record<string, Endpoint>> {
  const { clock } = parts
  return {
    async 'GET /instance'(_request, response) {
      sendJson(response, 200, { ...(await parts.describe()), openRuns: runs.count, clock: await readClock(clock) })
    },
    async 'GET /clock'(_request, response) {
      sendJson(response, 200, await readClock(clock))
    },
    async 'POST /clock'(request, response) {
      const change = parseClockChange(await readJsonBody(request), (await clock.read()).now)
      if (change.kind === 'advance') await clock.advance(change.milliseconds)
      else if (change.kind === 'setTo') await clock.setTo(change.now)
      else await clock.reset()
      sendJson(response, 200, await readClock(clock))
    },
    async 'POST /reset'(_request, response) {
      sendJson(response, 200, { status: 'reset', ...(await parts.reset()) })
    },
    async 'POST /stop'(request, response) {
      const { when = 'now' } = await readJsonBody(request)
      if (when !== 'now' && when !== 'idle') throw new ControlError(400, 'invalidStop', 'when must be "now" or "idle".')
      if (when === 'idle') {
        runs.stopWhenIdle()
        return sendJson(response, 202, { status: 'stopsWhenIdle' })
      }
      // The connection that brought the request must not be what the shutdown waits for.
      if (request.httpVersionMajor < 2) response.setHeader('connection', 'close')
      sendJson(response, 202, { status: 'stopping' })
      parts.requestStop()
    },
    async 'POST /runs'(request, response) {
      const options = parseRunOptions(await readJsonBody(request))
      const { signIn } = options
      if (!signIn) return runs.join(options, request, response)
      const { userPrincipalName } = await requireAccount(signIn.userPrincipalName, parts.signIns)
      await runs.join({ ...options, signIn: { ...signIn, userPrincipalName } }, request, response)
    },
    async 'POST /sign-in'(request, response) {
      const wanted = parseSignIn(await readJsonBody(request))
      const { userPrincipalName } = await requireAccount(wanted, parts.signIns)
      sendJson(response, 200, await parts.signIns.beginSession(userPrincipalName))
    },
    async 'POST /approve-device-code'(request, response) {
      const approval = parseDeviceCodeApproval(await readJsonBody(request))
      const { applicationName } = await parts.signIns.approveDeviceCode(approval)
      const { userPrincipalName, decline } = approval
      const status = decline ? 'declined' : 'approved'
      sendJson(response, 200, { status, application: applicationName, userPrincipalName })
    },
  }
}

async function readClock(clock: ControlParts['clock']): Promise<{ now: string; offsetSeconds: number }> {
  const { now, offsetMilliseconds } = await clock.read()
  return { now: new Date(now).toISOString(), offsetSeconds: offsetMilliseconds / 1000 }
}

/** Hashes make both sides equally long, so that the comparison tells nothing about the token, not even its length. */
function bearerCheck(controlToken: string): (authorization: string | undefined) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const expected = digest(controlToken)
  return (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
    return token !== undefined && controlToken !== '' && timingSafeEqual(digest(token), expected)
  }
}

function unauthorized(): ControlError {
  return new ControlError(
    401,
    'unauthorized',
    'Control needs the header "authorization: Bearer <control token>". The token is the content of the file control-token in the data folder of this local cloud.',
  )
}

function sendJson(response: RawResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.statusCode = status
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.setHeader('content-length', Buffer.byteLength(text))
  response.setHeader('cache-control', 'no-store')
  response.end(text)
}

/** Refusals are said as they are; a fault is for the log, and its caller gets the id by which it stands there. */
function sendError(response: RawResponse, error: unknown, { reportFault }: ControlParts): void {
  if (response.headersSent || streamOf(response).destroyed) {
    response.destroy()
    return
  }
  if (error instanceof ControlError) {
    if (error.status === 401) response.setHeader('www-authenticate', 'Bearer realm="doorstep control"')
    sendJson(response, error.status, { error: { code: error.code, message: error.message } })
    return
  }
  if (error instanceof EntraError) {
    const { code, message, fix } = error
    sendJson(response, error.status, { error: { code: `AADSTS${code}`, message, fix } })
    return
  }
  const traceId = randomUUID()
  reportFault?.(error, traceId)
  const message = `Doorstep failed at this; its log says why under ${traceId}.`
  sendJson(response, 500, { error: { code: 'internalError', message } })
}

function known(endpoints: Readonly<Record<string, Endpoint>>): string {
  return ['GET /health', ...Object.keys(endpoints)].join(', ')
}
