import { randomUUID } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { encodeJavaTrustStore } from './java-trust-store.ts'

/** Files that the child's variables name; all paths absolute when the directory was. */
export interface ChildFiles {
  /** The roots of this machine followed by the local one, PEM: for programs whose variable replaces the roots. */
  readonly bundle: string
  /** The local root and what the user had added, PEM: for programs whose variable adds to the roots. */
  readonly additionalRoots: string
  readonly wgetrc: string
  readonly javaTrustStore: string
  /** `node-preload.cjs` of this room, wherever the caller has it. */
  readonly nodePreload: string
}

export interface ChildFilesOptions {
  /** Root of the intercepted names, PEM. */
  readonly interceptRoot: string
  /** The environment that `doorstep run` was started with: names files whose content is kept. */
  readonly inherited: NodeJS.ProcessEnv
  /** Path of `node-preload.cjs`. */
  readonly nodePreload: string
}

/** Where distributions keep their roots: Debian, Fedora, openSUSE, Alpine, macOS and the BSDs. */
const distributionBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** Lines of a wgetrc that would lead wget past the proxy or the bundle; wget reads names without `-` and `_`. */
const overruledWgetSettings = new Set(['httpsproxy', 'noproxy', 'useproxy', 'cacertificate', 'cadirectory'])

/**
 * Writes the files that a child needs to trust the local cloud, each of them whole or not at all, mode 0600 in a
 * directory of mode 0700. The caller chooses the directory, one per run, and removes it.
 */
export async function writeChildFiles(directory: string, options: ChildFilesOptions): Promise<ChildFiles> {
  const { interceptRoot, inherited, nodePreload } = options
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await chmod(directory, 0o700)

  const bundle = [...(await machineRoots(inherited)), ...certificatesOf(interceptRoot)]
  const added = certificatesOf(await readOptional(inherited.NODE_EXTRA_CA_CERTS))
  const files: ChildFiles = {
    bundle: join(directory, 'bundle.pem'),
    additionalRoots: join(directory, 'ca.pem'),
    wgetrc: join(directory, 'wgetrc'),
    javaTrustStore: join(directory, 'truststore.jks'),
    nodePreload,
  }
  await Promise.all([
    writeWhole(files.bundle, `${bundle.join('\n')}\n`),
    writeWhole(files.additionalRoots, `${[...new Set([...certificatesOf(interceptRoot), ...added])].join('\n')}\n`),
    writeWhole(files.wgetrc, wgetrcOf(await inheritedWgetrc(inherited), files.bundle)),
    writeWhole(files.javaTrustStore, encodeJavaTrustStore(bundle.map(derOf), new Date())),
  ])
  return files
}

/** The distribution's roots together with those that the user's variables name, else the ones inside Node. */
async function machineRoots(inherited: NodeJS.ProcessEnv): Promise<string[]> {
  const named = [inherited.SSL_CERT_FILE, inherited.REQUESTS_CA_BUNDLE, inherited.CURL_CA_BUNDLE]
  const roots = certificatesOf(await firstReadable(distributionBundles))
  for (const path of new Set(named)) roots.push(...certificatesOf(await readOptional(path)))
  return roots.length > 0 ? [...new Set(roots)] : rootCertificates.map((certificate) => certificate.trim())
}

async function inheritedWgetrc({ WGETRC, HOME }: NodeJS.ProcessEnv): Promise<string> {
  return readOptional(WGETRC || (HOME ? join(HOME, '.wgetrc') : undefined))
}

function wgetrcOf(inherited: string, bundle: string): string {
  const kept = inherited.split(/\r?\n/).filter((line) => {
    const name = line.split('=', 1)[0] ?? ''
    return line.trim() !== '' && !overruledWgetSettings.has(name.toLowerCase().replace(/[-_\s]/g, ''))
  })
  return `${[...kept, `ca_certificate = ${bundle}`].join('\n')}\n`
}

async function firstReadable(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const text = await readOptional(path)
    if (text) return text
  }
  return ''
}

/** Nothing when the file is missing, unreadable or a directory: then the program would have had nothing of it either. */
async function readOptional(path: string | undefined): Promise<string> {
  return path ? readFile(path, 'utf8').catch(() => '') : ''
}

function certificatesOf(pem: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.map((block) => block.replaceAll('\r\n', '\n'))
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')
}

async function writeWhole(path: string, content: string | Buffer): Promise<void> {
  const temporary = `${path}.${randomUUID()}`
  try {
    await writeFile(temporary, content, { mode: 0o600 })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
