import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programMissing } from '../support/require-program.ts'
import { type Workplace, workplace } from './doorstep-command.ts'

const graph = '00000003-0000-0000-c000-000000000000'
const userRead = { id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' }
const graphScope = 'https://graph.microsoft.com/.default'

interface Shown {
  readonly id: string
  readonly appId: string
  readonly passwordCredentials: { keyId: string; displayName: string | null; endDateTime: string }[]
  readonly keyCredentials: { keyId: string; customKeyIdentifier: string; displayName: string }[]
  readonly requiredResourceAccess: { resourceAppId: string; resourceAccess: { id: string; type: string }[] }[]
}

let place: Workplace
let tenantId: string
let owner: string
beforeAll(async () => {
  place = await workplace()
  const { ready } = await place.up()
  tenantId = ready.tenantId
  owner = ready.administrator.userPrincipalName
})
afterAll(() => place.close())

const app = (...words: readonly string[]) => place.doorstep(['app', ...words])

async function done(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await app(...words)
  expect(exitCode, stderr).toBe(0)
  return stdout
}

async function json<Document>(...words: readonly string[]): Promise<Document> {
  return JSON.parse(await done(...words, '--json')) as Document
}

const shown = (name: string) => json<Shown>('show', name)

async function refused(words: readonly string[], message: RegExp): Promise<void> {
  const { exitCode, stdout, stderr } = await app(...words)
  expect(stderr).toMatch(message)
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

describe('redirect URIs', () => {
  it('are added and taken away, the others left alone', async () => {
    await done('create', 'uris', '--web', 'https://a.example/1')
    const added = ['--web', 'https://a.example/2', '--public-client', 'http://localhost']
    expect(await done('add-redirect-uri', 'uris', ...added)).toBe(
      'Added --web https://a.example/2\nAdded --public-client http://localhost\n',
    )
    expect(await shown('uris')).toMatchObject({
      web: { redirectUris: ['https://a.example/1', 'https://a.example/2'] },
      publicClient: { redirectUris: ['http://localhost'] },
    })
    await done('remove-redirect-uri', 'uris', '--web', 'https://a.example/1')
    expect(await shown('uris')).toMatchObject({
      web: { redirectUris: ['https://a.example/2'] },
      publicClient: { redirectUris: ['http://localhost'] },
    })
  })

  it('that are there already change nothing', async () => {
    await done('create', 'uris-again', '--web', 'https://a.example/1')
    expect(await json('add-redirect-uri', 'uris-again', '--web', 'https://a.example/1')).toMatchObject({
      status: 'unchanged',
      added: [],
    })
  })

  it('have one platform, and a form', async () => {
    await done('create', 'uris-refused', '--web', 'https://a.example/1')
    const spa = ['add-redirect-uri', 'uris-refused', '--spa', 'https://a.example/1']
    await refused(spa, /registered for --web already.*remove-redirect-uri --web https:\/\/a\.example\/1/)
    await refused(['add-redirect-uri', 'uris-refused', '--web', 'http://a.example/'], /use https.*\(\w+\)/s)
    const wrongPlatform = ['remove-redirect-uri', 'uris-refused', '--spa', 'https://a.example/1']
    await refused(wrongPlatform, /is not registered for --spa\. It is registered for --web/)
    await refused(['add-redirect-uri', 'nobody', '--web', 'https://a.example/1'], /No application is called nobody/)
  })
})

it('public client flows are switched on and off', async () => {
  await done('create', 'device')
  expect(await done('allow-public-client-flows', 'device')).toBe('device allows flows without a secret.\n')
  expect(await shown('device')).toMatchObject({ isFallbackPublicClient: true })
  expect(await json('allow-public-client-flows', 'device')).toMatchObject({ status: 'unchanged' })
  await done('allow-public-client-flows', 'device', '--off')
  expect(await shown('device')).toMatchObject({ isFallbackPublicClient: false })
})

describe('secrets', () => {
  it('are added with a description and an end, shown once, and work', async () => {
    const { appId } = await json<{ appId: string }>('create', 'secrets')
    const made = await json<{ password: string; expires: string }>(
      ...['add-secret', 'secrets', '--description', 'ci', '--expires', '30d'],
    )
    const days = (Date.parse(made.expires) - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(30)
    const { stdout } = await place.doorstep(['token', '--scope', graphScope], {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: appId,
      AZURE_CLIENT_SECRET: made.password,
    })
    expect(claimsOf(stdout)).toMatchObject({ appid: appId })
    expect(JSON.stringify(await shown('secrets'))).not.toContain(made.password)
  })

  it('end by the local cloud’s clock', async () => {
    await done('create', 'clocked')
    expect((await place.doorstep(['clock', 'advance', '365d'])).exitCode).toBe(0)
    const made = await json<{ expires: string }>('add-secret', 'clocked', '--expires', '10d')
    expect(Math.round((Date.parse(made.expires) - Date.now()) / 86_400_000)).toBe(375)
    expect((await place.doorstep(['clock', 'reset'])).exitCode).toBe(0)
  })

  it('are taken away by description, first characters or id, and only one at a time', async () => {
    await done('create', 'rotated', '--secret', 'old')
    await done('add-secret', 'rotated', '--description', 'new')
    await done('remove-secret', 'rotated', 'old')
    expect((await shown('rotated')).passwordCredentials).toMatchObject([{ displayName: 'new' }])
    await refused(['remove-secret', 'rotated', 'old'], /There is no secret 'old'\. It has:\n {2}[\da-f-]{36} {2}new/)
    await done('add-secret', 'rotated', '--description', 'new')
    await refused(
      ['remove-secret', 'rotated', 'new'],
      /2 are called new; name one by its id:(\n {2}[\da-f-]{36} {2}new {2}.{3}… {2}until \d{4}-\S+){2}\n/,
    )
    for (const { keyId } of (await shown('rotated')).passwordCredentials) await done('remove-secret', 'rotated', keyId)
    await refused(['remove-secret', 'rotated', 'new'], /It has no secret/)
  })
})

describe.skipIf(programMissing('openssl'))('certificates', () => {
  const makeCertificate = async (name: string) => {
    const [key, certificate] = [join(place.root, `${name}.key`), join(place.root, `${name}.pem`)]
    const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', `/CN=${name}`]
    await promisify(execFile)('openssl', [...words, '-keyout', key, '-out', certificate])
    return { key, certificate }
  }

  it('are added beside others and taken away; the private key stays at home', async () => {
    const { appId } = await json<{ appId: string }>('create', 'certified')
    const [one, other] = [await makeCertificate('one'), await makeCertificate('other')]
    const both = join(place.root, 'both.pem')
    await writeFile(both, `${await readFile(one.key, 'utf8')}${await readFile(one.certificate, 'utf8')}`)
    const { exitCode, stderr, stdout } = await app('add-certificate', 'certified', both)
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `${both} holds a private key too. It was not sent, and is for nobody else.\n`,
    })
    expect(stdout).toMatch(/^Added CN=one \([\dA-F]{40}\), good until /)
    await done('add-certificate', 'certified', other.certificate, '--description', 'build server')
    expect((await shown('certified')).keyCredentials.map(({ displayName }) => displayName)).toEqual([
      'CN=one',
      'build server',
    ])
    expect(await json('add-certificate', 'certified', one.certificate)).toMatchObject({ status: 'unchanged' })
    await done('remove-certificate', 'certified', 'build server')
    const { stdout: token } = await place.doorstep(['token', '--scope', graphScope], {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: appId,
      AZURE_CLIENT_CERTIFICATE_PATH: both,
    })
    expect(claimsOf(token)).toMatchObject({ appid: appId })
    const [kept] = (await shown('certified')).keyCredentials
    await done('remove-certificate', 'certified', kept?.customKeyIdentifier ?? '')
    expect((await shown('certified')).keyCredentials).toEqual([])
  })

  it('are refused when a file is none', async () => {
    await done('create', 'uncertified')
    const { key } = await makeCertificate('refused')
    await refused(['add-certificate', 'uncertified', key], /a private key and no certificate\. Nothing was sent/)
    await refused(['add-certificate', 'uncertified', join(place.root, 'missing.pem')], /cannot be read \(ENOENT\)/)
    const text = join(place.root, 'text.pem')
    await writeFile(text, 'nothing')
    await refused(['add-certificate', 'uncertified', text], /holds no certificate: expected PEM .* or DER/)
  })
})

describe('permissions', () => {
  it('are listed by the names that people know, and consented to', async () => {
    const words = ['--permission', 'CDF westeurope-1/user_impersonation', '--secret', '--grant-admin-consent']
    const created = await json<{ granted: string[]; appId: string; password: string }>(
      ...['create', 'permitted', ...words, '--application-permission', 'Microsoft Graph/User.Read.All'],
    )
    expect(created.granted.toSorted()).toEqual([
      'CDF westeurope-1/user_impersonation',
      'Microsoft Graph/User.Read',
      'Microsoft Graph/User.Read.All',
    ])
    const { stdout } = await place.doorstep(['token', '--scope', graphScope], {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: created.appId,
      AZURE_CLIENT_SECRET: created.password,
    })
    expect(claimsOf(stdout)).toMatchObject({ roles: ['User.Read.All'] })
  })

  it('are named by appId, identifier URI or display name of the API, in any case', async () => {
    await done('create', 'named')
    const names = [
      `${graph}/mail.read`,
      'https://westeurope-1.cognitedata.com/IDENTITY',
      'https://management.azure.com/user_impersonation',
      'cdf westeurope-1/DATA.VIEW',
    ]
    expect((await json<{ added: string[] }>('add-permission', 'named', ...names)).added).toHaveLength(4)
    expect(await json('add-permission', 'named', ...names)).toMatchObject({ status: 'unchanged' })
    expect(await done('show', 'named')).toContain(
      'Microsoft Graph/User.Read, Microsoft Graph/Mail.Read, CDF westeurope-1/IDENTITY, CDF westeurope-1/DATA.VIEW',
    )
  })

  it('are told by their own spelling, and a CDF by its cluster alone', async () => {
    await done('create', 'spelled')
    expect(await done('add-permission', 'spelled', 'microsoft graph/USER.READ.ALL')).toBe(
      'Added Microsoft Graph/User.Read.All (delegated).\n',
    )
    expect(await done('add-permission', 'spelled', 'westeurope-1/identity')).toBe(
      'Added CDF westeurope-1/IDENTITY (delegated).\n',
    )
    await refused(['add-permission', 'spelled', 'westeurop-1/IDENTITY'], /Did you mean 'CDF westeurope-1'\?/)
  })

  it('are taken from the list; the last one of an API takes the API with it', async () => {
    await done('create', 'fewer', '--permission', 'CDF westeurope-1/IDENTITY')
    await done('remove-permission', 'fewer', 'CDF westeurope-1/IDENTITY')
    expect((await shown('fewer')).requiredResourceAccess).toEqual([
      { resourceAppId: graph, resourceAccess: [userRead] },
    ])
    const again = ['remove-permission', 'fewer', 'CDF westeurope-1/IDENTITY']
    await refused(again, /does not list the delegated permission CDF westeurope-1\/IDENTITY/)
  })

  it('that are unknown are refused with what was probably meant, and nothing is made', async () => {
    const wrong: [string[], RegExp][] = [
      [
        ['--permission', 'Microsft Graph/User.Read'],
        /no API 'Microsft Graph' in this tenant\. Did you mean 'Microsoft Graph'/,
      ],
      [
        ['--permission', 'Microsoft Graph/User.Reed'],
        /no delegated permission 'User\.Reed'\. Did you mean 'User\.Read'/,
      ],
      [
        ['--permission', 'Microsoft Graph/Application.ReadWrite.OwnedBy'],
        /is an application permission of Microsoft Graph/,
      ],
      [['--application-permission', 'Microsoft Graph/openid'], /is a delegated permission of Microsoft Graph/],
      [['--permission', '0a123b56-c987-4234-abcd-1a2b3c4d5e6f/x'], /There is no API 0a123b56-/],
    ]
    for (const [words, message] of wrong) await refused(['create', 'unknown', ...words], message)
    await refused(['show', 'unknown'], /No application is called unknown/)
  })

  it('of an API of this tenant without a service principal give it one, and say so', async () => {
    await done('create', 'stock-api')
    const file = join(place.root, 'api.json')
    const scope = { id: '5f9d5b1e-0000-4000-8000-000000000001', value: 'Stock.Read', type: 'User', isEnabled: true }
    const api = { displayName: 'parts-api', api: { oauth2PermissionScopes: [scope] } }
    await writeFile(file, JSON.stringify(api))
    const { appId } = await json<{ appId: string }>('import', file)
    const { stdout } = await place.doorstep(
      ['call', `https://graph.microsoft.com/v1.0/servicePrincipals(appId='${appId}')`],
      await administrator(),
    )
    const path = `https://graph.microsoft.com/v1.0/servicePrincipals/${JSON.parse(stdout).id}`
    expect((await place.doorstep(['call', 'DELETE', path], await administrator())).exitCode).toBe(0)
    const added = await app('add-permission', 'stock-api', 'parts-api/Stock.Read')
    expect(added.stderr).toBe(`parts-api (${appId}) was not in this tenant; its service principal was added.\n`)
    expect(added.stdout).toBe('Added parts-api/Stock.Read (delegated).\n')
  })

  it('are granted once, by one command', async () => {
    await done('create', 'granted')
    expect(await done('grant-admin-consent', 'granted')).toBe('Granted Microsoft Graph/User.Read.\n')
    expect(await json('grant-admin-consent', 'granted')).toMatchObject({ status: 'unchanged', granted: [] })
    const more = ['add-permission', 'granted', 'Microsoft Graph/Mail.Read', '--grant-admin-consent']
    expect(await done(...more)).toBe(
      'Added Microsoft Graph/Mail.Read (delegated).\nGranted Microsoft Graph/Mail.Read.\n',
    )
  })

  const administrator = async () => {
    const { clientId, clientSecret } = JSON.parse(await readFile(join(place.data, 'bootstrap.json'), 'utf8'))
    return { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret }
  }
})

describe('update', () => {
  it('changes what is named, and nothing else', async () => {
    const { appId } = await json<{ appId: string }>('create', 'before', '--web', 'https://a.example/1')
    const words = ['--name', 'after', '--token-version', '2', '--implicit-grant', 'id-token']
    await done('update', appId, ...words, '--add-identifier-uri', `api://${appId}`)
    expect(await shown('after')).toMatchObject({
      appId,
      identifierUris: [`api://${appId}`],
      api: { requestedAccessTokenVersion: 2 },
      web: {
        redirectUris: ['https://a.example/1'],
        implicitGrantSettings: { enableIdTokenIssuance: true, enableAccessTokenIssuance: false },
      },
    })
    await done('update', 'after', '--implicit-grant', 'off', '--remove-identifier-uri', `api://${appId}`)
    expect(await shown('after')).toMatchObject({ identifierUris: [] })
  })

  it('says the new name', async () => {
    await done('create', 'old-name')
    expect(await json('update', 'old-name', '--name', 'new-name')).toMatchObject({ displayName: 'new-name' })
    expect(await app('update', 'new-name', '--name', '')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--name is empty'),
    })
  })

  it('gives an application for personal accounts the token version that they need', async () => {
    await done('create', 'personal')
    expect(await done('update', 'personal', '--audience', 'PersonalMicrosoftAccount')).toContain(
      'Its access tokens are of version 2 now',
    )
    expect(await shown('personal')).toMatchObject({
      signInAudience: 'PersonalMicrosoftAccount',
      api: { requestedAccessTokenVersion: 2 },
    })
    await refused(['update', 'personal', '--token-version', '1'], /requestedAccessTokenVersion/i)
  })

  it('is refused in Graph’s words', async () => {
    await done('create', 'stays')
    await refused(
      ['update', 'stays', '--add-identifier-uri', 'https://elsewhere.example/x'],
      /\(HostNameNotOnVerifiedDomain\)/,
    )
    const wrong = await app('update', 'stays', '--remove-identifier-uri', 'api://x')
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' })
  })
})

