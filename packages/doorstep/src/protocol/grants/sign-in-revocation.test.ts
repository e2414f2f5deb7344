import { describe, expect, it } from 'vitest'
import { EntraError } from '../errors.ts'
import { refuseRevoked, revokedBy } from './sign-in-revocation.ts'

const authenticatedAt = Date.UTC(2030, 0, 1)
const [before, atOnce, after] = ['2029-12-31T23:59:59Z', '2030-01-01T00:00:00Z', '2030-01-01T00:00:01Z']
const account = (validFrom: string | null, changed: string | undefined) => ({
  user: { signInSessionsValidFromDateTime: validFrom },
  password: changed === undefined ? undefined : { changedDateTime: changed },
})

describe('a sign-in', () => {
  it.each([
    ['pwd', null, before, undefined],
    ['pwd', null, atOnce, undefined],
    ['pwd', null, after, after],
    ['pwd', null, undefined, undefined],
    ['control', null, after, undefined],
    ['pwd', before, before, undefined],
    ['pwd', after, before, after],
    ['pwd', after, undefined, after],
    ['control', atOnce, undefined, undefined],
    ['control', after, undefined, after],
    ['pwd', after, '2030-01-01T00:00:02Z', '2030-01-01T00:00:02Z'],
  ] as const)('by %s, sessions valid from %s, password of %s: %s', (method, validFrom, changed, expected) => {
    const validSince = expected === undefined ? undefined : Date.parse(expected)
    expect(revokedBy({ method, authenticatedAt }, account(validFrom, changed))).toBe(validSince)
  })

  it('that is revoked is refused with both instants', () => {
    const refuse = () =>
      refuseRevoked({ method: 'pwd', authenticatedAt }, authenticatedAt + 5, account(after, undefined))
    expect(refuse).toThrow(EntraError)
    expect(refuse).toThrow(/issued on '2030-01-01T00:00:00.0050000Z'.*user is '2030-01-01T00:00:01.0000000Z'/)
  })
})
