import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, type Workplace, workplace } from './doorstep-command.ts'

/** `--cloud public` as in a real tenant: by the real host names, with a login, and nothing that only a local cloud has. */
const launcher = fileURLToPath(new URL('../../bin/doorstep.cjs', import.meta.url))
const tenantId = '0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b'
const ci = { appId: '2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e', secret: 'Ci08Q~only-secret-of-the-pipeline-00001' }
const seed = `
tenants:
  - displayName: Contoso
    domain: contoso.example
    tenantId: ${tenantId}
    users:
      - { userPrincipalName: ada@contoso.example, displayName: Ada, directoryRoles: [Global Administrator] }
      - { userPrincipalName: max@contoso.example, displayName: Max }
    applications:
      - displayName: pipeline
        appId: ${ci.appId}
        passwordCredentials: [{ secretText: ${ci.secret} }]
        applicationPermissions: [Microsoft Graph/Application.Read.All]
        adminConsent: true
`

let place: Workplace
beforeAll(async () => {
  place = await workplace()
  const file = join(place.root, 'doorstep.yaml')
  await writeFile(file, seed)
  await place.up(['--seed', file])
  for (const [profile, user] of [
    ['ada', 'ada@contoso.example'],
    ['max', 'max@contoso.example'],
  ] as const) {
    const signIn = ['run', '--sign-in-as', user, '--consent', '--', process.execPath, launcher]
    const { exitCode, stderr } = await place.doorstep([
      ...signIn,
      ...['login', '--cloud', 'public', '--tenant', tenantId, '--profile', profile],
    ])
    expect(exitCode, stderr).toBe(0)
  }
})
afterAll(() => place.close())

