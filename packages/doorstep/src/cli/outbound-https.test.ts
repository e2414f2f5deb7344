import { getEventListeners, once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { AbortError } from '@doorstep/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transportThroughProxy } from './outbound-https.ts'

/** A proxy that takes connections, and says nothing on them. */
let silent: Server
const sockets = new Set<Socket>()
beforeAll(async () => {
  silent = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await once(silent.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await once(silent.close(), 'close')
})

const listenersOf = ({ signal }: AbortController) => getEventListeners(signal, 'abort').length

const through = () => {
  const transport = transportThroughProxy({ HTTPS_PROXY: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` })
  if (transport === undefined) throw new Error('There is no proxy.')
  return transport
}
const request = { method: 'GET', url: 'https://login.example/', headers: {} } as const

describe('a transport through a proxy that never answers', () => {
  it('ends at once when the signal fires, also while the connection is being made', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const answer = through()({ ...request, signal, timeoutMilliseconds: 3_600_000 })
    await once(silent, 'connection')
    controller.abort()
    await expect(answer).rejects.toBeInstanceOf(AbortError)
    expect(listenersOf(controller)).toBe(0)
  })

  it('ends after its time, and leaves no listener at the signal', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const answer = through()({ ...request, signal, timeoutMilliseconds: 200 })
    await expect(answer).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    expect(listenersOf(controller)).toBe(0)
  })
})
