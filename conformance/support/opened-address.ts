import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A browser for the variable DOORSTEP_BROWSER: `doorstep browse`, which is the BROWSER of a program under
 * `doorstep run`, starts it. It only tells the test what it was to open.
 */
export interface BrowserProgram {
  readonly environment: { readonly DOORSTEP_BROWSER: string }
  /** The next address that a program under test has it open. */
  openedAddress(): Promise<string>
  close(): Promise<void>
}

export async function startBrowserProgram(): Promise<BrowserProgram> {
  const waiting: ((address: string) => void)[] = []
  const opened: string[] = []
  const server = createServer((request, response) => {
    const address = new URL(request.url ?? '', 'http://localhost').searchParams.get('address') ?? ''
    const next = waiting.shift()
    if (next) next(address)
    else opened.push(address)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  const program = join(folder, 'browser')
  const tell = `fetch('http://127.0.0.1:${port}/?address=' + encodeURIComponent(process.argv.at(-1)))`
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' -e "${tell}" -- "$@"\n`)
  await chmod(program, 0o755)
  return {
    environment: { DOORSTEP_BROWSER: program },
    openedAddress: () => {
      const address = opened.shift()
      return address === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(address)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
