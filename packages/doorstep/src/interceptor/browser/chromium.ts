export interface ChromiumStart {
  /** Folder of a profile of its own; without it Chromium would ignore the list of keys. */
  readonly profile: string
  /** `http://127.0.0.1:<port>`. */
  readonly proxy: string
  /** Base64 SHA-256 of the public keys that are trusted whatever vouches for them. */
  readonly keyHashes: readonly string[]
  readonly url: string
  readonly platform: NodeJS.Platform
  readonly isRoot: boolean
  /** What a person adds. */
  readonly extra: readonly string[]
}

/**
 * Words that start Chromium, Chrome or Edge so that it sees the local cloud under the real names. Requests to
 * localhost and other loopback names never go through the proxy: Chromium passes it by unless it is told not to.
 */
export function chromiumArguments(start: ChromiumStart): string[] {
  const { profile, proxy, keyHashes, url, platform, isRoot, extra } = start
  return [
    `--user-data-dir=${profile}`,
    `--proxy-server=${proxy}`,
    `--ignore-certificate-errors-spki-list=${keyHashes.join(',')}`,
    '--no-first-run',
    '--no-default-browser-check',
    // Updates and synchronisation have no business in this profile, and would be asked for through the proxy.
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Nothing worth the question for the password of the desktop's key ring is kept here.
    ...(platform === 'linux' ? ['--password-store=basic'] : []),
    ...(platform === 'darwin' ? ['--use-mock-keychain'] : []),
    // Chromium refuses to start with its sandbox as root, which is who one is in most containers.
    ...(isRoot ? ['--no-sandbox'] : []),
    ...extra,
    url,
  ]
}
