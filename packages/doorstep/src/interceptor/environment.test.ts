import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { promisify } from 'node:util'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { programMissing } from '../../test/support/require-program.ts'
import { createAuthority } from './certificate-authority.ts'
import {
  type ChildFiles,
  childEnvironment,
  inheritedUpstream,
  type Shell,
  shellExports,
  writeChildFiles,
} from './environment.ts'

const run = promisify(execFile)
const files: ChildFiles = {
  bundle: '/data/run 1/bundle.pem',
  additionalRoots: '/data/run 1/ca.pem',
  wgetrc: '/data/run 1/wgetrc',
  javaTrustStore: '/data/run 1/truststore.jks',
  nodePreload: '/opt/door step/node-preload.cjs',
}
const environmentOf = (inherited: NodeJS.ProcessEnv, browser?: Readonly<Record<string, string>>): NodeJS.ProcessEnv =>
  childEnvironment({
    inherited,
    proxyPort: 40001,
    tlsPort: 40002,
    files,
    hosts: ['graph.microsoft.com', '*.cognitedata.com'],
    dataDirectory: '/data',
    browser,
    clockOffsetMilliseconds: 5000,
  })

describe('the environment of a child', () => {
  it('leads clients to the proxy and lets them trust it, and keeps the rest', () => {
    expect(environmentOf({ PATH: '/bin', LANG: 'C' }, { BROWSER: '/opt/browse', PATH: '/opt:/bin' })).toEqual({
      PATH: '/opt:/bin',
      LANG: 'C',
      HTTPS_PROXY: 'http://127.0.0.1:40001',
      https_proxy: 'http://127.0.0.1:40001',
      NO_PROXY: 'localhost,127.0.0.1,::1',
      no_proxy: 'localhost,127.0.0.1,::1',
      REQUESTS_CA_BUNDLE: files.bundle,
      CURL_CA_BUNDLE: files.bundle,
      SSL_CERT_FILE: files.bundle,
      GIT_SSL_CAINFO: files.bundle,
      PIP_CERT: files.bundle,
      HTTPLIB2_CA_CERTS: files.bundle,
      GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: files.bundle,
      CARGO_HTTP_CAINFO: files.bundle,
      NODE_EXTRA_CA_CERTS: files.additionalRoots,
      DENO_CERT: files.additionalRoots,
      WGETRC: files.wgetrc,
      NODE_OPTIONS: '--require "/opt/door step/node-preload.cjs"',
      JAVA_TOOL_OPTIONS:
        '-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=40001 ' +
        '"-Djavax.net.ssl.trustStore=/data/run 1/truststore.jks" -Djavax.net.ssl.trustStorePassword=changeit',
      AZURE_CONFIG_DIR: join('/data', 'azure'),
      AZURE_CORE_COLLECT_TELEMETRY: 'no',
      DOORSTEP_CLIENT_STORE: join('/data', 'client-of-runs'),
      BROWSER: '/opt/browse',
      DOORSTEP_DATA: '/data',
      DOORSTEP_INTERCEPT:
        '{"port":40002,"hosts":["graph.microsoft.com","*.cognitedata.com"],"clockOffsetMilliseconds":5000}',
    })
  })

  it('removes or overwrites everything that would switch interception off silently', () => {
    const environment = environmentOf({
      HTTP_PROXY: 'http://a:1',
      http_proxy: 'http://a:1',
      ALL_PROXY: 'http://a:1',
      all_proxy: 'http://a:1',
      NO_PROXY: '*',
      no_proxy: '.microsoftonline.com',
      Https_Proxy: 'http://a:1',
      SSL_CERT_DIR: '/etc/ssl/certs',
      NIX_SSL_CERT_FILE: '/nix/bundle',
    })
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy', 'Https_Proxy', 'SSL_CERT_DIR']) {
      expect(environment, name).not.toHaveProperty(name)
    }
    expect(environment.NO_PROXY).toBe('localhost,127.0.0.1,::1')
    expect(environment.no_proxy).toBe('localhost,127.0.0.1,::1')
    expect(environment.NIX_SSL_CERT_FILE).toBe(files.bundle)
  })

  it('adds to the options of Node and Java, once, and leaves the browser alone when it has none', () => {
    const once = environmentOf({ NODE_OPTIONS: '--max-old-space-size=512', JAVA_TOOL_OPTIONS: '-Xmx1g', BROWSER: 'b' })
    expect(once.NODE_OPTIONS).toBe('--max-old-space-size=512 --require "/opt/door step/node-preload.cjs"')
    expect(once.JAVA_TOOL_OPTIONS).toMatch(/^-Xmx1g -Dhttps\.proxyHost/)
    expect(once.BROWSER).toBe('b')
    expect(environmentOf(once)).toEqual(once)
  })

  it('escapes what means something to NODE_OPTIONS', () => {
    const environment = childEnvironment({
      inherited: {},
      proxyPort: 1,
      tlsPort: 2,
      files: { ...files, nodePreload: 'C:\\door "step"\\p.cjs' },
      hosts: [],
      dataDirectory: '/data',
      clockOffsetMilliseconds: 0,
    })
    expect(environment.NODE_OPTIONS).toBe('--require "C:\\\\door \\"step\\"\\\\p.cjs"')
  })

  it('does not change the environment it was given', () => {
    const inherited = Object.freeze({ NO_PROXY: '*', PATH: '/bin' })
    environmentOf(inherited)
    expect(inherited).toEqual({ NO_PROXY: '*', PATH: '/bin' })
  })
})

