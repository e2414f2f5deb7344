import type { AskedOrigin, Host, RawRequest, RawResponse } from './hosts/host.ts'
import { type HostRoom, localPaths } from './interceptor/host-map.ts'
import { hostOf, isLoopback, pathOf } from './listener/asked-host.ts'

export type Room = HostRoom | 'control'

/** Prefixes of the listener's own origin; what has none of them is login's. */
const localPrefixes: readonly (readonly [string, Room])[] = [
  ...(Object.entries(localPaths) as [HostRoom, string][])
    .filter(([room]) => room !== 'login')
    .map(([room, path]) => [path, room] as const),
  ['/_doorstep', 'control'],
]

export interface DispatchParts {
  /** The rooms that are built, each made at its first request. */
  readonly rooms: Partial<Record<Room, () => Promise<Host>>>
  readonly roomOf: (host: string) => HostRoom | undefined
  /** The id of the run through whose ports a request came. */
  readonly runOf?: ((request: RawRequest) => string | undefined) | undefined
  /** `https://localhost:<port>`. */
  readonly localOrigin: () => string
  readonly publicName: string | undefined
  readonly reportFault: (fault: unknown) => void
}

/**
 * Chooses who answers: by host name for the intercepted names, by path on this machine's own names. Any other name
 * is refused with 421, which also keeps pages that rebind their DNS name to this machine out.
 */
export function dispatcher(parts: DispatchParts): (request: RawRequest, response: RawResponse) => void {
  const made = new Map<Room, Host>()
  const inTheMaking = new Map<Room, Promise<Host>>()
  const hostFor = (room: Room, make: () => Promise<Host>): Promise<Host> => {
    const known = inTheMaking.get(room)
    if (known) return known
    const host = make()
    inTheMaking.set(room, host)
    host.then((ready) => made.set(room, ready)).catch(() => inTheMaking.delete(room))
    return host
  }
  /** One request that a host cannot bear must not end the others. */
  const answerWith = (host: Host, request: RawRequest, response: RawResponse, asked: AskedOrigin): void => {
    try {
      host.handle(request, response, asked)
    } catch (fault) {
      parts.reportFault(fault)
      refuse(response, 500, 'InternalServerError', 'Doorstep failed at this request; its log says why.')
    }
  }
  return (request, response) => {
    const name = hostOf(request)
    request.url = pathOf(request.url ?? '/')
    const asked = askedOriginOf(name, request, parts)
    if (!asked) return refuse(response, 421, 'MisdirectedRequest', unknownName(name))
    const room = asked.kind === 'entra' ? parts.roomOf(name) : takePrefix(request)
    const ready = room && made.get(room)
    if (ready) return answerWith(ready, request, response, asked)
    const make = room && parts.rooms[room]
    if (!make) return refuse(response, 501, 'NotImplemented', notBuilt(name, room ?? 'login'))
    hostFor(room, make).then(
      (host) => answerWith(host, request, response, asked),
      (fault) => {
        parts.reportFault(fault)
        refuse(response, 500, 'InternalServerError', 'This part of Doorstep could not start; its log says why.')
      },
    )
  }
}

function askedOriginOf(
  name: string,
  request: RawRequest,
  { roomOf, runOf, localOrigin, publicName }: DispatchParts,
): AskedOrigin | undefined {
  if (roomOf(name)) return { kind: 'entra', host: name, runId: runOf?.(request) }
  if (isLoopback(name)) return { kind: 'local', origin: localOrigin(), runId: runOf?.(request) }
  if (publicName !== undefined && name === publicName.toLowerCase()) {
    return { kind: 'local', origin: localOrigin().replace('localhost', name) }
  }
  return undefined
}

/** The room of a path on the listener's own origin, whose prefix is cut off. */
function takePrefix(request: RawRequest): Room {
  const url = request.url ?? '/'
  const path = url.toLowerCase()
  for (const [prefix, room] of localPrefixes) {
    if (!path.startsWith(prefix) || !/^[/?]?$/.test(path.charAt(prefix.length))) continue
    request.url = pathOf(url.slice(prefix.length))
    return room
  }
  return 'login'
}

const unknownName = (name: string) =>
  `Doorstep does not answer for '${name}'. Ask for localhost, or for one of the intercepted names through 'doorstep run'.`

const notBuilt = (name: string, room: Room) =>
  `${name} belongs to the ${room} host, which this version of Doorstep does not have yet. docs/parity.md says what there is.`

function refuse(response: RawResponse, status: number, code: string, message: string): void {
  const body = JSON.stringify({ error: { code, message } })
  response.statusCode = status
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}
