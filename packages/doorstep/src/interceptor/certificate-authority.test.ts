import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorityCovers, createAuthority, type LocalAuthority } from './certificate-authority.ts'
import { interceptedHosts } from './host-map.ts'

const day = 86_400_000
const patterns = interceptedHosts.map(({ pattern }) => pattern)
const daysFromNow = (days: number): Date => new Date(Date.now() + days * day)

const interceptOptions = {
  commonName: 'Doorstep intercept root',
  dnsNames: patterns,
  ipAddresses: [],
  notBefore: new Date(),
  lifetimeInDays: 397,
}
const localhostOptions = {
  commonName: 'Doorstep localhost root',
  dnsNames: ['localhost'],
  ipAddresses: ['127.0.0.1', '::1'],
  notBefore: new Date(),
  lifetimeInDays: 397,
}

describe.each([
  { authorityName: 'intercepted names', options: interceptOptions },
  { authorityName: 'localhost', options: localhostOptions },
])('the authority for $authorityName', ({ options }) => {
  let authority: LocalAuthority
  let server: Server

  beforeAll(async () => {
    authority = await createAuthority(options)
    server = createServer({ cert: authority.certificateChain, key: authority.privateKey })
    server.on('tlsClientError', () => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(async () => {
    server.close()
    await once(server, 'close')
  })

  it('is accepted by a client that trusts the root, for every one of its names', async () => {
    const names = [...options.dnsNames.map((name) => name.replace('*', 'api')), ...options.ipAddresses]
    for (const name of names) expect(await handshake(server, name, authority.rootCertificate), name).toBe('accepted')
  })

  it('is refused for any other name', async () => {
    for (const name of ['www.example.com', 'www.microsoft.com', '192.0.2.1']) {
      expect(await handshake(server, name, authority.rootCertificate), name).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    }
  })

  it('is refused by a client that does not trust its root', async () => {
    const other = await createAuthority(options)
    expect(await handshake(server, options.dnsNames[0] ?? '', other.rootCertificate)).not.toBe('accepted')
  })

  it('keeps one private key, the one of the server certificate, and none that can sign', () => {
    const [leaf, intermediate] = chainOf(authority)
    const text = Object.values(authority).join('\n')
    expect(text.match(/PRIVATE KEY-----/g)).toHaveLength(2)
    const key = createPrivateKey(authority.privateKey)
    expect(key.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
    expect(leaf.checkPrivateKey(key)).toBe(true)
    expect(leaf.ca).toBe(false)
    expect(intermediate.ca).toBe(true)
    expect(intermediate.checkPrivateKey(key)).toBe(false)
    expect(new X509Certificate(authority.rootCertificate).checkPrivateKey(key)).toBe(false)
  })

  it('gives the server certificate 397 days and the root ten years', () => {
    const [leaf] = chainOf(authority)
    expect(lifetimeInDays(leaf)).toBe(397)
    expect(lifetimeInDays(new X509Certificate(authority.rootCertificate))).toBe(3650)
  })
})

describe('createAuthority', () => {
  it('refuses names, addresses and lifetimes that clients would not take, and says which field is wrong', async () => {
    const make = (change: Partial<typeof localhostOptions>): Promise<LocalAuthority> =>
      createAuthority({ ...localhostOptions, ...change })
    await expect(make({ dnsNames: [] })).rejects.toThrow('dnsNames: expected at least one host name')
    await expect(make({ dnsNames: ['a.*.example'] })).rejects.toThrow('but got "a.*.example"')
    await expect(make({ dnsNames: ['https://localhost'] })).rejects.toThrow('dnsNames: expected a host name')
    await expect(make({ dnsNames: ['127.0.0.1'] })).rejects.toThrow('but got "127.0.0.1"')
    await expect(make({ ipAddresses: ['localhost'] })).rejects.toThrow('ipAddresses: expected an IPv4 or IPv6 address')
    await expect(make({ lifetimeInDays: 398 })).rejects.toThrow('at most 397 days, but got 398')
    await expect(make({ lifetimeInDays: 0 })).rejects.toThrow('lifetimeInDays')
    await expect(make({ commonName: '' })).rejects.toThrow('commonName')
  })

  it('never makes the same authority twice', async () => {
    const [one, two] = await Promise.all([createAuthority(localhostOptions), createAuthority(localhostOptions)])
    expect(one.rootCertificate).not.toBe(two.rootCertificate)
    expect(one.privateKey).not.toBe(two.privateKey)
  })
})

describe('authorityCovers', () => {
  let authority: LocalAuthority
  const names = [...patterns, '127.0.0.1', '::1']
  beforeAll(async () => {
    authority = await createAuthority({ ...localhostOptions, dnsNames: patterns })
  })

  it('keeps an authority that has all names and enough time left', () => {
    expect(authorityCovers(authority, names, new Date())).toBe(true)
    expect(authorityCovers(authority, ['Graph.Microsoft.Com', '0:0:0:0:0:0:0:1'], new Date())).toBe(true)
    expect(authorityCovers(authority, names, daysFromNow(366))).toBe(true)
  })

  it('wants a new one when a name is missing, a wildcard does not stand in for a name', () => {
    expect(authorityCovers(authority, [...names, 'graph.windows.net'], new Date())).toBe(false)
    expect(authorityCovers(authority, ['api.cognitedata.com'], new Date())).toBe(false)
    expect(authorityCovers(authority, ['127.0.0.2'], new Date())).toBe(false)
  })

  it('wants a new one from 30 days before the end, and when the machine was set back before its start', () => {
    expect(authorityCovers(authority, names, daysFromNow(367.1))).toBe(false)
    expect(authorityCovers(authority, names, daysFromNow(500))).toBe(false)
    expect(authorityCovers(authority, names, daysFromNow(-1))).toBe(false)
  })

  it('wants a new one when the parts do not belong together or cannot be read', async () => {
    const other = await createAuthority({ ...localhostOptions, dnsNames: patterns })
    const now = new Date()
    expect(authorityCovers({ ...authority, privateKey: other.privateKey }, names, now)).toBe(false)
    expect(authorityCovers({ ...authority, rootCertificate: other.rootCertificate }, names, now)).toBe(false)
    expect(authorityCovers({ ...authority, certificateChain: authority.rootCertificate }, names, now)).toBe(false)
    expect(authorityCovers({ ...authority, certificateChain: '' }, names, now)).toBe(false)
    expect(authorityCovers({ ...authority, privateKey: 'half a fi' }, names, now)).toBe(false)
  })
})

function chainOf({ certificateChain }: LocalAuthority): [X509Certificate, X509Certificate] {
  const [leaf = '', intermediate = ''] = certificateChain.split(/(?<=-----END CERTIFICATE-----\n)/)
  return [new X509Certificate(leaf), new X509Certificate(intermediate)]
}

function lifetimeInDays({ validFrom, validTo }: X509Certificate): number {
  return (Date.parse(validTo) - Date.parse(validFrom)) / day
}

/** What a client that trusts the root makes of the server's certificate when it calls the server by this name. */
async function handshake(server: Server, name: string, root: string): Promise<string> {
  const { port } = server.address() as AddressInfo
  const isAddress = /[:]|^[\d.]+$/.test(name)
  const socket: TLSSocket = connect({
    port,
    ca: root,
    // Node checks the certificate against the host where there is no server name.
    host: name,
    lookup: (_name, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
    ...(isAddress ? { host: '127.0.0.1', checkServerIdentity: identityOf(name) } : { servername: name }),
  })
  try {
    await once(socket, 'secureConnect')
    return 'accepted'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  } finally {
    socket.destroy()
  }
}

function identityOf(address: string): (host: string, certificate: { raw: Buffer }) => Error | undefined {
  return (_host, { raw }) => {
    if (new X509Certificate(raw).checkIP(address)) return undefined
    return Object.assign(new Error(`not for ${address}`), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  }
}
