import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createSecureServer, type Http2SecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programMissing } from '../../test/support/require-program.ts'
import { createIntermediate, createRoot, type Issuer, signLeaf } from './certificate-signing.ts'
import { type ConnectProxy, createConnectProxy } from './connect-proxy.ts'
import { childEnvironment, writeChildFiles } from './environment.ts'
import { interceptedHosts } from './host-map.ts'
import type { PermittedNames } from './name-constraints.ts'

/*
 * Programs as they are installed, in the environment of `doorstep run`, against an authority that has gone rogue: it
 * vouches for the intercepted names, and for names that its constraints forbid. The first must work without any
 * setting, the second must be refused although the program trusts the root.
 */
const run = promisify(execFile)
const patterns = interceptedHosts.map(({ pattern }) => pattern)
const forgedNames = ['www.example.com', 'github.com', 'graph.microsoft.com.example.org']
const names: PermittedNames = { dnsNames: patterns, ipAddresses: [] }
const day = 86_400_000

interface Program {
  readonly name: string
  /** Prints the answer of a URL, and fails when the certificate is refused. */
  readonly fetch: (url: string) => readonly [command: string, ...args: string[]]
  /** What it says about a name that the authority's constraints forbid. */
  readonly refusal: RegExp
  readonly build?: () => Promise<void>
}

let folder: string
let environment: NodeJS.ProcessEnv
let proxy: ConnectProxy
let server: Http2SecureServer
let intermediate: Issuer
let root: Issuer

const programs: Program[] = [
  { name: 'curl', fetch: (url) => ['curl', '-sS', url], refusal: /permitted subtree violation|certificate problem/ },
  { name: 'wget', fetch: (url) => ['wget', '-nv', '-O-', '--tries=1', url], refusal: /cannot verify|not trusted/ },
  {
    name: 'python3',
    refusal: /permitted subtree violation/,
    fetch: (url) => [
      'python3',
      '-c',
      'import ssl, sys, urllib.request\n' +
        'context = ssl.create_default_context()\n' +
        'context.verify_flags |= ssl.VERIFY_X509_STRICT\n' +
        'print(urllib.request.urlopen(sys.argv[1], context=context).read().decode())',
      url,
    ],
  },
  {
    name: 'node',
    refusal: /permitted subtree violation/,
    fetch: (url) => ['node', '-e', 'fetch(process.argv[1]).then((r) => r.text()).then(console.log)', url],
  },
  {
    name: 'go',
    refusal: /not permitted by any constraint/,
    build: async () => {
      const source = join(folder, 'fetch.go')
      await writeFile(source, goSource)
      const caches = { GOFLAGS: '-mod=mod', GO111MODULE: 'off', CGO_ENABLED: '0', GOTOOLCHAIN: 'local' }
      await run('go', ['build', '-o', join(folder, 'fetch'), source], { env: { ...process.env, ...caches } })
    },
    fetch: (url) => [join(folder, 'fetch'), url],
  },
  {
    name: 'java',
    refusal: /name constraints/,
    build: () => writeFile(join(folder, 'Fetch.java'), javaSource),
    fetch: (url) => ['java', join(folder, 'Fetch.java'), url],
  },
]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  const validity = { notBefore: new Date(), notAfter: new Date(Date.now() + 30 * day) }
  const subject = (commonName: string): { commonName: string; organization: string } => ({
    commonName,
    organization: 'Doorstep',
  })
  root = await createRoot(subject('rogue root'), names, validity)
  intermediate = await createIntermediate(subject('rogue intermediate'), names, validity, root)
  const contextOf = async (dnsNames: readonly string[]): Promise<SecureContext> => {
    const leaf = await signLeaf(subject('server'), { dnsNames, ipAddresses: [] }, validity, intermediate)
    return createSecureContext({ cert: leaf.certificate + intermediate.certificate, key: leaf.privateKey })
  }
  const honest = await contextOf(patterns)
  const forged = await contextOf(forgedNames)
  server = createSecureServer({
    allowHTTP1: true,
    SNICallback: (servername, found) => found(null, forgedNames.includes(servername) ? forged : honest),
  })
  server.on('request', (request, response) => response.end(`hello from ${request.authority || request.headers.host}`))
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  proxy = createConnectProxy({
    isIntercepted: () => true,
    deliver: (socket) => void server.emit('connection', socket),
    respond: (_request, response) => void response.end(),
    tunnel: 'refuse',
  })
  const inherited = { PATH: process.env.PATH, HOME: folder, JAVA_HOME: process.env.JAVA_HOME }
  const files = await writeChildFiles(join(folder, 'files with blank'), {
    interceptRoot: root.certificate,
    inherited,
    nodePreload: fileURLToPath(new URL('node-preload.cjs', import.meta.url)),
  })
  await mkdir(join(folder, 'data'))
  environment = childEnvironment({
    inherited: { ...inherited, NO_PROXY: '*', SSL_CERT_DIR: '/etc/ssl/certs' },
    proxyPort: await proxy.listen(0),
    tlsPort: (server.address() as AddressInfo).port,
    files,
    hosts: [...patterns, ...forgedNames],
    dataDirectory: join(folder, 'data'),
    clockOffsetMilliseconds: 0,
  })
})