describe('list', () => {
  it('shows those whose name begins as is said', async () => {
    await done('create', 'list-one')
    await done('create', 'list-two')
    const names = (await json<{ displayName: string }[]>('list', '--name', 'list-')).map(
      ({ displayName }) => displayName,
    )
    expect(names.toSorted()).toEqual(['list-one', 'list-two'])
    expect(await json('list', '--name', "no'body")).toEqual([])
  })

  it('is by name, and says so when nobody has it', async () => {
    for (const name of ['order-b', 'order-A', 'order-c']) await done('create', name)
    const names = (text: string) => text.split('\n').flatMap((line) => /^order-\w/.exec(line) ?? [])
    expect(names(await done('list', '--name', 'order-'))).toEqual(['order-A', 'order-b', 'order-c'])
    expect(names(await done('list'))).toEqual(['order-A', 'order-b', 'order-c'])
    expect(await app('list', '--name', 'zzz')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: "There is no application whose name begins with 'zzz'.\n",
    })
  })

  it('marks the application of the command line itself', async () => {
    expect(await done('list')).toMatch(/^Doorstep.* by which this command line works$/m)
  })

  it('shows the recycle bin', async () => {
    const { appId } = await json<{ appId: string }>('create', 'thrown-away')
    await done('delete', 'thrown-away', '--yes')
    expect(await done('list', '--deleted', '--name', 'thrown')).toMatch(
      new RegExp(`^Name +appId +Deleted\\nthrown-away +${appId} +\\d{4}-`),
    )
    expect(await json('list', '--deleted', '--name', 'thrown')).toMatchObject([{ appId }])
  })
})

