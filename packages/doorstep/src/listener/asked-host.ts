import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])
const isAbsolute = (target: string) => !target.startsWith('/') && /^https?:\/\//i.test(target)

/** The name without its port, in lower case; an IPv6 address keeps its brackets. */
function withoutPort(authority: string): string {
  return authority.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}

/**
 * The host a request asks for, in lower case and without its port: the authority of an absolute-form target
 * (RFC 9112 §3.2.2), else `:authority`, else Host. Empty when the request names none.
 */
export function hostOf(request: IncomingMessage | Http2ServerRequest): string {
  const target = request.url ?? ''
  if (isAbsolute(target) && URL.canParse(target)) return withoutPort(new URL(target).host)
  const authority = request.headers[':authority'] ?? request.headers.host ?? ''
  return withoutPort(typeof authority === 'string' ? authority : '')
}

/** Whether a host name stands for this machine. */
export function isLoopback(host: string): boolean {
  return loopback.has(host)
}

/** The path and query of a request target, without doubled slashes at its start, which some SDKs send. */
export function pathOf(target: string): string {
  if (target.startsWith('/') && !target.startsWith('//')) return target
  const path = isAbsolute(target) && URL.canParse(target) ? target.replace(/^https?:\/\/[^/?#]*/i, '') : target
  return `/${path.replace(/^\/+/, '')}`
}
