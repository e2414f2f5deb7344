import { describe, expect, it } from 'vitest'
import {
  bearerChallenge,
  bearerToken,
  createGuard,
  InsufficientPermission,
  requireRole,
  requireScope,
  TokenRefused,
  type VerifiedToken,
} from '../src/index.ts'
import { API, type Members, NOW, signed, signingKeyPair, TENANT, v2Claims } from './support/entra-tokens.ts'

const key = signingKeyPair('key-1')
const guard = createGuard({ tenants: [TENANT], audience: API, keys: { keys: [key.jwk] }, clock: () => NOW })
const tokenWith = (claims: Members): Promise<VerifiedToken> => guard.verify(signed(key, { ...v2Claims, ...claims }))

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('expected an error')
}

describe('requireScope', () => {
  it('lets a user with any of the scopes pass', async () => {
    const token = await tokenWith({ scp: 'Files.Read Mail.Read' })
    expect(() => requireScope(token, 'Files.Read')).not.toThrow()
    expect(() => requireScope(token, 'Files.ReadWrite', 'Mail.Read')).not.toThrow()
  })

  it('refuses a user without them and says what the token has', async () => {
    const token = await tokenWith({ scp: 'Files.Read' })
    const error = thrownBy(() => requireScope(token, 'Files.ReadWrite', 'Mail.Read'))
    expect(error).toBeInstanceOf(InsufficientPermission)
    expect(error).toMatchObject({
      permission: 'scope',
      anyOf: ['Files.ReadWrite', 'Mail.Read'],
      message: "This operation needs the scope 'Files.ReadWrite' or 'Mail.Read'; the token has 'Files.Read'.",
    })
  })

  it('compares whole scopes, letter for letter', async () => {
    const token = await tokenWith({ scp: 'Files.ReadWrite' })
    expect(() => requireScope(token, 'Files.Read')).toThrow(InsufficientPermission)
    expect(() => requireScope(token, 'files.readwrite')).toThrow(InsufficientPermission)
  })

  it("refuses an application's own token, even with a role of that name", async () => {
    const token = await tokenWith({ roles: ['Files.Read'] })
    expect(() => requireScope(token, 'Files.Read')).toThrow(/application's own/)
  })

  it('takes a check without a scope for the mistake it is', async () => {
    const token = await tokenWith({ scp: 'Files.Read' })
    expect(() => requireScope(token)).toThrow(TypeError)
    expect(() => requireScope(token, '')).toThrow(TypeError)
  })
})

describe('requireRole', () => {
  it('lets an application and a user with any of the roles pass', async () => {
    const roles = ['Files.Read.All']
    for (const claims of [{ roles }, { roles, scp: 'Files.Read' }]) {
      const token = await tokenWith(claims)
      expect(() => requireRole(token, 'Files.ReadWrite.All', 'Files.Read.All')).not.toThrow()
    }
  })

  it('refuses a token without them, scopes of that name included', async () => {
    const token = await tokenWith({ scp: 'Files.Read.All' })
    const error = thrownBy(() => requireRole(token, 'Files.Read.All'))
    expect(error).toMatchObject({
      permission: 'role',
      message: "This operation needs the app role 'Files.Read.All'; the token has none.",
    })
    expect(() => requireRole(token)).toThrow(TypeError)
  })
})

describe('bearerToken', () => {
  it.each(['Bearer abc.def', 'bearer abc.def', 'BEARER  abc.def', ' Bearer abc.def '])('reads %j', (header) => {
    expect(bearerToken(header)).toBe('abc.def')
  })

  it.each([undefined, null, '', ' ', 'Bearer', 'Bearer ', 'Basic YTpi', 'abc.def', 'Bearerabc.def'])(
    'finds no token in %j',
    (header) => {
      const error = thrownBy(() => bearerToken(header))
      expect(error).toBeInstanceOf(TokenRefused)
      expect(error).toMatchObject({ reason: 'missing' })
      expect(String(error)).not.toContain('abc.def')
    },
  )

  it.each(['Bearer a b', 'Bearer a, Bearer b', 'Bearer a,b', 'Bearer a\tb'])('refuses %j as malformed', (header) => {
    expect(thrownBy(() => bearerToken(header))).toMatchObject({ reason: 'malformed' })
  })
})

describe('bearerChallenge', () => {
  const authorizationUri = `https://login.microsoftonline.com/${TENANT}`

  it('names the place to sign in, and no error, to a request without a token', () => {
    const missing = thrownBy(() => bearerToken(undefined)) as TokenRefused
    expect(bearerChallenge(missing)).toBe('Bearer')
    expect(bearerChallenge(missing, { realm: '', authorizationUri, clientId: API })).toBe(
      `Bearer realm="", authorization_uri="${authorizationUri}", client_id="${API}"`,
    )
  })

  it('says why a token was refused', () => {
    expect(bearerChallenge(new TokenRefused('expired', 'The token expired.'), { authorizationUri })).toBe(
      `Bearer authorization_uri="${authorizationUri}", error="invalid_token", error_description="The token expired."`,
    )
  })

  it('names the scopes that would have been enough', async () => {
    const token = await tokenWith({ scp: 'a' })
    const error = thrownBy(() => requireScope(token, 'b', 'c')) as InsufficientPermission
    expect(bearerChallenge(error)).toBe(
      'Bearer error="insufficient_scope", ' +
        `error_description="This operation needs the scope 'b' or 'c'; the token has 'a'.", scope="b c"`,
    )
  })

  it('names no scopes for a missing app role', async () => {
    const token = await tokenWith({})
    const error = thrownBy(() => requireRole(token, 'b')) as InsufficientPermission
    expect(bearerChallenge(error)).toMatch(/^Bearer error="insufficient_scope", error_description="[^"]*"$/)
  })

  it('asks for claims', () => {
    expect(bearerChallenge({ realm: '', error: 'insufficient_claims', claims: 'eyJhIjoxfQ==' })).toBe(
      'Bearer realm="", error="insufficient_claims", claims="eyJhIjoxfQ=="',
    )
  })

  it('cannot be broken out of by what a token says', async () => {
    const hostile = signed(key, { ...v2Claims, aud: 'x", error="none\r\nSet-Cookie: a=b\\\u2028ü…' })
    const refused: TokenRefused = await guard.verify(hostile).then(
      () => Promise.reject(new Error('expected a refusal')),
      (error) => error,
    )
    const challenge = bearerChallenge(refused, { realm: 'a"b\\\nc' })
    expect(challenge).toMatch(/^Bearer realm="a'b\/\?c", error="invalid_token", error_description="[^"\\]*"$/)
    expect(challenge).toMatch(/^[\x20-\x7e]*$/)
    expect(() => new Headers({ 'www-authenticate': challenge })).not.toThrow()
  })
})
