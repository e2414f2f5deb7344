import { describe, expect, it } from 'vitest'
import { azMissing, azPrograms, certificateOption } from './az-programs.ts'
import type { AzUser } from './az-session.ts'
import { expectRefused, azTimeoutInMilliseconds as timeout, usersOfSuite } from './signed-in-users.ts'
import { alice, bob, contoso, readers } from './subscribed-cloud.ts'

const microsoftGraph = '00000003-0000-0000-c000-000000000000'
const userRead = 'e1fe6dd8-ba31-4d61-89e7-88639da4683d'
const readAllUsers = 'df021288-bdef-4463-88db-98f22de89214'
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Registers an application; returns its client id. */
async function register(az: AzUser, name: string, ...words: readonly string[]): Promise<string> {
  return (await az.json('ad', 'app', 'create', '--display-name', name, ...words)).appId
}

describe.each(azPrograms)('az ad, %s', (_name, file) => {
  describe.skipIf(azMissing(file))('works:', { timeout }, () => {
    const users = usersOfSuite(file)

    it('sp create-for-rbac -n NAME, as the guide has it', async () => {
      const az = await users.alice()
      const created = await az.json('ad', 'sp', 'create-for-rbac', '-n', 'AzMonAPIApp')
      expect(created).toEqual({
        appId: expect.stringMatching(guid),
        displayName: 'AzMonAPIApp',
        password: expect.stringMatching(/^[\w.~-]{40}$/),
        tenant: contoso.tenantId,
      })
      const words = ['--service-principal', '--username', created.appId, '--tenant', created.tenant]
      const app = await users.nobody()
      await app.json('login', ...words, '--password', created.password, '--allow-no-subscriptions')

      const again = await az.json('ad', 'sp', 'create-for-rbac', '-n', 'AzMonAPIApp')
      expect(again).toMatchObject({ appId: created.appId, displayName: 'AzMonAPIApp' })
      expect(await az.json('ad', 'app', 'credential', 'list', '--id', created.appId)).toMatchObject([
        { displayName: 'rbac', hint: again.password.slice(0, 3) },
      ])
      const late = ['login', ...words, '--password', created.password, '--allow-no-subscriptions']
      await expectRefused(await users.nobody(), late, 'AADSTS7000215')
    })

    it('app create, show, update, list, delete', async () => {
      const az = await users.alice()
      const redirectUri = 'http://localhost:53000'
      const appId = await register(az, 'cognite', '--public-client-redirect-uris', redirectUri)
      await az.json('ad', 'app', 'update', '--id', appId, '--is-fallback-public-client', 'true')
      const uri = `api://${appId}`
      await az.json('ad', 'app', 'update', '--id', appId, '--identifier-uris', uri)
      expect(await az.json('ad', 'app', 'show', '--id', uri)).toMatchObject({
        appId,
        displayName: 'cognite',
        identifierUris: [uri],
        isFallbackPublicClient: true,
        publicClient: { redirectUris: [redirectUri] },
        signInAudience: 'AzureADMyOrg',
      })
      expect(await az.json('ad', 'app', 'list', '--display-name', 'cogn')).toMatchObject([{ appId }])
      expect((await az.json('ad', 'app', 'list', '--query', '[].appId')).length).toBeGreaterThan(2)
      expect(await az.json('ad', 'app', 'delete', '--id', appId)).toBeUndefined()
      await expectRefused(az, ['ad', 'app', 'show', '--id', appId], `'${appId}'`, 'does not exist')
    })

    it('app credential reset, list, delete', async () => {
      const az = await users.alice()
      const appId = await register(az, 'with secrets')
      const credential = (...words: readonly string[]) => az.json('ad', 'app', 'credential', ...words, '--id', appId)
      const first = await credential('reset')
      expect(first).toEqual({ appId, password: expect.any(String), tenant: contoso.tenantId })
      await credential('reset', '--append', '--display-name', 'second')
      const listed: { displayName: string | null; keyId: string }[] = await credential('list')
      const oldest = listed.find(({ displayName }) => displayName === null)
      expect(listed).toHaveLength(2)
      await credential('delete', '--key-id', oldest?.keyId ?? '')
      expect(await credential('list')).toMatchObject([{ displayName: 'second', secretText: null }])
    })

    it('credential reset and create-for-rbac with a certificate that az makes', async () => {
      const az = await users.alice()
      const appId = await register(az, 'with a certificate')
      const reset = await az.json('ad', 'app', 'credential', 'reset', '--id', appId, '--create-cert')
      const created = await az.json('ad', 'sp', 'create-for-rbac', '-n', 'by certificate', '--create-cert')
      expect(await az.json('ad', 'app', 'credential', 'list', '--id', appId, '--cert')).toMatchObject([
        { type: 'AsymmetricX509Cert', usage: 'Verify' },
      ])
      expect(reset.fileWithCertAndPrivateKey).toMatch(/\.pem$/)
      const words = ['--service-principal', '--username', created.appId, '--tenant', created.tenant]
      const app = await users.nobody()
      const pem = created.fileWithCertAndPrivateKey
      await app.json('login', ...words, certificateOption(file), pem, '--allow-no-subscriptions')
    })

    it('app permission add, list, grant, list-grants, admin-consent, delete', async () => {
      const az = await users.alice()
      const appId = await register(az, 'with permissions')
      const permission = (...words: readonly string[]) => az.json('ad', 'app', 'permission', ...words, '--id', appId)
      const wanted = [`${userRead}=Scope`, `${readAllUsers}=Role`]
      await permission('add', '--api', microsoftGraph, '--api-permissions', ...wanted)
      expect(await permission('list')).toEqual([
        {
          resourceAppId: microsoftGraph,
          resourceAccess: [
            { id: userRead, type: 'Scope' },
            { id: readAllUsers, type: 'Role' },
          ],
        },
      ])
      const { id } = await az.json('ad', 'sp', 'create', '--id', appId)
      await permission('grant', '--api', microsoftGraph, '--scope', 'openid')
      expect(await permission('list-grants')).toMatchObject([{ clientId: id, consentType: 'AllPrincipals' }])
      expect(await permission('admin-consent')).toBeUndefined()
      expect(await permission('list-grants')).toMatchObject([{ clientId: id, scope: 'openid User.Read' }])
      const assigned = await az.json(
        'rest',
        '--url',
        `/v1.0/servicePrincipals/${id}/appRoleAssignments`.replace(/^/, 'https://graph.microsoft.com'),
      )
      expect(assigned.value).toMatchObject([{ appRoleId: readAllUsers, resourceDisplayName: 'Microsoft Graph' }])
      await permission('delete', '--api', microsoftGraph)
      expect(await permission('list')).toEqual([])
    })

    it('sp create, show, list, credential, delete', async () => {
      const az = await users.alice()
      const appId = await register(az, 'with presence')
      const { id } = await az.json('ad', 'sp', 'create', '--id', appId)
      expect(await az.json('ad', 'sp', 'show', '--id', appId)).toMatchObject({ id, appId, accountEnabled: true })
      expect(await az.json('ad', 'sp', 'list', '--display-name', 'with presence')).toMatchObject([{ id }])
      const { password } = await az.json('ad', 'sp', 'credential', 'reset', '--id', appId)
      expect(await az.json('ad', 'sp', 'credential', 'list', '--id', appId)).toMatchObject([
        { hint: password.slice(0, 3) },
      ])
      await az.json('ad', 'sp', 'delete', '--id', id)
      await expectRefused(az, ['ad', 'sp', 'show', '--id', appId], 'does not exist')
    })

    it('user create, show, update, list, delete, get-member-groups; signed-in-user show', async () => {
      const az = await users.alice()
      const carol = 'carol@contoso.example'
      const words = ['--display-name', 'Carol', '--password', 'Third-horse-9-staple', '--user-principal-name', carol]
      const { id } = await az.json('ad', 'user', 'create', ...words)
      await az.json('ad', 'user', 'update', '--id', carol, '--display-name', 'Carol Larsen')
      expect(await az.json('ad', 'user', 'show', '--id', carol)).toMatchObject({ id, displayName: 'Carol Larsen' })
      expect(await az.json('ad', 'user', 'list', '--upn', carol)).toMatchObject([{ id }])
      await az.json('ad', 'user', 'delete', '--id', carol)
      await expectRefused(az, ['ad', 'user', 'show', '--id', carol], carol, 'does not exist')
      expect(await az.json('ad', 'user', 'get-member-groups', '--id', bob.name)).toMatchObject([
        { displayName: readers },
      ])
      expect(await az.json('ad', 'signed-in-user', 'show')).toMatchObject({ userPrincipalName: alice.name })
    })

    it('group list, show, member list', async () => {
      const az = await users.alice()
      expect(await az.json('ad', 'group', 'list', '--display-name', readers)).toMatchObject([{ displayName: readers }])
      expect(await az.json('ad', 'group', 'show', '--group', readers)).toMatchObject({ securityEnabled: true })
      expect(await az.json('ad', 'group', 'member', 'list', '--group', readers)).toMatchObject([
        { userPrincipalName: bob.name },
      ])
      await expectRefused(az, ['ad', 'group', 'show', '--group', 'Writers'], "'Writers'")
    })

    it('rest on Graph', async () => {
      const az = await users.alice()
      const root = 'https://graph.microsoft.com/v1.0/applications'
      const rest = (method: string, url: string, ...words: readonly string[]) =>
        az.json('rest', '--method', method, '--url', url, ...words)
      const { id } = await rest('post', root, '--body', JSON.stringify({ displayName: 'by rest' }))
      await rest('patch', `${root}/${id}`, '--body', JSON.stringify({ notes: 'changed' }))
      expect(await rest('get', `${root}/${id}`, '--url-parameters', '$select=notes')).toMatchObject({
        notes: 'changed',
      })
      expect(await rest('delete', `${root}/${id}`)).toBeUndefined()
      await expectRefused(az, ['rest', '--url', `${root}/${id}`], 'Request_ResourceNotFound')
    })

    it('not what somebody has no right to', async () => {
      const az = await users.alice()
      const member = await users.bob()
      const appId = await register(az, 'of Alice', '--required-resource-accesses', JSON.stringify([]))
      const denied = 'Insufficient privileges to complete the operation.'
      await expectRefused(member, ['ad', 'app', 'delete', '--id', appId], denied)
      await expectRefused(member, ['ad', 'app', 'credential', 'reset', '--id', appId], denied)
      await expectRefused(member, ['ad', 'app', 'permission', 'admin-consent', '--id', appId], denied)
      await expectRefused(member, ['ad', 'user', 'delete', '--id', alice.name], denied)
      expect(await az.json('ad', 'app', 'show', '--id', appId)).toMatchObject({ appId })
    })
  })
})