function app(words: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ended> {
  const command = [process.execPath, launcher, 'app', ...words, '--cloud', 'public']
  return place.doorstep(['run', '--', ...command], environment)
}

const as = (profile: string, ...words: readonly string[]) => app([...words, '--profile', profile])

async function json<Document = Record<string, unknown>>(
  profile: string,
  ...words: readonly string[]
): Promise<Document> {
  const { exitCode, stdout, stderr } = await as(profile, ...words, '--json')
  expect(exitCode, stderr).toBe(0)
  return JSON.parse(stdout)
}

describe('doorstep app --cloud public', () => {
  it('registers, changes, exports and deletes as the person who is signed in', async () => {
    const created = await json('ada', 'create', 'jupyter', '--public-client', 'http://localhost:53000', '--secret')
    expect(created).toMatchObject({ displayName: 'jupyter', tenant: tenantId, password: expect.any(String) })
    await json('ada', 'add-redirect-uri', 'jupyter', '--public-client', 'https://oauth.pstmn.io/v1/callback')
    await json('ada', 'allow-public-client-flows', 'jupyter')
    const cdf = ['CDF westeurope-1/user_impersonation', 'CDF westeurope-1/IDENTITY']
    expect(await json('ada', 'add-permission', 'jupyter', ...cdf)).toMatchObject({ added: cdf })
    const consent = await json<{ granted: string[] }>('ada', 'grant-admin-consent', 'jupyter')
    expect(consent.granted.toSorted()).toEqual([...cdf, 'Microsoft Graph/User.Read'].toSorted())
    expect((await as('ada', 'lint', 'jupyter')).stdout).toContain(
      `app allow-public-client-flows ${created.appId} --off --cloud public --profile ada`,
    )
    expect((await as('ada', 'export', 'jupyter', '--as', 'az')).stdout).toContain('az ad app create')
    expect((await as('ada', 'list')).stdout).toMatch(/^jupyter +/m)
    expect((await as('ada', 'delete', 'jupyter', '--yes')).exitCode).toBe(0)
    expect((await as('ada', 'show', 'jupyter')).exitCode).toBe(1)
  })

  it('keeps a registration whose consent is refused, with its secret and the command to finish', async () => {
    const words = ['create', 'by-max', '--secret', '--grant-admin-consent', '--json']
    const { exitCode, stdout, stderr } = await as('max', ...words)
    expect(exitCode).toBe(1)
    const { appId, password, granted } = JSON.parse(stdout)
    expect({ granted, hasPassword: password.length > 30 }).toEqual({ granted: [], hasPassword: true })
    expect(stderr).toContain('by-max is registered, and its permissions are not consented to.')
    expect(stderr).toContain('(Authorization_RequestDenied)')
    expect(stderr).toContain('This was asked as max@contoso.example.')
    expect(stderr).toContain(`npx --no-install doorstep app grant-admin-consent ${appId} --cloud public --profile max`)
    expect(await json('ada', 'grant-admin-consent', appId)).toMatchObject({ granted: ['Microsoft Graph/User.Read'] })
  })

  it('is refused where the person has no right, in Graph’s words', async () => {
    await json('ada', 'create', 'of-ada')
    const { exitCode, stdout, stderr } = await as('max', 'allow-public-client-flows', 'of-ada')
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(
      /Insufficient privileges.*\(Authorization_RequestDenied\)\nThis was asked as max@contoso\.example\./,
    )
  })

  it('works as the application of the environment, which leaves nothing half-made when it may not', async () => {
    const environment = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: ci.appId, AZURE_CLIENT_SECRET: ci.secret }
    const listed = await app(['list', '--json'], environment)
    expect(listed.exitCode, listed.stderr).toBe(0)
    expect(JSON.parse(listed.stdout)).toContainEqual(expect.objectContaining({ appId: ci.appId }))
    const refused = await app(['create', 'by-pipeline'], environment)
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toContain(`This was asked as the application ${ci.appId}.`)
    expect(refused.stderr).not.toContain(ci.secret)
    expect((await as('ada', 'show', 'by-pipeline')).exitCode).toBe(1)
  })

  it('says whom to sign in, and refuses another tenant or cloud than the login’s', async () => {
    const nobody = await app(['list'])
    expect(nobody).toMatchObject({ exitCode: 1, stdout: '' })
    expect(nobody.stderr).toContain('npx --no-install doorstep login --cloud public')
    const elsewhere = await as('ada', 'list', '--tenant', 'fabrikam.example')
    expect(elsewhere).toMatchObject({ exitCode: 2, stdout: '' })
    expect(elsewhere.stderr).toContain('doorstep login --cloud public --tenant fabrikam.example')
    const words = ['app', 'list', '--cloud', 'usgov', '--profile', 'ada']
    const otherCloud = await place.doorstep(['run', '--', process.execPath, launcher, ...words])
    expect(otherCloud).toMatchObject({ exitCode: 2, stdout: '' })
    expect(otherCloud.stderr).toContain('Profile ada is signed in to the cloud public, not to usgov')
  })

  it('goes where the profile’s login is when no cloud is named', async () => {
    const words = ['app', 'list', '--profile', 'ada', '--json']
    const { exitCode, stdout, stderr } = await place.doorstep(['run', '--', process.execPath, launcher, ...words])
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ appId: ci.appId }))
  })
})

describe('doorstep app --profile, on the local cloud', () => {
  it('works as the person, not as the cloud’s own administrator', async () => {
    const login = ['login', '--device-code', '--tenant', tenantId, '--profile', 'local-max']
    const started = place.start(login)
    const code = async (): Promise<string> => {
      for (let attempt = 0; attempt < 400; attempt += 1) {
        const shown = / enter the code ([A-Z0-9]+) /.exec(started.stderr())?.[1]
        if (shown) return shown
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
      throw new Error('No device code was shown.')
    }
    const approval = ['approve', await code(), '--as', 'max@contoso.example', '--consent']
    expect((await place.doorstep(approval)).exitCode).toBe(0)
    expect((await started.ended).exitCode).toBe(0)
    expect((await place.doorstep(['app', 'create', 'local-of-max', '--profile', 'local-max'])).exitCode).toBe(0)
    const refused = await place.doorstep(['app', 'delete', ci.appId, '--yes', '--profile', 'local-max'])
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain('This was asked as max@contoso.example.')
  })
})
