import { describe, expect, it } from 'vitest'
import type { Filter } from '../../directory/query.ts'
import type { User } from '../../directory/user.ts'
import type { Change } from '../stores.ts'
import {
  aGroup,
  anApplication,
  aServicePrincipal,
  aUser,
  otherTenantId,
  type StoresUnderTest,
  tenantId,
} from './records.ts'

type Value = string | number | boolean | null
type Operator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'
const compare = (property: string, operator: Operator, value: Value): Filter => ({
  kind: 'compare',
  property,
  operator,
  value,
})
const eq = (property: string, value: Value) => compare(property, 'eq', value)
const not = (operand: Filter): Filter => ({ kind: 'not', operand })
const startsWith = (property: string, value: string): Filter => ({ kind: 'startsWith', property, value })
const endsWith = (property: string, value: string): Filter => ({ kind: 'endsWith', property, value })
const any = (collection: string, value: string): Filter => ({ kind: 'any', collection, value })

const names = [
  'alpha',
  'Alphabet',
  "O'Neil",
  '100%',
  'under_score',
  'underXscore',
  'Äpfel',
  'a\\b',
  '💡',
  'x; drop table',
]
const hostile = ["'; drop table directory_user; --", "' or '1'='1", '%', '_', '\\', '"', '\u0000', '$1', '?', '💡%']

