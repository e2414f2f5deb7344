import { BlockList, isIP } from 'node:net'
import { isLoopback, type ProxyTarget } from './proxy-target.ts'

/** The proxy that the surrounding environment asked for, as it was written there. */
export interface UpstreamSettings {
  /** Value of `HTTPS_PROXY`: `http://[user:password@]host[:port]`, or the same without `http://`. */
  readonly httpsProxy?: string
  /** Value of `NO_PROXY`: names, domains, addresses and networks that are reached without the proxy. */
  readonly noProxy?: string
}

export interface UpstreamProxy extends ProxyTarget {
  /** Whether the proxy itself is spoken to by TLS. */
  readonly secure: boolean
  /** Value of the `Proxy-Authorization` header. */
  readonly authorization?: string
}

/**
 * The proxy through which a target has to be reached, or undefined when it is reached directly.
 *
 * @throws {TypeError} when `httpsProxy` is not the address of an HTTP proxy; the message never repeats its password
 */
export function upstreamFor(target: ProxyTarget, settings: UpstreamSettings = {}): UpstreamProxy | undefined {
  if (!settings.httpsProxy || isLoopback(target.host) || isExempt(target, settings.noProxy ?? '')) return undefined
  return parseProxyAddress(settings.httpsProxy)
}

function parseProxyAddress(value: string): UpstreamProxy {
  const address = value.includes('://') ? value : `http://${value}`
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url?.hostname || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const found = url ? `an address that starts with ${url.protocol}//` : 'something that is no address'
    throw new TypeError(`HTTPS_PROXY: expected http://host:port or https://host:port, but got ${found}`)
  }
  const secure = url.protocol === 'https:'
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 443 : 80),
    secure,
    ...(url.username ? { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } : {}),
  }
}

function isExempt({ host, port }: ProxyTarget, noProxy: string): boolean {
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true
      if (entry.includes('/')) return isInNetwork(host, entry)
      const [, name = entry, entryPort] = /^(.+?):(\d+)$/.exec(isIP(entry) ? '' : entry) ?? []
      if (entryPort && Number(entryPort) !== port) return false
      const domain = name.replace(/^\*?\./, '').replace(/^\[|\]$/g, '')
      return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`))
    })
}

function isInNetwork(host: string, network: string): boolean {
  const [base = '', length] = network.split('/')
  const family = isIP(base)
  if (family === 0 || isIP(host) !== family || !(Number(length) >= 0 && Number(length) <= (family === 6 ? 128 : 32))) {
    return false
  }
  const type = family === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  list.addSubnet(base, Number(length), type)
  return list.check(host, type)
}
