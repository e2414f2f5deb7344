import { describe, expect, it } from 'vitest'
import { upstreamFor } from './upstream-proxy.ts'

const httpsProxy = 'http://proxy.example:3128'
const isDirect = (host: string, noProxy: string, port = 443): boolean =>
  upstreamFor({ host, port }, { httpsProxy, noProxy }) === undefined

describe('the upstream proxy of a target', () => {
  it.each([
    ['http://proxy.example:3128', { host: 'proxy.example', port: 3128, secure: false }],
    ['proxy.example:3128', { host: 'proxy.example', port: 3128, secure: false }],
    ['http://proxy.example', { host: 'proxy.example', port: 80, secure: false }],
    ['https://proxy.example', { host: 'proxy.example', port: 443, secure: true }],
    ['http://[2001:db8::1]:3128/', { host: '2001:db8::1', port: 3128, secure: false }],
    ['http://u:p@proxy.example:1', { host: 'proxy.example', port: 1, secure: false, authorization: 'Basic dTpw' }],
  ])('is read from %s', (value, proxy) => {
    expect(upstreamFor({ host: 'a.example', port: 443 }, { httpsProxy: value })).toEqual(proxy)
  })

  it.each([
    ['internal.example', 'internal.example'],
    ['a.internal.example', 'internal.example'],
    ['a.internal.example', '.internal.example'],
    ['a.internal.example', '*.internal.example'],
    ['a.internal.example', 'x.example,  INTERNAL.example'],
    ['anything.example', '*'],
    ['10.1.2.3', '10.0.0.0/8'],
    ['10.1.2.3', '10.1.2.3'],
    ['2001:db8::5', '2001:db8::/32'],
    ['2001:db8::5', '2001:db8::5'],
    ['a.example', 'a.example:443'],
    ['localhost', ''],
    ['127.0.0.9', ''],
    ['::1', ''],
  ])('is none for %s when NO_PROXY is "%s"', (host, noProxy) => {
    expect(isDirect(host, noProxy)).toBe(true)
  })

  it.each([
    ['notinternal.example', 'internal.example'],
    ['internal.example.org', 'internal.example'],
    ['11.1.2.3', '10.0.0.0/8'],
    ['10.1.2.3', '2.3'],
    ['10.1.2.3', '10.0.0.0/99'],
    ['a.example', 'a.example:8443'],
    ['a.example', ''],
  ])('stays for %s when NO_PROXY is "%s"', (host, noProxy) => {
    expect(isDirect(host, noProxy)).toBe(false)
  })

  it('is none without settings', () => {
    expect(upstreamFor({ host: 'a.example', port: 443 })).toBeUndefined()
    expect(upstreamFor({ host: 'a.example', port: 443 }, { httpsProxy: '' })).toBeUndefined()
  })

  it.each(['socks5://user:hidden@a.example:1', 'http://', 'http://user:hidden@'])(
    'is refused when the address is %s, without repeating it',
    (value) => {
      const attempt = (): unknown => upstreamFor({ host: 'a.example', port: 443 }, { httpsProxy: value })
      expect(attempt).toThrow('HTTPS_PROXY: expected http://host:port')
      expect(attempt).not.toThrow('hidden')
    },
  )
})
