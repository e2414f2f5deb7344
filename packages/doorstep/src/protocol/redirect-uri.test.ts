import { describe, expect, it } from 'vitest'
import { type Application, newApplication } from '../directory/application.ts'
import { findRedirectUri, isAbsoluteUri, redirectUriFor } from './redirect-uri.ts'

function registration(
  uris: { web?: readonly string[]; spa?: readonly string[]; publicClient?: readonly string[] },
  properties: Partial<Application> = {},
): Application {
  const identity = { id: 'o', appId: 'app', tenantId: 't', publisherDomain: 'd.example', createdDateTime: '' }
  const plain = newApplication({ displayName: 'App' }, identity)
  return {
    ...plain,
    web: { ...plain.web, redirectUris: uris.web ?? [] },
    spa: { redirectUris: uris.spa ?? [] },
    publicClient: { redirectUris: uris.publicClient ?? [] },
    ...properties,
  }
}

describe('a redirect URI matches', () => {
  it.each([
    ['https://a.example/cb', 'https://a.example/cb'],
    ['HTTPS://A.Example/cb', 'https://a.example/cb'],
    ['https://a.example', 'https://a.example/'],
    ['https://a.example/', 'https://a.example'],
    ['https://a.example:443/cb', 'https://a.example/cb'],
    ['https://a.example/cb?x=1', 'https://a.example/cb?x=1'],
    ['http://localhost:53000', 'http://localhost'],
    ['http://localhost:53000/', 'http://localhost'],
    ['http://localhost/cb', 'http://localhost:8080/cb'],
    ['http://localhost:1/cb', 'http://localhost:2/cb'],
    ['https://localhost:1/cb', 'https://localhost/cb'],
    ['http://127.0.0.1:53000/cb', 'http://127.0.0.1/cb'],
    ['urn:ietf:wg:oauth:2.0:oob', 'urn:ietf:wg:oauth:2.0:oob'],
    ['msauth.com.contoso.app://auth', 'msauth.com.contoso.app://auth'],
    ['https://app.contoso.com', 'https://*.contoso.com'],
    ['https://app.contoso.com/cb', 'https://*.contoso.com/cb'],
    ['https://app.contoso.com/any/where', 'https://*.contoso.com/*'],
  ])('%s, registered as %s', (requested, registered) => {
    expect(findRedirectUri(requested, registration({ web: [registered] }))).toEqual({ uri: requested, type: 'web' })
  })
})

describe('a redirect URI does not match', () => {
  it.each([
    ['https://a.example/CB', 'https://a.example/cb'],
    ['https://a.example/cb/', 'https://a.example/cb'],
    ['https://a.example/cb', 'https://a.example/cb/'],
    ['https://a.example/x/../cb', 'https://a.example/cb'],
    ['https://a.example/%63b', 'https://a.example/cb'],
    ['http://a.example/cb', 'https://a.example/cb'],
    ['https://a.example:8443/cb', 'https://a.example/cb'],
    ['https://a.example/cb?x=1', 'https://a.example/cb'],
    ['https://a.example/cb', 'https://a.example/cb?x=1'],
    ['https://a.example/cb#top', 'https://a.example/cb'],
    ['https://a.example.evil.example/cb', 'https://a.example/cb'],
    ['https://a.example@evil.example/cb', 'https://a.example/cb'],
    ['https://evil.example\\@a.example/cb', 'https://a.example/cb'],
    ['http://localhost/cb', 'http://localhost'],
    ['https://localhost', 'http://localhost'],
    ['http://localhost:80@evil.example', 'http://localhost'],
    ['http://localhost.evil.example', 'http://localhost'],
    ['http://127.0.0.1', 'http://localhost'],
    ['http://[::1]:53000', 'http://localhost'],
    ['msauth.com.contoso.app://AUTH', 'msauth.com.contoso.app://auth'],
    ['https://contoso.com', 'https://*.contoso.com'],
    ['https://evilcontoso.com', 'https://*.contoso.com'],
    ['http://app.contoso.com', 'https://*.contoso.com'],
    ['https://app.contoso.com/cb', 'https://*.contoso.com'],
    ['https://evil.example/.contoso.com', 'https://*.contoso.com'],
    ['https://evil.com', 'https://*.com'],
  ])('%s, registered as %s', (requested, registered) => {
    expect(findRedirectUri(requested, registration({ web: [registered] }))).toBeUndefined()
  })
})

describe('a wildcard', () => {
  it('has the answer go without query and fragment', () => {
    const found = findRedirectUri(
      'https://app.contoso.com/cb?x=1#y',
      registration({ web: ['https://*.contoso.com/cb'] }),
    )
    expect(found?.uri).toBe('https://app.contoso.com/cb')
  })

  it('is not for applications that take personal accounts', () => {
    const audience = { signInAudience: 'AzureADandPersonalMicrosoftAccount' } as const
    const application = registration({ web: ['https://*.contoso.com'] }, audience)
    expect(findRedirectUri('https://app.contoso.com', application)).toBeUndefined()
  })
})

describe('the type of a redirect URI', () => {
  it.each(['web', 'spa', 'publicClient'] as const)('is the platform it is registered on: %s', (type) => {
    expect(findRedirectUri('https://a.example/', registration({ [type]: ['https://a.example/'] }))?.type).toBe(type)
  })

  it('is that of the equal one, before one that differs by its port', () => {
    const application = registration({ web: ['http://localhost:1/cb'], publicClient: ['http://localhost:2/cb'] })
    expect(findRedirectUri('http://localhost:2/cb', application)?.type).toBe('publicClient')
    expect(findRedirectUri('http://localhost:3/cb', application)?.type).toBe('web')
  })
})

describe('where the answer goes', () => {
  const application = registration({
    web: ['https://*.contoso.com', 'https://a.example/cb'],
    spa: ['http://localhost'],
  })

  it('is the first registered URI without a wish', () => {
    expect(redirectUriFor(undefined, application)).toEqual({ uri: 'https://a.example/cb', type: 'web' })
  })

  it('is what was asked for', () => {
    expect(redirectUriFor('http://localhost:5173', application)).toEqual({ uri: 'http://localhost:5173', type: 'spa' })
  })

  it('is refused when it is not registered', () => {
    expect(() => redirectUriFor('https://b.example', application)).toThrow(
      "AADSTS50011: The redirect URI 'https://b.example' specified in the request does not match the redirect URIs configured for the application 'app'.",
    )
  })

  it.each(['https://b.example', undefined])('is refused when none is registered (asked for %s)', (requested) => {
    expect(() => redirectUriFor(requested, registration({}))).toThrow(expect.objectContaining({ code: 500113 }))
  })

  it.each(['/cb', 'a.example/cb', 'https://a.example/c b', 'https://local\thost', 'https://', ''])(
    '%j is no absolute URI',
    (requested) => {
      expect(isAbsoluteUri(requested)).toBe(false)
      expect(() => redirectUriFor(requested, application)).toThrow(expect.objectContaining({ code: 90102 }))
    },
  )
})
