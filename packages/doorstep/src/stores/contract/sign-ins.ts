import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { NoSuchRecord } from '../../directory/changes.ts'
import type { Filter } from '../../directory/query.ts'
import type { SignInRecord } from '../../protocol/sign-in-records.ts'
import type { Change } from '../stores.ts'
import {
  anApplication,
  aServicePrincipal,
  aTenant,
  aUser,
  otherTenantId,
  type StoresUnderTest,
  tenantId,
} from './records.ts'
import {
  aDeviceCode,
  aHash,
  anAuthorizationCode,
  aRefreshToken,
  aSession,
  aSignedInUser,
  aSignInRecord,
  minute,
  now,
} from './sign-in-records.ts'

const aSessionClient = { appId: randomUUID(), issuer: 'https://login.microsoftonline.com/tenant/v2.0' }

/** What sign-ins leave behind is found as it is now, never from memory, and a code serves once. */
export function signInsContract(stores: StoresUnderTest): void {
  describe('an authorization code', () => {
    it('is found by its hash, to the letter, and says later that it was consumed', async () => {
      const code = anAuthorizationCode({ id: `aB-_${aHash()}` })
      await stores().commit([{ change: 'addAuthorizationCode', code }])
      const { byId } = stores().authorizationCodes
      expect(await byId(code.id)).toEqual({ code, consumed: false })
      expect(await byId(code.id.toLowerCase())).toBeUndefined()
      await stores().commit([{ change: 'consumeAuthorizationCode', id: code.id }])
      expect(await byId(code.id)).toEqual({ code, consumed: true })
      await expect(stores().commit([{ change: 'consumeAuthorizationCode', id: code.id }])).rejects.toBeInstanceOf(
        NoSuchRecord,
      )
    })
  })

  describe('a refresh token', () => {
    it('is found by its hash, beside the older ones', async () => {
      const [older, newer] = [aRefreshToken(), aRefreshToken({ redirectUriType: 'spa', resource: 'https://x/' })]
      await stores().commit([{ change: 'addRefreshToken', token: older }])
      await stores().commit([{ change: 'addRefreshToken', token: newer }])
      expect(await stores().refreshTokens.byId(older.id)).toEqual(older)
      expect(await stores().refreshTokens.byId(newer.id)).toEqual(newer)
      expect(await stores().refreshTokens.byId(aHash())).toBeUndefined()
    })
  })

  describe('a device code', () => {
    it('is found by its hash, and by what a person types in any case', async () => {
      const code = aDeviceCode({ userCode: 'ABCD1234E' })
      await stores().commit([{ change: 'addDeviceCode', code }])
      expect(await stores().deviceCodes.byId(code.id)).toEqual(code)
      expect(await stores().deviceCodes.byUserCode('ABCD1234E', now)).toEqual(code)
      expect(await stores().deviceCodes.byUserCode('abcd1234e', now)).toEqual(code)
      expect(await stores().deviceCodes.byUserCode('ABCD1234', now)).toBeUndefined()
    })

    it('is not found by what a person types once it has expired, though polls still hear of it', async () => {
      const code = aDeviceCode()
      await stores().commit([{ change: 'addDeviceCode', code }])
      expect(await stores().deviceCodes.byUserCode(code.userCode, code.expiresAt - 1)).toEqual(code)
      expect(await stores().deviceCodes.byUserCode(code.userCode, code.expiresAt)).toBeUndefined()
      expect(await stores().deviceCodes.byId(code.id)).toEqual(code)
    })

    it.each([{ kind: 'approved', ...aSignedInUser() } as const, { kind: 'declined' } as const])(
      'is answered once: $kind',
      async (answer) => {
        const code = aDeviceCode()
        await stores().commit([{ change: 'addDeviceCode', code }])
        expect(await stores().deviceCodes.byId(code.id)).toEqual(code)
        await stores().commit([{ change: 'answerDeviceCode', id: code.id, answer }])
        expect(await stores().deviceCodes.byId(code.id)).toEqual({ ...code, answer })
        expect(await stores().deviceCodes.byUserCode(code.userCode, now)).toEqual({ ...code, answer })

        for (const another of [{ kind: 'declined' }, { kind: 'approved', ...aSignedInUser() }] as const) {
          const again = stores().commit([{ change: 'answerDeviceCode', id: code.id, answer: another }])
          await expect(again).rejects.toBeInstanceOf(NoSuchRecord)
        }
        expect(await stores().deviceCodes.byId(code.id)).toEqual({ ...code, answer })
      },
    )

    it('is found by nobody once it was consumed', async () => {
      const code = aDeviceCode({ runId: 'run' })
      await stores().commit([
        { change: 'addDeviceCode', code },
        { change: 'consumeDeviceCode', id: code.id },
      ])
      expect(await stores().deviceCodes.byId(code.id)).toBeUndefined()
      expect(await stores().deviceCodes.byUserCode(code.userCode, now)).toBeUndefined()
      expect(await stores().deviceCodes.pendingOfRun('run', now)).toEqual([])
    })

    it('is listed for its run while it is pending, the one that expires first at the head', async () => {
      const later = aDeviceCode({ runId: 'run', expiresAt: now + 2 * minute })
      const sooner = aDeviceCode({ runId: 'run', expiresAt: now + minute })
      const answered = aDeviceCode({ runId: 'run' })
      const codes = [later, sooner, answered, aDeviceCode({ runId: 'another' }), aDeviceCode()]
      await stores().commit([
        ...codes.map((code) => ({ change: 'addDeviceCode', code }) as const),
        { change: 'answerDeviceCode', id: answered.id, answer: { kind: 'declined' } },
      ])
      expect(await stores().deviceCodes.pendingOfRun('run', now)).toEqual([sooner, later])
      expect(await stores().deviceCodes.pendingOfRun('run', now + minute)).toEqual([later])
    })
  })

  describe('a browser session', () => {
    it('is replaced when it is put again, and gone when it is deleted, however often', async () => {
      const session = aSession()
      const grown = { ...session, accounts: [...session.accounts, ...aSession().accounts], persistent: true }
      const { byId } = stores().sessions
      for (const put of [session, grown]) {
        await stores().commit([{ change: 'putSession', session: put }])
        expect(await byId(session.id)).toEqual(put)
      }
      const used = { ...grown, accounts: grown.accounts.map((each) => ({ ...each, clients: [aSessionClient] })) }
      await stores().commit([{ change: 'updateSession', session: used, before: grown }])
      expect(await byId(session.id)).toEqual(used)
      const late = stores().commit([{ change: 'updateSession', session: { ...grown, expiresAt: 1 }, before: grown }])
      await expect(late).rejects.toMatchObject({ name: 'ConcurrentChange' })
      expect(await byId(session.id)).toEqual(used)
      const other = aSession()
      await stores().commit([{ change: 'putSession', session: other }])
      for (const _ of [1, 2]) await stores().commit([{ change: 'deleteSession', id: session.id }])
      expect(await byId(session.id)).toBeUndefined()
      await stores().commit([{ change: 'updateSession', session: used, before: used }])
      expect(await byId(session.id)).toBeUndefined()
      expect(await byId(other.id)).toEqual(other)
    })
  })

  describe('the sign-in log', () => {
    it('lists the newest of one tenant first, as many as are asked for', async () => {
      const at = (minutes: number) => new Date(now + minutes * minute).toISOString()
      const [first, second, third] = [
        aSignInRecord({ createdDateTime: at(0), errorCode: 50126 }),
        aSignInRecord({ createdDateTime: at(1), userId: null, userPrincipalName: null, kind: 'application' }),
        aSignInRecord({ createdDateTime: at(2) }),
      ]
      const foreign = aSignInRecord({ tenantId: otherTenantId, createdDateTime: at(3) })
      await stores().commit(
        [second, third, foreign, first].map((record) => ({ change: 'addSignInRecord', record }) as const),
      )
      const { list } = stores().signInRecords
      const all = { items: [third, second, first], next: undefined }
      expect(await list({ tenantId: tenantId.toUpperCase(), top: 3 })).toEqual(all)
      const page = await list({ tenantId, top: 2 })
      expect(page.items).toEqual([third, second])
      expect(await list({ tenantId, top: 2, after: page.next })).toEqual({ items: [first], next: undefined })
      expect((await list({ tenantId: randomUUID(), top: 10 })).items).toEqual([])
    })

    it('pages through lines of the same moment, though newer ones come meanwhile', async () => {
      const line = (properties: Partial<SignInRecord> = {}) =>
        ({ change: 'addSignInRecord', record: aSignInRecord(properties) }) as const
      const lines = Array.from({ length: 5 }, () => line())
      await stores().commit(lines)
      const found: string[] = []
      for (let after: string | undefined, page = 0; page < 3; page += 1) {
        const { items, next } = await stores().signInRecords.list({ tenantId, top: 2, after })
        found.push(...items.map(({ id }) => id))
        await stores().commit([line({ createdDateTime: new Date(now + minute).toISOString() })])
        after = next
      }
      expect(found.sort()).toEqual(lines.map(({ record }) => record.id).sort())
    })

    it.each(['', '1', 'x.y', '-1.x'])('has no page after %j', async (after) => {
      const page = stores().signInRecords.list({ tenantId, top: 2, after })
      await expect(page).rejects.toMatchObject({ name: 'UnknownPage' })
    })

    it('is filtered by what its lines keep, and by the names that things have now', async () => {
      const application = anApplication({ displayName: 'Notebook' })
      const servicePrincipal = aServicePrincipal(application)
      const user = aUser({ displayName: 'Alice' })
      const wanted = aSignInRecord({
        createdDateTime: new Date(now + minute).toISOString(),
        userId: user.id,
        clientAppId: application.appId,
        resourceAppId: application.appId,
        kind: 'device code',
        errorCode: 50126,
      })
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal },
        { change: 'createUser', user },
        { change: 'addSignInRecord', record: wanted },
        { change: 'addSignInRecord', record: aSignInRecord({ userPrincipalName: 'bob@contoso.example' }) },
      ])
      const equal: Readonly<Record<string, string | number>> = {
        id: wanted.id,
        userId: user.id.toUpperCase(),
        userPrincipalName: 'ALICE@contoso.example',
        appId: application.appId,
        resourceId: application.appId,
        clientAppUsed: 'device code',
        correlationId: wanted.correlationId,
        'status/errorCode': 50126,
        userDisplayName: 'alice',
        appDisplayName: 'notebook',
        resourceDisplayName: servicePrincipal.displayName,
        createdDateTime: wanted.createdDateTime,
      }
      const matching = async (filter: Filter) => (await stores().signInRecords.list({ tenantId, top: 9, filter })).items
      for (const [property, value] of Object.entries(equal)) {
        expect(await matching({ kind: 'compare', operator: 'eq', property, value }), property).toEqual([wanted])
      }
      const since = { kind: 'compare', operator: 'gt', property: 'createdDateTime', value: new Date(now).toISOString() }
      expect(await matching(since as Filter)).toEqual([wanted])
      const unsupported = matching({ kind: 'compare', operator: 'eq', property: 'status', value: 'x' })
      await expect(unsupported).rejects.toMatchObject({ name: 'UnsupportedFilter', property: 'status' })
    })
  })

  redemptionContract(stores)
}