/** Collections are filtered and paged by the database, and a value is never more than a value. */
export function queriesContract(stores: StoresUnderTest): void {
  const namesWhere = async (filter: Filter) => {
    const { items } = await stores().users.list({ tenantId, top: 100, filter })
    return items.map(({ displayName }) => displayName).sort()
  }
  const create = (users: readonly User[]) =>
    stores().commit(users.map((user): Change => ({ change: 'createUser', user })))
  const named = () => create(names.map((displayName) => aUser({ displayName })))

  describe('pages', () => {
    it('lists 250 objects once each, in one order, whatever the size of a page', async () => {
      await create(Array.from({ length: 250 }, () => aUser()))
      await create([aUser({ tenantId: otherTenantId })])
      const inOnePage = (await stores().users.list({ tenantId, top: 999 })).items.map(({ id }) => id)
      expect(inOnePage).toEqual([...new Set(inOnePage)].sort())
      expect(inOnePage).toHaveLength(250)
      for (const top of [50, 99]) {
        const seen: string[] = []
        let after: string | undefined
        do {
          const page = await stores().users.list({ tenantId, top, after })
          expect(page.items.length).toBeLessThanOrEqual(top)
          seen.push(...page.items.map(({ id }) => id))
          after = page.next
        } while (after !== undefined)
        expect(seen).toEqual(inOnePage)
      }
    })

    it('pages through what a filter leaves', async () => {
      await create(Array.from({ length: 30 }, (_, index) => aUser({ displayName: index % 2 === 0 ? 'even' : 'odd' })))
      const filter = eq('displayName', 'EVEN')
      const first = await stores().users.list({ tenantId, top: 10, filter })
      const second = await stores().users.list({ tenantId, top: 10, filter, after: first.next })
      expect([first.items.length, second.items.length, second.next]).toEqual([10, 5, undefined])
      expect([...first.items, ...second.items].every(({ displayName }) => displayName === 'even')).toBe(true)
    })

    it('takes the end of a page from anybody without harm', async () => {
      await create([aUser()])
      expect((await stores().users.list({ tenantId, top: 1, after: "' or 1=1 --" })).items).toHaveLength(1)
    })
  })

  describe('filters', () => {
    it('compare text in any case', async () => {
      await named()
      expect(await namesWhere(eq('displayName', 'ALPHA'))).toEqual(['alpha'])
      expect(await namesWhere(eq('displayName', 'äPFEL'))).toEqual(['Äpfel'])
      expect(await namesWhere(eq('displayName', "o'neil"))).toEqual(["O'Neil"])
      expect(await namesWhere({ kind: 'in', property: 'displayName', values: ['ALPHA', '💡', 'none'] })).toEqual([
        'alpha',
        '💡',
      ])
      expect(await namesWhere({ kind: 'in', property: 'displayName', values: [] })).toEqual([])
    })

    it('know no wildcards', async () => {
      await named()
      expect(await namesWhere(startsWith('displayName', 'ALPHA'))).toEqual(['Alphabet', 'alpha'])
      expect(await namesWhere(startsWith('displayName', 'under_'))).toEqual(['under_score'])
      expect(await namesWhere(startsWith('displayName', '%'))).toEqual([])
      expect(await namesWhere(startsWith('displayName', '100%'))).toEqual(['100%'])
      expect(await namesWhere(startsWith('displayName', '💡'))).toEqual(['💡'])
      expect(await namesWhere(startsWith('displayName', '\u{10ffff}'))).toEqual([])
      expect(await namesWhere(startsWith('displayName', ''))).toHaveLength(names.length)
      expect(await namesWhere(endsWith('displayName', 'SCORE'))).toEqual(['underXscore', 'under_score'])
      expect(await namesWhere(endsWith('displayName', '_score'))).toEqual(['under_score'])
      expect(await namesWhere(endsWith('displayName', 'a long text before alpha'))).toEqual([])
      expect(await namesWhere(endsWith('displayName', ''))).toHaveLength(names.length)
    })

    it.each(hostile)('take %j for a value', async (value) => {
      await named()
      for (const filter of [
        eq('displayName', value),
        startsWith('displayName', value),
        endsWith('displayName', value),
      ]) {
        const found = await namesWhere(filter)
        expect(
          found.every((name) => name.includes(value)),
          JSON.stringify([filter, found]),
        ).toBe(true)
      }
      expect(await namesWhere({ kind: 'in', property: 'displayName', values: [value] })).toEqual([])
      expect((await stores().groups.list({ tenantId, top: 5, filter: any('groupTypes', value) })).items).toEqual([])
      expect(await namesWhere(not(eq('displayName', value)))).toHaveLength(names.length)
    })

    it('know what has no value', async () => {
      await create([aUser({ displayName: 'with', mail: 'With@contoso.example' }), aUser({ displayName: 'without' })])
      expect(await namesWhere(eq('mail', null))).toEqual(['without'])
      expect(await namesWhere(compare('mail', 'ne', null))).toEqual(['with'])
      expect(await namesWhere(compare('mail', 'gt', null))).toEqual([])
      expect(await namesWhere(compare('mail', 'ne', 'with@contoso.example'))).toEqual(['without'])
      expect(await namesWhere(not(eq('mail', 'with@contoso.example')))).toEqual(['without'])
      expect(await namesWhere(not(startsWith('mail', 'x')))).toEqual(['with', 'without'])
      expect(await namesWhere(not({ kind: 'in', property: 'mail', values: ['with@contoso.example'] }))).toEqual([
        'without',
      ])
      expect(await namesWhere(not(endsWith('mail', 'example')))).toEqual(['without'])
      expect(await namesWhere(eq('displayName', null))).toEqual([])
    })

    it('combine', async () => {
      await create([
        aUser({ displayName: 'a', accountEnabled: false }),
        aUser({ displayName: 'b', userType: 'Guest' }),
        aUser({ displayName: 'c' }),
      ])
      const disabled = eq('accountEnabled', false)
      const guest = eq('userType', 'Guest')
      expect(await namesWhere({ kind: 'or', left: disabled, right: guest })).toEqual(['a', 'b'])
      expect(await namesWhere(not({ kind: 'or', left: disabled, right: guest }))).toEqual(['c'])
      const enabled = compare('accountEnabled', 'ne', false)
      expect(await namesWhere({ kind: 'and', left: enabled, right: not(guest) })).toEqual(['c'])
    })

    it('compare instants, however they are written', async () => {
      const early = anApplication({ displayName: 'early' }, { createdDateTime: '2026-01-01T00:00:00Z' })
      const late = anApplication({ displayName: 'late' }, { createdDateTime: '2026-01-01T00:00:00.500Z' })
      await stores().commit([early, late].map((application): Change => ({ change: 'createApplication', application })))
      const found = async (filter: Filter) => {
        const { items } = await stores().applications.list({ tenantId, top: 5, filter })
        return items.map(({ displayName }) => displayName).sort()
      }
      expect(await found(compare('createdDateTime', 'gt', '2026-01-01T01:00:00+01:00'))).toEqual(['late'])
      expect(await found(compare('createdDateTime', 'le', '2026-01-01T00:00:00.500Z'))).toEqual(['early', 'late'])
      await expect(found(compare('createdDateTime', 'le', 'yesterday'))).rejects.toMatchObject({
        name: 'UnsupportedFilter',
      })
    })

    it('look into collections', async () => {
      const application = anApplication({ identifierUris: ['api://Contoso/Files'], tags: ['HideApp', 'x'] })
      const servicePrincipal = aServicePrincipal(application, { tags: ['Shown'] })
      const group = aGroup({ groupTypes: ['Unified'] })
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createApplication', application: anApplication({ tags: ['shown'] }) },
        { change: 'createServicePrincipal', servicePrincipal },
        { change: 'createServicePrincipal', servicePrincipal: aServicePrincipal(anApplication()) },
        { change: 'createGroup', group },
        { change: 'createGroup', group: aGroup() },
      ])
      const { applications, groups, servicePrincipals } = stores()
      const query = (filter: Filter) => ({ tenantId, top: 5, filter })
      expect((await applications.list(query(any('identifierUris', 'API://contoso/files/')))).items).toEqual([
        application,
      ])
      expect((await applications.list(query(any('tags', 'hideapp')))).items).toEqual([application])
      expect((await servicePrincipals.list(query(any('tags', 'shown')))).items).toEqual([servicePrincipal])
      for (const name of [application.appId.toUpperCase(), 'api://contoso/files']) {
        expect((await servicePrincipals.list(query(any('servicePrincipalNames', name)))).items).toEqual([
          servicePrincipal,
        ])
      }
      expect((await groups.list(query(any('groupTypes', 'unified')))).items).toEqual([group])
      const plain = await groups.list(query(not(any('groupTypes', 'Unified'))))
      expect(plain.items).toHaveLength(1)

      await stores().commit([{ change: 'updateApplication', application: { ...application, tags: ['x'] } }])
      expect((await applications.list(query(any('tags', 'HideApp')))).items).toEqual([])
    })

    it("look into people's further addresses", async () => {
      const user = aUser({ otherMails: ['Alice@Outlook.example', 'a@x.example'] })
      await create([user, aUser()])
      const found = async (filter: Filter) => (await stores().users.list({ tenantId, top: 5, filter })).items
      expect(await found(any('otherMails', 'alice@outlook.example'))).toEqual([user])
      expect(await found({ kind: 'anyStartsWith', collection: 'otherMails', value: 'ALICE' })).toEqual([user])
      await stores().commit([{ change: 'updateUser', user: { ...user, otherMails: [] } }])
      expect(await found(any('otherMails', 'alice@outlook.example'))).toEqual([])
    })

    it.each([
      eq('passwordHash', 'x'),
      eq('record', 'x'),
      eq('constructor', 'x'),
      eq('__proto__', 'x'),
      eq('displayName" = "displayName', 'x'),
      eq('displayName', 1),
      eq('displayName', true),
      eq('accountEnabled', 'true'),
      compare('accountEnabled', 'gt', true),
      startsWith('accountEnabled', 'x'),
      any('tags', 'x'),
      not(any('toString', 'x')),
    ])('refuse what a collection cannot be filtered by: %j', async (filter) => {
      await expect(stores().users.list({ tenantId, top: 5, filter })).rejects.toMatchObject({
        name: 'UnsupportedFilter',
      })
    })
  })
}
