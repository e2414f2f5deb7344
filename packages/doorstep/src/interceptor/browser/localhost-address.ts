import { localPaths, roomOf } from '../host-map.ts'

/**
 * Where a page of an intercepted name is found without the proxy: the same path on the local cloud's own origin,
 * below the prefix of the host. Addresses of other names are what they were.
 *
 * @param origin `https://localhost:<port>`
 */
export function localhostAddress(address: URL, origin: string): string {
  const room = roomOf(address.hostname)
  if (room === undefined) return address.href
  return `${origin}${localPaths[room]}${address.pathname}${address.search}${address.hash}`
}
