import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the page is told; its client library is the package's own file. */
export interface PageSettings {
  readonly clientId: string
  readonly authority: string
  readonly scope: string
  readonly loginHint: string
}

export interface ServedPage {
  readonly origin: string
  close(): Promise<void>
}

const ownFolder = fileURLToPath(new URL('page', import.meta.url))
const library = join(dirname(createRequire(import.meta.url).resolve('@azure/msal-browser/package.json')), 'lib')
const files: Readonly<Record<string, readonly [path: string, type: string]>> = {
  '/': [join(ownFolder, 'index.html'), 'text/html; charset=utf-8'],
  '/redirect.html': [join(ownFolder, 'redirect.html'), 'text/html; charset=utf-8'],
  '/app.js': [join(ownFolder, 'app.js'), 'text/javascript'],
  '/msal-browser.min.js': [join(library, 'msal-browser.min.js'), 'text/javascript'],
  '/msal-redirect-bridge.min.js': [join(library, 'redirect-bridge', 'msal-redirect-bridge.min.js'), 'text/javascript'],
}

/** Serves the single-page application at `http://localhost:<free port>`, as a development server does. */
export async function servePage(settings: PageSettings): Promise<ServedPage> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/settings.js') {
      response.setHeader('content-type', 'text/javascript')
      return response.end(`const settings = ${JSON.stringify(settings)}`)
    }
    const [path, type] = files[pathname] ?? []
    if (path === undefined || type === undefined) return response.writeHead(404).end()
    response.setHeader('content-type', type)
    return response.end(await readFile(path))
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