describe('the upstream proxy of a run', () => {
  it('is the one the child would have used', () => {
    expect(inheritedUpstream({ HTTPS_PROXY: 'http://a:1', NO_PROXY: 'x' })).toEqual({
      httpsProxy: 'http://a:1',
      noProxy: 'x',
    })
    expect(inheritedUpstream({ https_proxy: 'b:2' })).toEqual({ httpsProxy: 'b:2' })
    expect(inheritedUpstream({ all_proxy: 'c:3', no_proxy: 'y' })).toEqual({ httpsProxy: 'c:3', noProxy: 'y' })
  })

  it('is none without HTTPS_PROXY', () => {
    expect(inheritedUpstream({ HTTP_PROXY: 'http://a:1', NO_PROXY: '*', HTTPS_PROXY: '' })).toBeUndefined()
  })
})

describe('the files of a child', () => {
  let folder: string
  let interceptRoot: string
  let corporateRoot: string

  beforeAll(async () => {
    const make = async (commonName: string): Promise<string> =>
      (
        await createAuthority({
          commonName,
          dnsNames: ['localhost'],
          ipAddresses: [],
          notBefore: new Date(),
          lifetimeInDays: 30,
        })
      ).rootCertificate
    interceptRoot = await make('intercept')
    corporateRoot = await make('corporate')
  })
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  })
  afterEach(async () => rm(folder, { recursive: true, force: true }))

  const write = (inherited: NodeJS.ProcessEnv): Promise<ChildFiles> =>
    writeChildFiles(join(folder, 'child'), { interceptRoot, inherited, nodePreload: '/preload.cjs' })

  it('belong to their owner alone, and no temporary file stays behind', async () => {
    await mkdir(join(folder, 'child'))
    await chmod(join(folder, 'child'), 0o755)
    const written = await write({})
    const names = await readdir(join(folder, 'child'))
    expect(names.sort()).toEqual(['bundle.pem', 'ca.pem', 'truststore.jks', 'wgetrc'])
    expect((await stat(join(folder, 'child'))).mode & 0o777).toBe(0o700)
    for (const name of names) expect((await stat(join(folder, 'child', name))).mode & 0o777, name).toBe(0o600)
    expect(written.nodePreload).toBe('/preload.cjs')
    expect(await write({})).toEqual(written)
  })

  it('hold the roots of the machine and of the user, then ours', async () => {
    const corporate = join(folder, 'corporate.pem')
    await writeFile(corporate, `# Corporate\r\n${corporateRoot.replaceAll('\n', '\r\n')}`)
    const written = await write({ SSL_CERT_FILE: corporate, REQUESTS_CA_BUNDLE: folder, CURL_CA_BUNDLE: '/missing' })
    const subjects = await subjectsOf(written.bundle)
    expect(subjects.length).toBeGreaterThan(rootCertificates.length / 4)
    expect(subjects.slice(-2)).toEqual(['corporate', 'intercept'])
    expect(await subjectsOf(written.additionalRoots)).toEqual(['intercept'])
  })

  it('add to the roots that the user gave Node', async () => {
    const corporate = join(folder, 'corporate.pem')
    await writeFile(corporate, corporateRoot)
    const { additionalRoots } = await write({ NODE_EXTRA_CA_CERTS: corporate })
    expect(await subjectsOf(additionalRoots)).toEqual(['intercept', 'corporate'])
  })

  it('keep the lines of a wgetrc, but those that would lead past the proxy or the roots', async () => {
    await writeFile(
      join(folder, '.wgetrc'),
      'tries = 3\n\nHTTPS-Proxy = x\nno_proxy=*\nca_certificate = /old\nquiet = on',
    )
    const { wgetrc, bundle } = await write({ HOME: folder })
    expect(await readFile(wgetrc, 'utf8')).toBe(`tries = 3\nquiet = on\nca_certificate = ${bundle}\n`)

    await writeFile(join(folder, 'named'), 'timeout = 7\n')
    await write({ HOME: folder, WGETRC: join(folder, 'named') })
    expect(await readFile(wgetrc, 'utf8')).toBe(`timeout = 7\nca_certificate = ${bundle}\n`)
  })

  it.skipIf(programMissing('keytool'))('hold a trust store that Java reads, with every root', async () => {
    const { javaTrustStore, bundle } = await write({})
    const { stdout } = await run('keytool', ['-list', '-keystore', javaTrustStore, '-storepass', 'changeit'])
    const subjects = await subjectsOf(bundle)
    expect(stdout).toMatch(/trustedCertEntry/)
    expect(stdout).toContain(` ${subjects.length} `)
  })
})

