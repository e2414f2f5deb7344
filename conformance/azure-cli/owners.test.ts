import { describe, expect, it } from 'vitest'
import { azMissing, azPrograms } from './az-programs.ts'
import { expectRefused, azTimeoutInMilliseconds as timeout, usersOfSuite } from './signed-in-users.ts'
import { alice, bob } from './subscribed-cloud.ts'

describe.each(azPrograms)('az ad, %s', (_name, file) => {
  describe.skipIf(azMissing(file))('works:', { timeout }, () => {
    const users = usersOfSuite(file)

    it('app owner list, add, remove; app list --show-mine; signed-in-user list-owned-objects', async () => {
      const az = await users.alice()
      const member = await users.bob()
      const { id: bobsId } = await az.json('ad', 'user', 'show', '--id', bob.name)
      const { appId } = await az.json('ad', 'app', 'create', '--display-name', 'of Alice')
      const owner = (...words: readonly string[]) => az.json('ad', 'app', 'owner', ...words, '--id', appId)
      expect(await owner('list')).toMatchObject([{ userPrincipalName: alice.name }])
      const rename = ['ad', 'app', 'update', '--id', appId, '--display-name', 'of both']
      await expectRefused(member, rename, 'Insufficient privileges to complete the operation.')
      await owner('add', '--owner-object-id', bobsId)
      await owner('add', '--owner-object-id', bobsId)
      expect(await owner('list')).toHaveLength(2)
      await member.json(...rename)
      expect(await member.json('ad', 'app', 'list', '--show-mine')).toMatchObject([{ appId, displayName: 'of both' }])
      expect(await member.json('ad', 'signed-in-user', 'list-owned-objects')).toMatchObject([{ appId }])
      await owner('remove', '--owner-object-id', bobsId)
      expect(await owner('list')).toMatchObject([{ userPrincipalName: alice.name }])
    })

    it('sp owner list; sp list --show-mine', async () => {
      const az = await users.alice()
      const { appId } = await az.json('ad', 'app', 'create', '--display-name', 'with presence')
      await az.json('ad', 'sp', 'create', '--id', appId)
      expect(await az.json('ad', 'sp', 'owner', 'list', '--id', appId)).toMatchObject([
        { userPrincipalName: alice.name },
      ])
      const mine = await az.json('ad', 'sp', 'list', '--show-mine', '--query', '[].appId')
      expect(mine).toContain(appId)
    })

    it('app federated-credential create, list, show, update, delete', async () => {
      const az = await users.alice()
      const { appId } = await az.json('ad', 'app', 'create', '--display-name', 'federated')
      const federated = (...words: readonly string[]) =>
        az.json('ad', 'app', 'federated-credential', ...words, '--id', appId)
      const credential = {
        name: 'github',
        issuer: 'https://token.actions.githubusercontent.com',
        subject: 'repo:contoso/app:ref:refs/heads/main',
        audiences: ['api://AzureADTokenExchange'],
      }
      const created = await federated('create', '--parameters', JSON.stringify(credential))
      expect(created).toMatchObject(credential)
      const one = ['--federated-credential-id', 'github']
      const changed = { ...credential, subject: 'repo:contoso/app:environment:production' }
      await federated('update', ...one, '--parameters', JSON.stringify(changed))
      expect(await federated('show', ...one)).toMatchObject(changed)
      expect(await federated('list')).toMatchObject([{ id: created.id }])
      await federated('delete', ...one)
      expect(await federated('list')).toEqual([])
    })

    it('rest: an application comes back from the recycle bin', async () => {
      const az = await users.alice()
      const { id, appId } = await az.json('ad', 'app', 'create', '--display-name', 'deleted by mistake')
      await az.json('ad', 'app', 'delete', '--id', appId)
      const bin = 'https://graph.microsoft.com/v1.0/directory/deletedItems'
      const deleted = await az.json('rest', '--url', `${bin}/microsoft.graph.application`)
      expect(deleted.value).toMatchObject([{ id, appId }])
      await az.json('rest', '--method', 'post', '--url', `${bin}/${id}/restore`)
      expect(await az.json('ad', 'app', 'show', '--id', appId)).toMatchObject({ id })
    })
  })
})
