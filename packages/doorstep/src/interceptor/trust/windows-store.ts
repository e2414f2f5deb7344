import { win32 } from 'node:path'
import { localhostRootName, localhostRootsIn } from './root-certificate.ts'
import { runStep } from './run-step.ts'
import type { TrustStore } from './trust-plan.ts'

/** Windows: the user's own root store. Windows shows the person what is about to be trusted, and asks. */
export async function windowsStore(systemRoot: string, rootPath: string): Promise<TrustStore> {
  const program = win32.join(systemRoot, 'System32', 'certutil.exe')
  // `-v -store` is written in the user's language, certificates in PEM are not. It fails when it finds nothing.
  const found = await runStep(win32.join(systemRoot, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe'), [
    '-NoProfile',
    '-NonInteractive',
    '-Command',
    exportRoots,
  ]).catch(() => '')
  return {
    kind: 'system',
    place: 'the root certificates of this Windows user',
    roots: localhostRootsIn(found).map((root) => ({ ...root, name: root.thumbprint, isTrusted: true })),
    changes: {
      add: () => [{ kind: 'run', program, words: ['-user', '-addstore', 'Root', rootPath] }],
      remove: (_root, name) => [{ kind: 'run', program, words: ['-user', '-delstore', 'Root', name] }],
      update: [],
    },
  }
}

const exportRoots = [
  `Get-ChildItem Cert:\\CurrentUser\\Root | Where-Object { $_.Subject -like '*CN=${localhostRootName}*' } | ForEach-Object {`,
  "'-----BEGIN CERTIFICATE-----'; [Convert]::ToBase64String($_.RawData); '-----END CERTIFICATE-----' }",
].join(' ')
