import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { programOnPath } from '../installed-program.ts'
import { mayWrite } from './do-step.ts'
import { localhostRootIn, localhostRootsIn } from './root-certificate.ts'
import type { StoredRoot, TrustStep, TrustStore } from './trust-plan.ts'

/** How one family of distributions keeps the roots that an administrator adds. */
export interface LinuxLayout {
  /** Folder for added roots. */
  readonly anchors: string
  /** All trusted roots in one file, which the program writes. */
  readonly bundle: string
  readonly program: string
  /** Words of the program that take added and removed files into account. */
  readonly words: readonly string[]
}

/** Debian and Ubuntu, Fedora and its kin, Arch, openSUSE. */
export const linuxLayouts: readonly LinuxLayout[] = [
  {
    anchors: '/usr/local/share/ca-certificates',
    bundle: '/etc/ssl/certs/ca-certificates.crt',
    program: 'update-ca-certificates',
    // Without it links to removed files stay behind.
    words: ['--fresh'],
  },
  {
    anchors: '/etc/pki/ca-trust/source/anchors',
    bundle: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    program: 'update-ca-trust',
    words: ['extract'],
  },
  {
    anchors: '/etc/ca-certificates/trust-source/anchors',
    bundle: '/etc/ca-certificates/extracted/tls-ca-bundle.pem',
    program: 'update-ca-trust',
    words: ['extract'],
  },
  {
    anchors: '/etc/pki/trust/anchors',
    bundle: '/etc/ssl/ca-bundle.pem',
    program: 'update-ca-certificates',
    words: [],
  },
]

export interface LinuxStoreOptions {
  readonly layouts: readonly LinuxLayout[]
  /** Path of the root to trust, PEM. */
  readonly rootPath: string
  /** The user's PATH; folders for administrators are looked through as well. */
  readonly path: string | undefined
}

/** The system's store; undefined on a distribution that keeps it in none of the known ways. */
export async function linuxStore({ layouts, rootPath, path }: LinuxStoreOptions): Promise<TrustStore | undefined> {
  const searched = [path ?? '', '/usr/sbin', '/sbin'].join(':')
  for (const layout of layouts) {
    const program = existsSync(layout.anchors) ? await programOnPath([layout.program], searched) : undefined
    if (program === undefined) continue
    const { anchors, bundle, words } = layout
    const isWritable = await mayWrite(anchors)
    const update: TrustStep = { kind: 'run', program, words }
    return {
      kind: 'system',
      place: anchors,
      roots: await storedRoots(anchors, bundle),
      needs: isWritable ? undefined : `Only root may write to ${anchors}.`,
      changes: {
        add: (_root, name) => [{ kind: 'copy', from: rootPath, to: anchorPath(anchors, name) }],
        remove: (_root, name) => [{ kind: 'delete', path: anchorPath(anchors, name) }],
        update: [update],
      },
    }
  }
  return undefined
}

/** A root that has a file, and one that is still in the bundle though its file is gone. */
async function storedRoots(anchors: string, bundle: string): Promise<StoredRoot[]> {
  const bundled = localhostRootsIn(await readFile(bundle, 'utf8').catch(() => ''))
  const isBundled = (fingerprint: string) => bundled.some((root) => root.fingerprint === fingerprint)
  const files = (await readdir(anchors)).filter((name) => /\.(crt|pem)$/.test(name))
  const anchored = await Promise.all(
    files.map(async (file): Promise<StoredRoot[]> => {
      const root = localhostRootIn(await readFile(join(anchors, file), 'utf8').catch(() => ''))
      return root ? [{ ...root, name: file, isTrusted: isBundled(root.fingerprint) }] : []
    }),
  )
  const roots = anchored.flat()
  const leftOver = bundled.filter(({ fingerprint }) => !roots.some((root) => root.fingerprint === fingerprint))
  return [...roots, ...leftOver.map((root) => ({ ...root, isTrusted: true }))]
}

/** `.crt`, because Debian reads no other files. */
function anchorPath(anchors: string, name: string): string {
  return join(anchors, /\.(crt|pem)$/.test(name) ? name : `${name.toLowerCase().replaceAll(' ', '-')}.crt`)
}
