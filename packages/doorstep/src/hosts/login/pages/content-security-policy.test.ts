import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy } from './content-security-policy.ts'

const nonce = 'bm9uY2Utbm9uY2U='

describe('the content security policy', () => {
  it('allows style and script by nonce, forms to ourselves and the redirect URI, and nothing else', () => {
    expect(contentSecurityPolicy(nonce, ['https://app.example/cb?x=1', 'https://app.example/other'])).toBe(
      `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src data:; form-action 'self' https://app.example; frame-ancestors 'none'; base-uri 'none'`,
    )
  })

  it.each([
    ['http://localhost:3000/cb', "form-action 'self' http://localhost:3000;"],
    ['http://[::1]:3000/cb', "form-action 'self' http:;"],
    ['msauth.com.contoso.app://auth', "form-action 'self' msauth.com.contoso.app:;"],
    ['urn:ietf:wg:oauth:2.0:oob', "form-action 'self' urn:;"],
    ['javascript:alert(1)', "form-action 'self';"],
    ['data:text/html,x', "form-action 'self';"],
    ["https://a.example; script-src 'unsafe-inline'", "form-action 'self';"],
    ['https://*.example/', "form-action 'self' https:;"],
    ['not a uri', "form-action 'self';"],
  ])('turns %s into the narrowest source', (uri, directive) => {
    expect(contentSecurityPolicy(nonce, [uri])).toContain(directive)
  })

  it('lets a page frame or be framed only where its route says so, and post anywhere only when asked', () => {
    const policy = contentSecurityPolicy(nonce, 'any', {
      frames: ['https://a.example/out'],
      framedBy: ['https://spa.example/x'],
    })
    expect(policy).toContain('frame-src https://a.example;')
    expect(policy).toContain('frame-ancestors https://spa.example;')
    expect(policy).not.toContain('form-action')
    expect(contentSecurityPolicy(nonce, [])).not.toContain('frame-src')
  })

  it.each(['', 'short', "x'; script-src *", 'a b c d e f'])('refuses the nonce %j', (bad) => {
    expect(() => contentSecurityPolicy(bad, [])).toThrow(TypeError)
  })
})
