import { join } from 'node:path'
import { localhostRootName, localhostRootsIn } from './root-certificate.ts'
import { runStep } from './run-step.ts'
import type { TrustStore } from './trust-plan.ts'

/** macOS: the user's own keychain. The system asks the person for a password itself when trust is changed. */
export async function keychainStore(home: string, rootPath: string): Promise<TrustStore> {
  const program = '/usr/bin/security'
  const keychain = join(home, 'Library', 'Keychains', 'login.keychain-db')
  // The program fails when it finds nothing.
  const found = await runStep(program, ['find-certificate', '-a', '-p', '-c', localhostRootName, keychain]).catch(
    () => '',
  )
  return {
    kind: 'system',
    place: keychain,
    roots: localhostRootsIn(found).map((root) => ({ ...root, name: root.thumbprint, isTrusted: true })),
    changes: {
      add: () => [
        { kind: 'run', program, words: ['add-trusted-cert', '-r', 'trustRoot', '-p', 'ssl', '-k', keychain, rootPath] },
      ],
      // `-t` takes the trust settings of the user away as well.
      remove: (_root, name) => [{ kind: 'run', program, words: ['delete-certificate', '-t', '-Z', name, keychain] }],
      update: [],
    },
  }
}