interface OneTimeChange {
  readonly what: string
  readonly before: Change
  readonly once: () => Change
}

function oneTimeChanges(): readonly OneTimeChange[] {
  const [code, deviceCode, pending] = [anAuthorizationCode(), aDeviceCode(), aDeviceCode()]
  return [
    {
      what: 'an authorization code',
      before: { change: 'addAuthorizationCode', code },
      once: () => ({ change: 'consumeAuthorizationCode', id: code.id }),
    },
    {
      what: 'a device code',
      before: { change: 'addDeviceCode', code: deviceCode },
      once: () => ({ change: 'consumeDeviceCode', id: deviceCode.id }),
    },
    {
      what: 'the answer to a device code',
      before: { change: 'addDeviceCode', code: pending },
      once: () => ({
        change: 'answerDeviceCode',
        id: pending.id,
        answer: { kind: 'approved', ...aSignedInUser() },
      }),
    },
  ]
}

/** Whoever loses gets nothing: neither the code nor what was to come with it. */
function redemptionContract(stores: StoresUnderTest): void {
  const outcomesOf = (attempts: readonly (readonly Change[])[]) =>
    Promise.allSettled(attempts.map((changes) => stores().commit(changes)))
  const expectOneWinner = (outcomes: readonly PromiseSettledResult<void>[]) => {
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(NoSuchRecord)
    }
  }

  describe('of twenty who want it at once', () => {
    it.each(oneTimeChanges())('exactly one gets $what', async ({ before, once }) => {
      await stores().commit([before])
      expectOneWinner(await outcomesOf(Array.from({ length: 20 }, () => [once()])))
    })

    it.each(oneTimeChanges())('only the one who gets $what keeps his refresh token', async ({ before, once }) => {
      await stores().commit([before])
      const tokens = Array.from({ length: 20 }, () => aRefreshToken())
      // Half of them write the token first, so that there is something to take back.
      const outcomes = await outcomesOf(
        tokens.map((token, index) => {
          const add = { change: 'addRefreshToken', token } as const
          return index % 2 === 0 ? [add, once()] : [once(), add]
        }),
      )
      expectOneWinner(outcomes)
      const kept = await Promise.all(tokens.map(({ id }) => stores().refreshTokens.byId(id)))
      expect(kept.map((token) => token !== undefined)).toEqual(outcomes.map(({ status }) => status === 'fulfilled'))
    })
  })

  it('gives a code back when what came with its redemption is refused', async () => {
    const [code, tenant] = [anAuthorizationCode(), aTenant()]
    await stores().commit([
      { change: 'addAuthorizationCode', code },
      { change: 'createTenant', tenant },
    ])
    const refused: Change[] = [
      { change: 'consumeAuthorizationCode', id: code.id },
      { change: 'createTenant', tenant },
    ]
    await expect(stores().commit(refused)).rejects.toMatchObject({ name: 'AlreadyExists' })
    expect(await stores().authorizationCodes.byId(code.id)).toEqual({ code, consumed: false })
  })
}
