import { describe, expect, it } from 'vitest'
import { cookieJar } from './cookie-jar.ts'

describe('the cookies of a sign-in browser', () => {
  it('go back to the origin that set them, and to no other port of the same host', () => {
    const jar = cookieJar()
    jar.take(new URL('https://localhost:8443/common/login'), ['ESTSAUTH=secret; Path=/; Secure', 'esctx=1; Path=/'])
    expect(jar.headerFor(new URL('https://localhost:8443/elsewhere'))).toBe('ESTSAUTH=secret; esctx=1')
    expect(jar.headerFor(new URL('http://localhost:8443/'))).toBeUndefined()
    expect(jar.headerFor(new URL('http://localhost:53000/?code=1'))).toBeUndefined()
  })

  it('are forgotten when they run out', () => {
    const jar = cookieJar()
    const url = new URL('https://login.microsoftonline.com/')
    jar.set(url, 'a', '1')
    jar.take(url, ['a=; Max-Age=0'])
    expect(jar.headerFor(url)).toBeUndefined()
  })
})
