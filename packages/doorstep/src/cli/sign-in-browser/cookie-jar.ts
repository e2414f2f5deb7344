/**
 * The cookies of one short-lived browser, by origin: stricter than browsers, whose cookies know no ports, so that what
 * the local cloud sets on localhost never reaches an application that listens there. Paths are not told apart.
 */
export interface CookieJar {
  /** Value of the `Cookie` header for an address; undefined when there is none. */
  headerFor(url: URL): string | undefined
  /** Keeps what an answer sets (RFC 6265 §5.3); one that has run out is forgotten. */
  take(url: URL, setCookies: readonly string[]): void
  set(url: URL, name: string, value: string): void
}

export function cookieJar(): CookieJar {
  const byOrigin = new Map<string, Map<string, string>>()
  const cookiesOf = ({ origin }: URL): Map<string, string> => {
    const known = byOrigin.get(origin) ?? new Map<string, string>()
    byOrigin.set(origin, known)
    return known
  }
  return {
    headerFor(url) {
      const pairs = [...cookiesOf(url)].map(([name, value]) => `${name}=${value}`)
      return pairs.length === 0 ? undefined : pairs.join('; ')
    },
    take(url, setCookies) {
      for (const header of setCookies) {
        const [, name = '', value = ''] = /^\s*([^=;\s]+)=([^;]*)/.exec(header) ?? []
        if (hasRunOut(header)) cookiesOf(url).delete(name)
        else if (name) cookiesOf(url).set(name, value)
      }
    },
    set: (url, name, value) => void cookiesOf(url).set(name, value),
  }
}

function hasRunOut(header: string): boolean {
  const [, maximumAge] = /;\s*max-age=(-?\d+)/i.exec(header) ?? []
  if (maximumAge !== undefined) return Number(maximumAge) <= 0
  const [, expires] = /;\s*expires=([^;]+)/i.exec(header) ?? []
  return expires !== undefined && Date.parse(expires) <= Date.now()
}
