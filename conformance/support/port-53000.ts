import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Nobody listens here but who holds port 53000; below the ports that systems hand out by themselves. */
const turnstile = { host: '127.0.0.1', port: 15_300 }

/**
 * Does something for which a program listens on port 53000, the port of Cognite's guides, while no other test of this
 * machine does so. It is released however the process ends.
 */
export async function withPort53000<T>(work: () => Promise<T>): Promise<T> {
  const held = await hold()
  try {
    return await work()
  } finally {
    held.close()
    await once(held, 'close')
  }
}

async function hold() {
  while (true) {
    const server = createServer((socket) => socket.destroy())
    try {
      await once(server.listen(turnstile), 'listening')
      return server
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      await delay(100)
    }
  }
}
