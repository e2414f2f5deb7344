import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { isOfSomebodyElse, peerUserId } from './peer-user.ts'

const isLinux = process.platform === 'linux'
const isRoot = process.getuid?.() === 0

async function accepted(connectTo: (port: number) => unknown, host = '127.0.0.1'): Promise<Socket> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const connection = once(server, 'connection')
  connectTo((server.address() as AddressInfo).port)
  const [socket] = await connection
  server.close()
  return socket
}

describe.skipIf(!isLinux)('the program at the other end of a connection', () => {
  it.each(['127.0.0.1', '::1'])('is known by its user, over %s', async (host) => {
    const mine: Socket[] = []
    const socket = await accepted((port) => mine.push(connect(port, host)), host)
    expect(peerUserId(socket)).toBe(process.getuid?.())
    expect(isOfSomebodyElse(socket)).toBe(false)
    for (const each of [socket, ...mine]) each.destroy()
  })

  it.skipIf(!isRoot)('is somebody else when it is', async () => {
    const program =
      "require('net').connect(+process.argv[1], '127.0.0.1', function () { this.on('close', process.exit) })"
    const socket = await accepted((port) => spawn(process.execPath, ['-e', program, String(port)], { uid: 65534 }))
    expect(peerUserId(socket)).toBe(65534)
    expect(isOfSomebodyElse(socket)).toBe(true)
    socket.destroy()
  })

  it('is nobody where the system does not tell', () => {
    expect(peerUserId({ localPort: 1, remotePort: 2 })).toBeUndefined()
    expect(isOfSomebodyElse({})).toBe(false)
  })
})
