import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { programOnPath } from '../installed-program.ts'
import { runStep } from './run-step.ts'

/** The store of certificates that Chromium and Firefox use on Linux, and Firefox everywhere. */
export interface NssDatabase {
  /** Makes the store, without a password, unless there is one. */
  create(): Promise<void>
  /** Names of the certificates, and whether each is trusted to vouch for TLS servers. */
  list(): Promise<readonly { readonly name: string; readonly isTrusted: boolean }[]>
  /** A certificate by its name, PEM. */
  read(name: string): Promise<string>
  /** Adds a root from a PEM file and trusts it for TLS servers. */
  add(name: string, path: string): Promise<void>
  /** Removes a certificate; nothing happens when there is none of this name. */
  remove(name: string): Promise<void>
}

/**
 * @param certutil path of NSS's program, which is not the one that Windows calls so
 * @param directory of the store
 */
export function openNssDatabase(certutil: string, directory: string): NssDatabase {
  const run = (...words: string[]) => runStep(certutil, ['-d', `sql:${directory}`, ...words])
  const list = async () => listedCertificates(await run('-L'))
  return {
    list,
    async create() {
      if (!existsSync(join(directory, 'cert9.db'))) await run('-N', '--empty-password')
    },
    read: (name) => run('-L', '-n', name, '-a'),
    add: async (name, path) => void (await run(...nssAddWords(name, path))),
    async remove(name) {
      if ((await list()).some((found) => found.name === name)) await run(...nssRemoveWords(name))
    },
  }
}

/** `C` alone: may vouch for TLS servers, not for mail and not for programs. */
export const nssAddWords = (name: string, path: string) => ['-A', '-n', name, '-t', 'C,,', '-i', path]

export const nssRemoveWords = (name: string) => ['-D', '-n', name]

/** NSS's certutil, or undefined; the program of this name in Windows's own folder is another one. */
export async function findNssCertutil(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  if (platform === 'win32') return undefined
  const homebrew = ['/opt/homebrew/opt/nss/bin', '/usr/local/opt/nss/bin']
  const path = [environment.PATH ?? '', ...(platform === 'darwin' ? homebrew : [])].join(':')
  return programOnPath(['certutil'], path)
}

/** What installs it. */
export const nssCertutilPackages = 'libnss3-tools on Debian and Ubuntu, nss-tools on Fedora, nss on Arch and Homebrew'

/** Lines such as `Doorstep localhost root 1a2b3c4d          C,,  `; the two above them are headings. */
function listedCertificates(text: string): { name: string; isTrusted: boolean }[] {
  return text.split('\n').flatMap((line) => {
    const [, name, tls] = /^(\S.*?)\s+([a-zA-Z]*),[a-zA-Z]*,[a-zA-Z]*\s*$/.exec(line) ?? []
    return name === undefined || tls === undefined || tls === 'SSL' ? [] : [{ name, isTrusted: tls.includes('C') }]
  })
}
