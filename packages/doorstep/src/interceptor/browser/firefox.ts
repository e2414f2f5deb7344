import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openNssDatabase } from '../trust/nss-database.ts'

export interface FirefoxProfile {
  readonly profile: string
  /** `http://127.0.0.1:<port>`. */
  readonly proxy: string
  /** Paths of PEM files, by the name each root gets in the profile's store. */
  readonly roots: Readonly<Record<string, string>>
  /** Path of NSS's certutil, the only program that writes such a store. */
  readonly certutil: string
}

/**
 * Makes a Firefox profile that sees the local cloud under the real names, or brings it up to date: proxy settings in
 * `user.js`, which Firefox reads at its start, and the roots in the profile's own NSS store.
 *
 * @throws {TrustStepError} when certutil cannot write the store
 */
export async function prepareFirefoxProfile({ profile, proxy, roots, certutil }: FirefoxProfile): Promise<void> {
  await mkdir(profile, { recursive: true, mode: 0o700 })
  await writeFile(join(profile, 'user.js'), userPreferences(new URL(proxy)), { mode: 0o600 })
  const database = openNssDatabase(certutil, profile)
  await database.create()
  for (const [name, path] of Object.entries(roots)) {
    await database.remove(name)
    await database.add(name, path)
  }
}

/** A profile that is open already shows the page in its window; a first start must not join another profile's. */
export function firefoxArguments(profile: string, url: string, isOpen: boolean, extra: readonly string[]): string[] {
  return ['--profile', profile, ...(isOpen ? [] : ['--new-instance']), ...extra, url]
}

function userPreferences({ hostname, port }: URL): string {
  const preferences = {
    'network.proxy.type': 1,
    'network.proxy.http': hostname,
    'network.proxy.http_port': Number(port),
    'network.proxy.ssl': hostname,
    'network.proxy.ssl_port': Number(port),
    'network.proxy.no_proxies_on': 'localhost, 127.0.0.1, ::1',
    // Names are resolved by the proxy alone, and nothing asks the network on its own.
    'network.trr.mode': 5,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'app.normandy.enabled': false,
    'app.update.auto': false,
    'browser.aboutwelcome.enabled': false,
    'browser.shell.checkDefaultBrowser': false,
    'browser.startup.homepage_override.mstone': 'ignore',
    'datareporting.policy.dataSubmissionEnabled': false,
    'toolkit.telemetry.reportingpolicy.firstRun': false,
  }
  return Object.entries(preferences)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('')
}
