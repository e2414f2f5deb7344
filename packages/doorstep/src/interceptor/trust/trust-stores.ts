import { keychainStore } from './keychain-store.ts'
import { linuxLayouts, linuxStore } from './linux-store.ts'
import { findNssCertutil } from './nss-database.ts'
import { nssStores } from './nss-stores.ts'
import type { TrustStore } from './trust-plan.ts'
import { windowsStore } from './windows-store.ts'

export interface TrustStoresOptions {
  readonly kinds: readonly TrustStore['kind'][]
  /** Path of the root to trust, PEM. */
  readonly rootPath: string
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
}

/** The stores of this machine and this user, with what they hold of local clouds now. Nothing is changed. */
export async function findTrustStores(options: TrustStoresOptions): Promise<TrustStore[]> {
  const { kinds, rootPath, home, environment, platform } = options
  const stores: TrustStore[] = []
  if (kinds.includes('system')) {
    const system = await systemStore(options)
    if (system) stores.push(system)
  }
  if (kinds.includes('nss')) {
    const certutil = await findNssCertutil(environment, platform)
    stores.push(...(await nssStores({ home, platform, rootPath, certutil })))
  }
  return stores
}

async function systemStore(options: TrustStoresOptions): Promise<TrustStore | undefined> {
  const { rootPath, home, environment, platform } = options
  if (platform === 'darwin') return keychainStore(home, rootPath)
  if (platform === 'win32') return windowsStore(environment.SystemRoot ?? 'C:\\Windows', rootPath)
  return linuxStore({ layouts: linuxLayouts, rootPath, path: environment.PATH })
}
