import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programMissing } from '../support/require-program.ts'
import { type Workplace, workplace } from './doorstep-command.ts'

let place: Workplace
beforeAll(async () => {
  place = await workplace()
  await place.up()
})
afterAll(() => place.close())

const app = (...words: readonly string[]) => place.doorstep(['app', ...words])

async function done(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await app(...words)
  expect(exitCode, stderr).toBe(0)
  return stdout
}

const json = async <Document = Record<string, unknown>>(...words: readonly string[]) =>
  JSON.parse(await done(...words, '--json')) as Document

async function saved(name: string, content: unknown): Promise<string> {
  const path = join(place.root, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const words = [
  ...['--web', 'https://a.example/1', '--spa', 'https://a.example/spa', '--public-client', 'http://localhost:53000'],
  ...['--allow-public-client-flows', '--permission', 'CDF westeurope-1/user_impersonation'],
  ...['--application-permission', 'Microsoft Graph/User.Read.All', '--audience', 'AzureADMultipleOrgs'],
]

/** What two registrations that were made alike have in common. */
function likeness({
  id: _id,
  appId,
  createdDateTime: _at,
  displayName: _name,
  passwordCredentials: _secrets,
  ...rest
}: Record<string, unknown>) {
  return JSON.parse(JSON.stringify(rest).replaceAll(String(appId), 'APP_ID')) as unknown
}

describe('a manifest', () => {
  it('makes the same application again, under its own ids', async () => {
    const { appId } = await json('create', 'first', ...words, '--secret')
    await done('update', 'first', '--add-identifier-uri', `api://${appId}/x`, '--implicit-grant', 'id-token')
    const manifest = await saved('manifest.json', await done('export', 'first'))
    expect(JSON.parse(await readFile(manifest, 'utf8'))).toMatchObject({ appId, displayName: 'first' })
    const { stdout, stderr, exitCode } = await app('import', manifest, '--name', 'second', '--json')
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toContain('Left out passwordCredentials: a manifest holds no secrets')
    const second = await json('show', 'second')
    expect(second.appId).toBe(JSON.parse(stdout).appId)
    expect(second.appId).not.toBe(appId)
    expect(likeness(second)).toEqual(likeness(await json('show', 'first')))
  })

  it('comes through a pipe', async () => {
    await done('create', 'piped')
    const manifest = await done('export', 'piped')
    const { exitCode, stderr } = await place.start(['app', 'import', '-', '--name', 'piped-again'], {}, manifest).ended
    expect(exitCode, stderr).toBe(0)
    await done('show', 'piped-again')
  })

  it('of the older format is converted, and what was left out is said', async () => {
    const scope = '0d6d4c0e-0000-4000-8000-000000000001'
    const older = {
      id: 'ec1ff1c1-0000-4000-8000-000000000001',
      appId: 'ec1ff1c1-0000-4000-8000-000000000002',
      name: 'older',
      acceptMappedClaims: null,
      accessTokenAcceptedVersion: 2,
      addIns: [],
      allowPublicClient: true,
      appRoles: [],
      oauth2AllowUrlPathMatching: true,
      createdDateTime: '2020-01-01T00:00:00Z',
      groupMembershipClaims: 'SecurityGroup',
      identifierUris: ['api://ec1ff1c1-0000-4000-8000-000000000002'],
      informationalUrls: { termsOfService: null, support: 'https://a.example/support', privacy: null, marketing: null },
      keyCredentials: [],
      logoUrl: 'https://a.example/logo.png',
      logoutUrl: 'https://a.example/bye',
      signInUrl: 'https://a.example/',
      oauth2AllowIdTokenImplicitFlow: true,
      oauth2AllowImplicitFlow: false,
      oauth2Permissions: [
        {
          adminConsentDescription: 'Read stock',
          adminConsentDisplayName: 'Read stock',
          id: scope,
          isEnabled: true,
          lang: null,
          origin: 'Application',
          type: 'User',
          userConsentDescription: null,
          userConsentDisplayName: null,
          value: 'Stock.Read',
        },
      ],
      passwordCredentials: [{ keyId: scope, hint: 'abc' }],
      preAuthorizedApplications: [{ appId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46', permissionIds: [scope] }],
      replyUrlsWithType: [
        { url: 'https://a.example/1', type: 'Web' },
        { url: 'https://a.example/spa', type: 'Spa' },
        { url: 'http://localhost', type: 'InstalledClient' },
      ],
      requiredResourceAccess: [
        {
          resourceAppId: '00000003-0000-0000-c000-000000000000',
          resourceAccess: [{ id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' }],
        },
      ],
      signInAudience: 'AzureADMyOrg',
      tags: [],
      tokenEncryptionKeyId: null,
    }
    const { leftOut, appId } = await json<{ leftOut: string[]; appId: string }>(
      'import',
      await saved('older.json', older),
    )
    expect(leftOut.map((sentence) => sentence.split(':', 1)[0])).toEqual([
      'passwordCredentials',
      'oauth2AllowUrlPathMatching',
      'logoUrl',
    ])
    expect(await json('show', 'older')).toMatchObject({
      identifierUris: [`api://${appId}`],
      isFallbackPublicClient: true,
      groupMembershipClaims: 'SecurityGroup',
      web: {
        redirectUris: ['https://a.example/1'],
        homePageUrl: 'https://a.example/',
        logoutUrl: 'https://a.example/bye',
        implicitGrantSettings: { enableIdTokenIssuance: true, enableAccessTokenIssuance: false },
      },
      spa: { redirectUris: ['https://a.example/spa'] },
      publicClient: { redirectUris: ['http://localhost'] },
      api: {
        requestedAccessTokenVersion: 2,
        oauth2PermissionScopes: [{ id: scope, value: 'Stock.Read' }],
        preAuthorizedApplications: [{ appId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46', delegatedPermissionIds: [scope] }],
      },
      info: { supportUrl: 'https://a.example/support' },
      requiredResourceAccess: older.requiredResourceAccess,
    })
  })

  const wrong: [string, string, number, RegExp][] = [
    ['no-json', '{', 2, /is no JSON/],
    ['a-list', '[]', 2, /is no manifest: expected an object/],
    ['nothing-known', '{"a":1}', 2, /is no manifest of an application: it has neither displayName/],
    ['refused', '{"displayName":"refused","web":{"redirectUris":["http://a.example/"]}}', 1, /use https/],
  ]
  it.each(wrong)('that is wrong (%s) is refused, and nothing is made', async (name, text, code, message) => {
    const { exitCode, stdout, stderr } = await app('import', await saved(`${name}.json`, text))
    expect(stderr).toMatch(message)
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' })
    expect((await app('show', 'refused')).exitCode).toBe(1)
  })

  it('whose identifier URI is refused leaves nothing behind', async () => {
    const manifest = { displayName: 'half-made', identifierUris: ['https://elsewhere.example/api'] }
    const { exitCode, stderr } = await app('import', await saved('half.json', manifest))
    expect(exitCode).toBe(1)
    expect(stderr).toContain('HostNameNotOnVerifiedDomain')
    expect((await app('show', 'half-made')).stderr).toContain('No application is called half-made')
  })
})

describe('import --into', () => {
  const scope = (value: string, last: number) => ({
    id: `7a1b2c3d-0000-4000-8000-00000000000${last}`,
    value,
    type: 'User',
    isEnabled: true,
    adminConsentDisplayName: value,
    adminConsentDescription: value,
  })

  it('says what would change, changes it, and then nothing more', async () => {
    const before = {
      displayName: 'target',
      web: { redirectUris: ['https://a.example/1', 'https://a.example/2'], logoutUrl: 'https://a.example/bye' },
      api: { oauth2PermissionScopes: [scope('Stock.Read', 1), scope('Stock.Write', 2)] },
    }
    await json('import', await saved('before.json', before))
    const after = {
      displayName: 'target',
      web: { redirectUris: ['https://a.example/2', 'https://a.example/3'] },
      api: { oauth2PermissionScopes: [scope('Stock.Read', 1)], requestedAccessTokenVersion: 2 },
    }
    const file = await saved('after.json', after)
    const planned = await done('import', file, '--into', 'target', '--plan')
    expect(planned.split('\n')).toEqual([
      '~ target: disable Stock.Write before they are removed',
      '~ target',
      '  - web.redirectUris: https://a.example/1',
      '  + web.redirectUris: https://a.example/3',
      expect.stringContaining('  - api.oauth2PermissionScopes: {'),
      '  - api.requestedAccessTokenVersion: not set',
      '  + api.requestedAccessTokenVersion: 2',
      '',
    ])
    expect(await json('show', 'target')).toMatchObject({ web: { redirectUris: before.web.redirectUris } })
    expect(await done('import', file, '--into', 'target')).toBe(planned)
    expect(await json('show', 'target')).toMatchObject({
      web: { redirectUris: ['https://a.example/2', 'https://a.example/3'], logoutUrl: 'https://a.example/bye' },
      api: { oauth2PermissionScopes: [{ value: 'Stock.Read' }], requestedAccessTokenVersion: 2 },
    })
    expect(await json('import', file, '--into', 'target')).toMatchObject({ status: 'unchanged', steps: [] })
  })

  it('changes nothing about its own export', async () => {
    await done('create', 'round', ...words, '--secret')
    const file = await saved('round.json', await done('export', 'round'))
    expect(await json('import', file, '--into', 'round')).toMatchObject({ status: 'unchanged' })
  })

  it('stops at the first refusal, and says what was done before it', async () => {
    await json(
      'import',
      await saved('stop.json', { displayName: 'stopped', api: { oauth2PermissionScopes: [scope('A', 3)] } }),
    )
    const wrong = {
      displayName: 'stopped',
      api: { oauth2PermissionScopes: [] },
      web: { redirectUris: ['http://a.example/'] },
    }
    const { exitCode, stdout, stderr } = await app('import', await saved('wrong.json', wrong), '--into', 'stopped')
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/use https.*Done before that:\n~ stopped: disable A/s)
  })
})

describe('export --as doorstep', () => {
  it('is an entry of a seed file that makes the same', async () => {
    await done('create', 'seeded', ...words, '--grant-admin-consent')
    const fragment = await done('export', 'seeded', '--as', 'doorstep')
    expect(fragment).toContain('- CDF westeurope-1/user_impersonation')
    expect(fragment).toContain('adminConsent: true')
    const indented = fragment.trimEnd().replaceAll('\n', '\n    ')
    const seed = `tenants:\n  - displayName: Contoso\n    domain: contoso.example\n    ${indented}\n`
    const file = await saved('doorstep.yaml', seed)
    const other = await workplace()
    try {
      await other.up(['--seed', file])
      const there = await other.doorstep(['app', 'show', 'seeded', '--tenant', 'contoso.example', '--json'])
      expect(there.exitCode, there.stderr).toBe(0)
      const sorted = ({
        requiredResourceAccess,
        publisherDomain: _domain,
        owners: _people,
        adminConsent: _byName,
        ...rest
      }: Record<string, unknown>) => ({
        ...rest,
        requiredResourceAccess: JSON.stringify(requiredResourceAccess).split(/[{}]/).sort(),
      })
      const [made, original] = [JSON.parse(there.stdout), await json('show', 'seeded')]
      expect(sorted(likeness(made) as Record<string, unknown>)).toEqual(
        sorted(likeness(original) as Record<string, unknown>),
      )
    } finally {
      await other.close()
    }
  })
})

describe.skipIf(programMissing('sh'))('export --as az', () => {
  it('is a shell script whose words reach az as they are', async () => {
    const name = 'it\'s "quoted" $(id)'
    await done('create', name, ...words)
    const { appId } = await json('show', name)
    await done('update', name, '--add-identifier-uri', `api://${appId}`)
    const script = await done('export', name, '--as', 'az')
    const log = join(place.root, 'az.log')
    const fake = `az() { for word in "$@"; do printf '%s\\n' "$word" >> '${log}'; done; printf 'NEW_ID'; }\n`
    await promisify(execFile)('sh', ['-ec', fake + script])
    const said = (await readFile(log, 'utf8')).split('\n')
    expect(said).toContain(name)
    expect(said).toContain('https://a.example/1')
    expect(said).toContain('api://NEW_ID')
    expect(said).toContain("https://graph.microsoft.com/v1.0/applications(appId='NEW_ID')")
    expect(said).toContain('{"spa":{"redirectUris":["https://a.example/spa"]}}')
    expect(said.filter((word) => word === 'admin-consent')).toEqual([])
    expect(said.join(' ')).toContain('ad sp create --id NEW_ID')
  })

  const rich = {
    displayName: 'rich',
    description: 'What it is',
    notes: "a 'note'",
    tags: ['one'],
    signInAudience: 'AzureADandPersonalMicrosoftAccount',
    api: {
      requestedAccessTokenVersion: 2,
      knownClientApplications: ['04b07795-8ddb-461a-bbee-02f9e1bf7b46'],
    },
  }

  it('sets what az has no option for, the token version at creation, and names what it leaves out', async () => {
    await json('import', await saved('rich.json', rich))
    await done('add-secret', 'rich')
    const script = await done('export', 'rich', '--as', 'az')
    expect(script).toContain(
      '--sign-in-audience AzureADandPersonalMicrosoftAccount \\\n  --requested-access-token-version 2',
    )
    expect(script).toContain('"description":"What it is","notes":"a ')
    expect(script).toContain('"tags":["one"]')
    expect(script).toContain('"api":{"knownClientApplications":["04b07795-8ddb-461a-bbee-02f9e1bf7b46"]}')
    expect(script).toMatch(/^# Left out: passwordCredentials/m)
  })

  it('stops where az refuses', async () => {
    await done('create', 'stops')
    const script = await done('export', 'stops', '--as', 'az')
    const fake = 'az() { echo "az $*" >&2; return 1; }\n'
    const refused = await promisify(execFile)('sh', ['-c', fake + script]).catch((error: { stderr: string }) => error)
    expect(refused.stderr.split('\n').filter((line) => line.startsWith('az '))).toHaveLength(1)
  })

  it('is a text in a document with --json', async () => {
    await done('create', 'as-json')
    expect(await json('export', 'as-json', '--as', 'az')).toEqual({
      as: 'az',
      text: await done('export', 'as-json', '--as', 'az'),
    })
    expect(await json('export', 'as-json')).toEqual(JSON.parse(await done('export', 'as-json')))
  })
})

describe('an exported manifest in its own tenant', () => {
  it('is refused where another application has its identifier URI, which is named with the ways out', async () => {
    const uri = 'https://localhost/azure-monitor'
    const manifest = await saved('taken.json', { displayName: 'holder', identifierUris: [uri] })
    const { appId } = await json('import', manifest)
    const { exitCode, stderr, stdout } = await app('import', manifest, '--name', 'other')
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(`The identifier URI ${uri} is that of holder (appId ${appId})`)
    expect(stderr).toContain(`--into ${appId}`)
    await done('create', 'into-other')
    expect((await app('import', manifest, '--into', 'into-other', '--plan')).stderr).toContain('is that of holder')
    const { leftOut } = await json('import', manifest, '--name', 'other', '--without-identifier-uris')
    expect(leftOut).toEqual([`identifierUris: ${uri}, as --without-identifier-uris says.`])
    expect(await json('show', 'other')).toMatchObject({ identifierUris: [] })
  })

  it('is planned with permissions by name, redirect URIs once, and what is left out', async () => {
    await done('create', 'source', ...words, '--secret')
    await done('create', 'goal', '--web', 'https://a.example/0')
    const manifest = await saved('source.json', await done('export', 'source'))
    const { stdout, stderr, exitCode } = await app('import', manifest, '--into', 'goal', '--plan')
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toContain('Left out passwordCredentials')
    expect(stdout).toContain('  + permission: CDF westeurope-1/user_impersonation\n')
    expect(stdout).toContain('  + application permission: Microsoft Graph/User.Read.All\n')
    expect(stdout).toContain('  - web.redirectUris: https://a.example/0\n')
    expect(stdout).not.toMatch(/redirectUriSettings|resourceAppId/)
    expect(await json('import', manifest, '--into', 'goal', '--plan')).toMatchObject({
      leftOut: [expect.stringMatching(/^passwordCredentials/)],
    })
  })
})
