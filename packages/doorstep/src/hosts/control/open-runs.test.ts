import { once } from 'node:events'
import { createServer as createHttpServer, request as httpRequest } from 'node:http'
import { createServer as createHttp2Server, connect as http2Connect } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { RawRequest, RawResponse } from '../host.ts'
import { createOpenRuns, type OpenRuns, type OpenRunsParts } from './open-runs.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** The client's side of `POST /runs`. */
interface Caller {
  /** Resolves to the first piece of the answer. */
  readonly firstLine: Promise<string>
  leave(): void
}

const protocols = { 'HTTP/1.1': callOverHttp1, 'HTTP/2': callOverHttp2 }

describe.each(Object.entries(protocols))('a run that joins over %s', (_name, call) => {
  it('hears where its proxy is, and takes the proxy along when it leaves', async () => {
    const proxy = proxyPort()
    const { caller, joined } = await join(call, { openRun: async () => proxy.run })
    expect(JSON.parse(await caller.firstLine)).toMatchObject({ proxyPort: 4711, tlsPort: 4712 })
    expect(proxy.closed()).toBe(0)
    caller.leave()
    await joined
    expect(proxy.closed()).toBe(1)
  })

  it('and leaves while its proxy is opened leaves no proxy behind', async () => {
    const proxy = proxyPort()
    let open = () => {}
    const asked = new Promise<void>((isAsked) => {
      open = isAsked
    })
    let opened = () => {}
    const whenOpened = new Promise<void>((resolve) => {
      opened = resolve
    })
    const { caller, joined, runs, gone } = await join(call, {
      async openRun() {
        open()
        await whenOpened
        return proxy.run
      },
    })
    await asked
    expect(runs.count).toBe(1)
    caller.leave()
    await gone
    opened()
    await joined
    expect(proxy.closed()).toBe(1)
    expect(runs.count).toBe(0)
  })

  it('is let go when the local cloud stops', async () => {
    const proxy = proxyPort()
    const stopping = new AbortController()
    const { caller, joined } = await join(call, { openRun: async () => proxy.run, stopping: stopping.signal })
    await caller.firstLine
    stopping.abort()
    await joined
    expect(proxy.closed()).toBe(1)
  })
})

function proxyPort() {
  let closed = 0
  const run = {
    proxyPort: 4711,
    tlsPort: 4712,
    hosts: [],
    clockOffsetMilliseconds: 0,
    close: async () => {
      closed += 1
    },
  }
  return { run, closed: () => closed }
}

interface Joined {
  readonly caller: Caller
  readonly runs: OpenRuns
  /** Resolves when `join` has ended. */
  readonly joined: Promise<void>
  /** Resolves when the server has seen that the caller is gone. */
  readonly gone: Promise<unknown>
}

async function join(call: typeof callOverHttp1, parts: Pick<OpenRunsParts, 'openRun' | 'stopping'>): Promise<Joined> {
  const runs = createOpenRuns({ requestStop: () => {}, heartbeatMilliseconds: 20, ...parts })
  let report: (joined: { ended: Promise<void>; gone: Promise<unknown> }) => void = () => {}
  const asked = new Promise<{ ended: Promise<void>; gone: Promise<unknown> }>((resolve) => {
    report = resolve
  })
  const caller = await call((request, response) => {
    const gone = once(response, 'close')
    report({ ended: runs.join({ offline: false }, request, response), gone })
  })
  const { ended, gone } = await asked
  return { caller, runs, joined: ended, gone }
}

type Handle = (request: RawRequest, response: RawResponse) => void

async function callOverHttp1(handle: Handle): Promise<Caller> {
  const port = await listening(createHttpServer(handle))
  const sent = httpRequest({ port, host: '127.0.0.1', method: 'POST', agent: false }).end()
  sent.on('error', () => {})
  const firstLine = once(sent, 'response').then(async ([response]) => String((await once(response, 'data'))[0]))
  firstLine.catch(() => {})
  cleanups.push(() => sent.destroy())
  return { firstLine, leave: () => sent.destroy() }
}

async function callOverHttp2(handle: Handle): Promise<Caller> {
  const port = await listening(createHttp2Server(handle))
  const session = http2Connect(`http://127.0.0.1:${port}`)
  session.on('error', () => {})
  const stream = session.request({ ':method': 'POST', ':path': '/' }).end()
  stream.on('error', () => {})
  const firstLine = once(stream, 'data').then(([chunk]) => String(chunk))
  firstLine.catch(() => {})
  cleanups.push(() => session.destroy())
  return { firstLine, leave: () => session.destroy() }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  return (server.address() as AddressInfo).port
}
