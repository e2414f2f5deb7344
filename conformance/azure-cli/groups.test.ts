import { describe, expect, it } from 'vitest'
import { azMissing, azPrograms } from './az-programs.ts'
import { expectRefused, azTimeoutInMilliseconds as timeout, usersOfSuite } from './signed-in-users.ts'
import { alice, bob } from './subscribed-cloud.ts'

describe.each(azPrograms)('az ad group, %s', (_name, file) => {
  describe.skipIf(azMissing(file))('works:', { timeout }, () => {
    const users = usersOfSuite(file)

    it('create, show, delete; member add, list, check, remove; owner add, list, remove', async () => {
      const az = await users.alice()
      const group = (...words: readonly string[]) => az.json('ad', 'group', ...words)
      const { id: bobsId } = await az.json('ad', 'user', 'show', '--id', bob.name)
      const created = await group('create', '--display-name', 'Writers', '--mail-nickname', 'writers')
      expect(created).toMatchObject({ displayName: 'Writers', securityEnabled: true, mailEnabled: false })
      expect(await group('show', '--group', 'Writers')).toMatchObject({ id: created.id })

      expect(await group('member', 'add', '--group', 'Writers', '--member-id', bobsId)).toBeUndefined()
      expect(await group('member', 'list', '--group', 'Writers')).toMatchObject([{ userPrincipalName: bob.name }])
      const check = ['member', 'check', '--group', 'Writers', '--member-id', bobsId]
      expect(await group(...check)).toEqual({ value: true })
      await group('member', 'remove', '--group', 'Writers', '--member-id', bobsId)
      expect(await group(...check)).toEqual({ value: false })

      await group('owner', 'add', '--group', 'Writers', '--owner-object-id', bobsId)
      const owners = await group('owner', 'list', '--group', 'Writers', '--query', '[].userPrincipalName')
      expect(owners.toSorted()).toEqual([alice.name, bob.name])
      await group('owner', 'remove', '--group', 'Writers', '--owner-object-id', bobsId)
      expect(await group('owner', 'list', '--group', 'Writers')).toMatchObject([{ userPrincipalName: alice.name }])

      await group('delete', '--group', 'Writers')
      await expectRefused(az, ['ad', 'group', 'show', '--group', created.id], created.id)
    })

    it('not what somebody has no right to', async () => {
      const az = await users.alice()
      const member = await users.bob()
      const { id } = await az.json('ad', 'group', 'create', '--display-name', 'Closed', '--mail-nickname', 'closed')
      const denied = 'Insufficient privileges to complete the operation.'
      await expectRefused(member, ['ad', 'group', 'delete', '--group', id], denied)
      const { id: bobsId } = await az.json('ad', 'user', 'show', '--id', bob.name)
      await expectRefused(member, ['ad', 'group', 'member', 'add', '--group', id, '--member-id', bobsId], denied)
    })
  })
})
