import { isIP, isIPv6 } from 'node:net'

/** What a certification authority may sign for: nothing but these names, the names below them, and these addresses. */
export interface PermittedNames {
  /** Host names; `*.example.com` counts as `example.com`, because a constraint covers all names below it anyway. */
  readonly dnsNames: readonly string[]
  /** Single addresses, IPv4 or IPv6. When there is none, every address is excluded. */
  readonly ipAddresses: readonly string[]
}

/** Object identifier of the name constraints extension (RFC 5280, section 4.2.1.10). */
export const nameConstraintsIdentifier = '2.5.29.30'

const sequence = 0x30
const permittedSubtrees = 0xa0
const excludedSubtrees = 0xa1
const dnsName = 0x82
const ipAddress = 0x87

/**
 * The DER value of the name constraints extension (RFC 5280, section 4.2.1.10).
 *
 * A kind of name that is neither permitted nor excluded would be free, so an authority without addresses excludes
 * all of them.
 */
export function encodeNameConstraints({ dnsNames, ipAddresses }: PermittedNames): Buffer {
  const domains = [...new Set(dnsNames.map((name) => name.toLowerCase().replace(/^\*\./, '')))]
  const permitted = [
    ...domains.map((domain) => encode(sequence, encode(dnsName, Buffer.from(domain, 'ascii')))),
    ...ipAddresses.map((address) => addressSubtree(addressBytes(address), 0xff)),
  ]
  const excluded = ipAddresses.length === 0 ? [4, 16].map((size) => addressSubtree(Buffer.alloc(size), 0)) : []
  return encode(
    sequence,
    Buffer.concat([
      encode(permittedSubtrees, Buffer.concat(permitted)),
      ...(excluded.length > 0 ? [encode(excludedSubtrees, Buffer.concat(excluded))] : []),
    ]),
  )
}

/**
 * An IP address as the bytes that certificates carry: 4 for IPv4, 16 for IPv6.
 *
 * @throws {TypeError} when the text is no IP address
 */
export function addressBytes(address: string): Buffer {
  if (isIP(address) === 0) {
    throw new TypeError(`ipAddresses: expected an IPv4 or IPv6 address such as 127.0.0.1 or ::1, but got "${address}"`)
  }
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number))
  // The URL parser writes every spelling, dotted ones too, as groups of hexadecimal digits with at most one "::".
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [before = [], after] = canonical.split('::').map((half) => half.split(':').filter(Boolean))
  const groups = after ? [...before, ...Array(8 - before.length - after.length).fill('0'), ...after] : before
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

function addressSubtree(network: Buffer, maskByte: number): Buffer {
  return encode(sequence, encode(ipAddress, Buffer.concat([network, Buffer.alloc(network.length, maskByte)])))
}

function encode(tag: number, content: Buffer): Buffer {
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
