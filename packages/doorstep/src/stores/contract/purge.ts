import { describe, expect, it } from 'vitest'
import type { Change, Stores } from '../stores.ts'
import { type StoresUnderTest, tenantId } from './records.ts'
import {
  aDeviceCode,
  anAuthorizationCode,
  aRefreshToken,
  aSession,
  aSignInRecord,
  day,
  minute,
  now,
} from './sign-in-records.ts'

interface ExpiringKind {
  readonly kind: string
  /** Milliseconds from a record's issue to its expiry. */
  readonly life: number
  /** A new record, issued at that instant. */
  readonly issued: (at: number) => { readonly id: string; readonly add: Change }
  readonly finds: (stores: Stores, id: string) => Promise<boolean>
}

const expiringKinds: readonly ExpiringKind[] = [
  {
    kind: 'authorization codes',
    life: 10 * minute,
    issued: (at) => {
      const code = anAuthorizationCode({ expiresAt: at + 10 * minute })
      return { id: code.id, add: { change: 'addAuthorizationCode', code } }
    },
    finds: async (stores, id) => (await stores.authorizationCodes.byId(id)) !== undefined,
  },
  {
    kind: 'refresh tokens',
    life: 90 * day,
    issued: (at) => {
      const token = aRefreshToken({ issuedAt: at, expiresAt: at + 90 * day })
      return { id: token.id, add: { change: 'addRefreshToken', token } }
    },
    finds: async (stores, id) => (await stores.refreshTokens.byId(id)) !== undefined,
  },
  {
    kind: 'device codes',
    life: 15 * minute,
    issued: (at) => {
      const code = aDeviceCode({ expiresAt: at + 15 * minute })
      return { id: code.id, add: { change: 'addDeviceCode', code } }
    },
    finds: async (stores, id) => (await stores.deviceCodes.byId(id)) !== undefined,
  },
  {
    kind: 'browser sessions',
    life: day,
    issued: (at) => {
      const session = aSession({ createdAt: at, expiresAt: at + day })
      return { id: session.id, add: { change: 'putSession', session } }
    },
    finds: async (stores, id) => (await stores.sessions.byId(id)) !== undefined,
  },
  {
    kind: 'lines of the sign-in log',
    life: 30 * day,
    issued: (at) => {
      const record = aSignInRecord({ createdDateTime: new Date(at).toISOString() })
      return { id: record.id, add: { change: 'addSignInRecord', record } }
    },
    finds: async (stores, id) =>
      (await stores.signInRecords.list({ tenantId, top: 100 })).items.some((line) => line.id === id),
  },
]

/** What nobody needs any more goes with the next additions, a bounded number each time. */
export function purgeContract(stores: StoresUnderTest): void {
  describe('an addition', () => {
    it.each(expiringKinds)('takes along at most twenty long expired $kind', async ({ life, issued, finds }) => {
      const longExpired = Array.from({ length: 30 }, (_, index) => issued(now - life - 3 * day + index))
      const justExpired = issued(now - life)
      const unexpired = issued(now - 1)
      for (const { add } of [justExpired, ...longExpired]) await stores().commit([add])
      const found = async () => {
        const all = await Promise.all(longExpired.map(({ id }) => finds(stores(), id)))
        return all.flatMap((isThere, index) => (isThere ? [index] : []))
      }
      expect(await found()).toHaveLength(30)
      await stores().commit([unexpired.add])
      expect(await found()).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29])
      await stores().commit([issued(now).add])
      expect(await found()).toEqual([])
      for (const { id } of [justExpired, unexpired]) expect(await finds(stores(), id)).toBe(true)
    })
  })

  describe('reset', () => {
    it.each(expiringKinds)('removes $kind', async ({ issued, finds }) => {
      const { id, add } = issued(now)
      await stores().commit([add])
      expect(await finds(stores(), id)).toBe(true)
      await stores().reset([])
      expect(await finds(stores(), id)).toBe(false)
    })
  })
}
