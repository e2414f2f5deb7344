import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './doorstep-command.ts'

/** An administrator consents to an application that is at home in another tenant. */
const launcher = fileURLToPath(new URL('../../bin/doorstep.cjs', import.meta.url))
const fabrikam = '4d5e6f7a-8b9c-4d0e-8f2a-3b4c5d6e7f8a'
const [api, orders, billing, own] = [
  '5e6f7a8b-9c0d-4e1f-8a3b-4c5d6e7f8a9b',
  '6f7a8b9c-0d1e-4f2a-8b4c-5d6e7f8a9b0c',
  '7a8b9c0d-1e2f-4a3b-8c5d-6e7f8a9b0c1d',
  '8b9c0d1e-2f3a-4b4c-8d6e-7f8a9b0c1d2e',
]
const seed = `
tenants:
  - displayName: Contoso
    domain: contoso.example
    applications:
      - displayName: Orders API
        appId: ${api}
        signInAudience: AzureADMultipleOrgs
        api: { oauth2PermissionScopes: [{ value: Orders.Read, adminConsentDisplayName: Read orders }] }
      - displayName: Orders
        appId: ${orders}
        signInAudience: AzureADMultipleOrgs
        permissions: [Microsoft Graph/User.Read, Orders API/Orders.Read]
      - { displayName: Billing, appId: ${billing}, signInAudience: AzureADMultipleOrgs }
      - { displayName: Only here, appId: ${own} }
  - displayName: Fabrikam
    domain: fabrikam.example
    tenantId: ${fabrikam}
    users:
      - { userPrincipalName: erin@fabrikam.example, displayName: Erin, directoryRoles: [Global Administrator] }
`

let place: Workplace
beforeAll(async () => {
  place = await workplace()
  const file = join(place.root, 'doorstep.yaml')
  await writeFile(file, seed)
  await place.up(['--seed', file])
})
afterAll(() => place.close())

const grant = (...words: readonly string[]) =>
  place.doorstep(['app', 'grant-admin-consent', ...words, '--tenant', 'fabrikam.example'])

describe('on the local cloud', () => {
  it('grants what the registration lists in its home tenant, once, and says what came into the tenant', async () => {
    const { exitCode, stdout, stderr } = await grant(orders)
    expect(exitCode, stderr).toBe(0)
    expect(stdout.split('\n')).toEqual(['Granted Microsoft Graph/User.Read.', 'Granted Orders API/Orders.Read.', ''])
    expect(stderr).toContain(`Orders (${orders}) was not in this tenant; its service principal was added.`)
    expect(stderr).toContain(`Orders API (${api}) was not in this tenant; its service principal was added.`)
    expect(await grant(orders, '--json')).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringContaining('"unchanged"'),
    })
  })

  it('refuses an application of one tenant alone, and one that is nowhere', async () => {
    const single = await grant(own)
    expect(single).toMatchObject({ exitCode: 1, stdout: '' })
    expect(single.stderr).toContain('Only an application whose signInAudience takes other tenants can be.')
    const nowhere = await grant('9c0d1e2f-3a4b-4c5d-8e7f-8a9b0c1d2e3f')
    expect(nowhere).toMatchObject({ exitCode: 1, stdout: '' })
    expect(nowhere.stderr).toContain('No application of this tenant has the appId or object id 9c0d1e2f-')
  })

  it('takes no permissions for an application of the tenant itself', async () => {
    const words = [orders, '--tenant', 'contoso.example', '--permission', 'Microsoft Graph/User.Read']
    const { exitCode, stderr } = await place.doorstep(['app', 'grant-admin-consent', ...words])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('app add-permission')
  })
})

describe('as the administrator who is signed in to a real cloud', () => {
  const as = (...words: readonly string[]) =>
    place.doorstep(['run', '--', process.execPath, launcher, ...words, '--cloud', 'public', '--profile', 'erin'])

  it('grants what is said, since the registration can be read at home alone', async () => {
    const signIn = ['run', '--sign-in-as', 'erin@fabrikam.example', '--consent', '--', process.execPath, launcher]
    const login = ['login', '--cloud', 'public', '--tenant', fabrikam, '--profile', 'erin']
    const signedIn = await place.doorstep([...signIn, ...login])
    expect(signedIn.exitCode, signedIn.stderr).toBe(0)

    const unsaid = await as('app', 'grant-admin-consent', billing)
    expect(unsaid).toMatchObject({ exitCode: 1, stdout: '' })
    expect(unsaid.stderr).toContain(`app grant-admin-consent ${billing} --permission`)
    expect(unsaid.stderr).toContain(`https://login.microsoftonline.com/${fabrikam}/adminconsent?client_id=${billing}`)

    const said = await as('app', 'grant-admin-consent', billing, '--permission', 'Microsoft Graph/User.Read')
    expect(said.exitCode, said.stderr).toBe(0)
    expect(said.stdout).toBe('Granted Microsoft Graph/User.Read.\n')
    expect(said.stderr).toContain(`Billing (${billing}) was not in this tenant`)
  })
})