describe('shellExports', () => {
  const trap = `it's "$HOME" \`id\` \\ \\' ‘quoted’ $(id);#\nsecond line`
  const inherited = { PATH: process.env.PATH, SAME: 'same', GONE: 'gone', CHANGED: 'old' }
  const wanted = { PATH: process.env.PATH, SAME: 'same', CHANGED: 'new', TRAP: trap, EMPTY: '' }

  it('says only what differs', () => {
    expect(shellExports({ A: '1', B: "it's" }, { A: '1', C: '3' }, 'bash')).toBe("export B='it'\\''s'\nunset C\n")
    expect(shellExports({ B: "it's \\" }, { C: '3' }, 'fish')).toBe("set -gx B 'it\\'s \\\\'\nset -e C\n")
    expect(shellExports({ B: "it's ’" }, { C: '3' }, 'pwsh')).toBe(
      "$env:B = 'it''s ’’'\nRemove-Item -ErrorAction Ignore Env:C\n",
    )
    for (const shell of ['bash', 'fish', 'pwsh'] as const) expect(shellExports(wanted, wanted, shell)).toBe('')
  })

  it.each<{ shell: Shell; program: string; args: (script: string) => string[] }>([
    { shell: 'bash', program: 'bash', args: (script) => ['--norc', '-c', script] },
    { shell: 'bash', program: 'sh', args: (script) => ['-c', script] },
  ])('survives every special character in $program', async ({ shell, program, args }) => {
    const script = `${shellExports(wanted, inherited, shell)}\n"${process.execPath}" -p 'JSON.stringify(process.env)'`
    const { stdout } = await run(program, args(script), { env: inherited })
    const seen = JSON.parse(stdout)
    expect(seen).toMatchObject(wanted)
    expect(seen).not.toHaveProperty('GONE')
  })

  it('refuses what no shell can say', () => {
    expect(() => shellExports({ 'A;rm': '1' }, {}, 'bash')).toThrow('but got "A;rm"')
    expect(() => shellExports({ A: 'a\0b' }, {}, 'fish')).toThrow('environment.A')
    expect(shellExports({ 'BASH_FUNC_x%%': '1' }, { 'BASH_FUNC_x%%': '1' }, 'bash')).toBe('')
  })
})

async function subjectsOf(path: string): Promise<string[]> {
  const blocks = (await readFile(path, 'utf8')).match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----\n/g) ?? []
  return blocks.map((block) => /^CN=(.*)$/m.exec(new X509Certificate(block).subject)?.[1] ?? '')
}
