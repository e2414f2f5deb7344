import type { AddressInfo, Server } from 'node:net'

const attempts = 10

/**
 * Binds the same port on 127.0.0.1 and, where this machine has IPv6, on ::1, with one server for each.
 *
 * @param port 0 takes a port that is free on both
 * @throws the system's error (`EADDRINUSE`, `EACCES`) when the port cannot be had
 */
export async function listenOnLoopback<S extends Server>(
  port: number,
  createServer: () => S,
): Promise<{ port: number; servers: S[] }> {
  for (let attempt = 1; ; attempt += 1) {
    const first = createServer()
    const bound = await listen(first, port, '127.0.0.1')
    const second = createServer()
    try {
      await listen(second, bound, '::1')
      return { port: bound, servers: [first, second] }
    } catch (error) {
      if (isWithoutAddress(error)) return { port: bound, servers: [first] }
      await new Promise((resolve) => first.close(resolve))
      if (port !== 0 || attempt === attempts) throw error
    }
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function isWithoutAddress(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'EINVAL'
}
