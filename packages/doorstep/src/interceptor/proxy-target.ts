import { BlockList, isIP, isIPv6 } from 'node:net'

/** Where a client of the proxy wants to go. */
export interface ProxyTarget {
  /** Lower case, without brackets and trailing dot; an IPv4 address in IPv6 clothes is written as IPv4. */
  readonly host: string
  readonly port: number
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/** The target of `CONNECT host:port` (RFC 9110, section 9.3.6), or undefined when it is not of that form. */
export function parseConnectTarget(authority: string): ProxyTarget | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:\s/?#@[\]]+)):(\d{1,5})$/.exec(authority) ?? []
  const host = canonicalHost(bracketed ?? plain ?? '')
  const port = Number(digits)
  return host && port >= 1 && port <= 65_535 ? { host, port } : undefined
}

/** The target of an absolute-form request (RFC 9112, section 3.2.2), or undefined when the address has another form. */
export function parseAbsoluteForm(requestTarget: string): { url: URL; target: ProxyTarget } | undefined {
  if (!/^https?:\/\//i.test(requestTarget) || !URL.canParse(requestTarget)) return undefined
  const url = new URL(requestTarget)
  const host = canonicalHost(url.hostname.replace(/^\[|\]$/g, ''))
  if (!host) return undefined
  return { url, target: { host, port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) } }
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatTarget({ host, port }: ProxyTarget): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`
}

/** Whether the target is this machine itself, which stays reachable when nothing may leave the machine. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true
  const family = isIP(host)
  return family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

function canonicalHost(host: string): string | undefined {
  const bracketed = isIPv6(host) ? `[${host}]` : host
  // The URL parser knows every spelling of an address: 127.1, 0x7f000001, ::ffff:127.0.0.1.
  if (!URL.canParse(`http://${bracketed}/`)) return undefined
  const name = new URL(`http://${bracketed}/`).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(name) ?? []
  if (!high || !low) return name || undefined
  const bytes = Buffer.from(high.padStart(4, '0') + low.padStart(4, '0'), 'hex')
  return [...bytes].join('.')
}