describe('show', () => {
  it('tells owners, consent, what an API offers, and its token version', async () => {
    const file = join(place.root, 'offers.json')
    const scope = { id: '5f9d5b1e-0000-4000-8000-000000000002', value: 'Stock.Read', type: 'User', isEnabled: true }
    const role = {
      id: '5f9d5b1e-0000-4000-8000-000000000003',
      value: 'Stock.Write',
      displayName: 'x',
      description: 'x',
    }
    const offers = {
      displayName: 'offers',
      api: { oauth2PermissionScopes: [scope], requestedAccessTokenVersion: 2 },
      appRoles: [{ ...role, allowedMemberTypes: ['Application'], isEnabled: true }],
      requiredResourceAccess: [{ resourceAppId: graph, resourceAccess: [userRead] }],
    }
    await writeFile(file, JSON.stringify(offers))
    await done('import', file)
    await done('add-owner', 'offers', owner)
    const before = await done('show', 'offers')
    expect(before).toMatch(/exposedScopes +Stock\.Read\n/)
    expect(before).toMatch(/appRoles +Stock\.Write\n/)
    expect(before).toMatch(/tokenVersion +2\n/)
    expect(before).toMatch(/adminConsent +not granted\n/)
    expect(before).toContain(owner)
    await done('grant-admin-consent', 'offers')
    expect(await done('show', 'offers')).toMatch(/adminConsent +granted\n/)
    expect(await shown('offers')).toMatchObject({
      owners: expect.arrayContaining([expect.objectContaining({ userPrincipalName: owner })]),
      adminConsent: { granted: ['Microsoft Graph/User.Read'], missing: [] },
    })
  })
})

it('lint says that a file is missing', async () => {
  await refused(['lint', join(place.root, 'nowhere.json')], /nowhere\.json cannot be read \(ENOENT\)/)
})

it('a refused creation says nothing of namesakes', async () => {
  await done('create', 'twin')
  const { stderr } = await app('create', 'twin', '--application-permission', 'Microsoft Graph/openid')
  expect(stderr).toContain('is a delegated permission')
  expect(stderr).not.toContain('Another application')
  expect((await app('create', 'twin')).stderr).toContain('Another application is called twin already')
})

it('a secret is named once', async () => {
  expect(await app('create', 'two-secrets', '--secret', 'a', '--secret', 'b')).toMatchObject({
    exitCode: 2,
    stdout: '',
  })
})