afterAll(async () => {
  await proxy.close(0)
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true, force: true })
})

for (const program of programs) {
  describe.skipIf(programMissing(program.name))(`${program.name} in the environment of a run`, () => {
    beforeAll(async () => program.build?.())

    const fetch = async (url: string): Promise<string> => {
      const [command, ...args] = program.fetch(url)
      return (await run(command, args, { env: environment, timeout: 30_000 })).stdout.trim()
    }

    it('reaches intercepted hosts and trusts them', async () => {
      expect(await fetch('https://login.microsoftonline.com/')).toBe('hello from login.microsoftonline.com')
      expect(await fetch('https://api.cognitedata.com/')).toBe('hello from api.cognitedata.com')
    })

    it('refuses a certificate for another name, though our authority signed it', async () => {
      for (const name of forgedNames) await expect(fetch(`https://${name}/`), name).rejects.toThrow(program.refusal)
    })
  })
}

describe.skipIf(programMissing('openssl'))('openssl verify', () => {
  const verify = async (leafNames: PermittedNames): Promise<string> => {
    const validity = { notBefore: new Date(), notAfter: new Date(Date.now() + day) }
    const leaf = await signLeaf({ commonName: 'server', organization: 'x' }, leafNames, validity, intermediate)
    await writeFile(join(folder, 'root.pem'), root.certificate)
    await writeFile(join(folder, 'intermediate.pem'), intermediate.certificate)
    await writeFile(join(folder, 'leaf.pem'), leaf.certificate)
    const args = ['verify', '-x509_strict', '-CAfile', 'root.pem', '-untrusted', 'intermediate.pem', 'leaf.pem']
    return run('openssl', args, { cwd: folder }).then(
      () => 'OK',
      (error: { stderr: string }) => error.stderr,
    )
  }

  it('accepts the permitted names by its strict rules', async () => {
    expect(await verify(names)).toBe('OK')
  })

  it('refuses one foreign name among permitted ones, and every address', async () => {
    expect(await verify({ dnsNames: [...patterns, 'github.com'], ipAddresses: [] })).toContain('permitted subtree')
    expect(await verify({ dnsNames: patterns, ipAddresses: ['127.0.0.1'] })).toContain('excluded subtree')
    expect(await verify({ dnsNames: patterns, ipAddresses: ['2001:db8::1'] })).toContain('excluded subtree')
  })
})

const goSource = `package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	response, err := http.Get(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	body, _ := io.ReadAll(response.Body)
	fmt.Println(string(body))
}
`

const javaSource = `import java.net.URI;
import java.net.http.*;

public class Fetch {
  public static void main(String[] args) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(args[0])).build();
    System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
  }
}
`
