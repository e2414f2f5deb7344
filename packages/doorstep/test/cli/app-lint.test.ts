import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './doorstep-command.ts'

interface Finding {
  readonly rule: string
  readonly severity: string
  readonly what: string
  readonly fix?: string
}

let place: Workplace
beforeAll(async () => {
  place = await workplace()
  await place.up()
})
afterAll(() => place.close())

const app = (...words: readonly string[]) => place.doorstep(['app', ...words])

async function lint(wanted: string): Promise<{ exitCode: number | null; findings: readonly Finding[] }> {
  const { exitCode, stdout, stderr } = await app('lint', wanted, '--json')
  expect(stderr).toBe('')
  return { exitCode, findings: JSON.parse(stdout).findings }
}

/** Everything that a manifest is said to be wrong with, each as `severity rule`. */
async function rulesOf(manifest: Record<string, unknown>): Promise<readonly string[]> {
  const file = join(place.root, 'manifest.json')
  await writeFile(file, JSON.stringify({ displayName: 'linted', ...manifest }))
  return (await lint(file)).findings.map(({ severity, rule }) => `${severity} ${rule}`)
}

describe('lint of a manifest', () => {
  const web = (...redirectUris: string[]) => ({ web: { redirectUris } })
  const cases: [string, Record<string, unknown>, readonly string[]][] = [
    ['nothing', {}, []],
    ['https', web('https://a.example/cb'), []],
    ['http', web('http://a.example/cb'), ['error redirect-uri-http']],
    ['localhost', web('http://localhost:3000/cb'), ['advice redirect-uri-localhost']],
    ['localhost of a program', { publicClient: { redirectUris: ['http://localhost'] } }, []],
    ['a wildcard', web('https://*.a.example/cb'), ['warning redirect-uri-wildcard']],
    ['a fragment', web('https://a.example/#x'), ['error redirect-uri-form']],
    ['a scheme', { spa: { redirectUris: ['myapp://auth'] } }, ['error redirect-uri-scheme']],
    ['a scheme of a program', { publicClient: { redirectUris: ['myapp://auth'] } }, []],
    ['257 URIs', web(...Array.from({ length: 257 }, (_, n) => `https://a.example/${n}`)), ['error redirect-uri-count']],
    [
      'the implicit grant',
      { web: { implicitGrantSettings: { enableAccessTokenIssuance: true } } },
      ['warning implicit-grant'],
    ],
    [
      'https://localhost as identifier',
      { identifierUris: ['https://localhost/azure-monitor'] },
      ['error identifier-uri-unverified-domain'],
    ],
    [
      'v1.0 tokens with personal accounts',
      { signInAudience: 'AzureADandPersonalMicrosoftAccount', publisherDomain: 'contoso.com' },
      ['error token-version-personal-accounts'],
    ],
    [
      'many tenants without a publisher',
      { signInAudience: 'AzureADMultipleOrgs', publisherDomain: 'contoso.onmicrosoft.com' },
      ['warning multi-tenant-publisher-domain'],
    ],
    [
      'many secrets',
      { passwordCredentials: [1, 2, 3].map((n) => ({ keyId: `${n}`, endDateTime: '2999-01-01T00:00:00Z' })) },
      ['advice many-secrets'],
    ],
    [
      'an ended secret',
      { passwordCredentials: [{ keyId: '1', endDateTime: '2020-01-01T00:00:00Z' }] },
      ['warning secret-expired'],
    ],
    [
      'an ended certificate',
      { keyCredentials: [{ keyId: '1', endDateTime: '2020-01-01T00:00:00Z' }] },
      ['warning certificate-expired'],
    ],
  ]
  it.each(cases)('%s', async (_name, manifest, expected) => {
    expect(await rulesOf(manifest)).toEqual(expected)
  })

  it('says what, why and, on stdout, ends with 1 when there is an error', async () => {
    const file = join(place.root, 'wrong.json')
    await writeFile(file, JSON.stringify({ displayName: 'wrong', ...web('http://a.example/cb') }))
    const { exitCode, stdout, stderr } = await app('lint', file)
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
    expect(stdout).toMatch(/^error redirect-uri-http: web has http:\/\/a\.example\/cb\n {2}Entra refuses http/)
    expect(stdout).not.toContain('\u001b')
  })
})

describe('lint of an application', () => {
  it('accepts what a local cloud accepts, and says what today’s platform thinks, with commands that mend it', async () => {
    await app('create', 'monitor', '--web', 'https://a.example/cb')
    await app(
      'update',
      'monitor',
      '--add-identifier-uri',
      'https://localhost/azure-monitor',
      '--implicit-grant',
      'both',
    )
    await app('add-secret', 'monitor', '--expires', '10d')
    await app('add-secret', 'monitor', '--expires', '1500d')
    const { exitCode, findings } = await lint('monitor')
    expect(exitCode).toBe(1)
    const rules = findings.map(({ rule }) => rule)
    for (const rule of [
      'identifier-uri-unverified-domain',
      'implicit-grant',
      'secret-expires-soon',
      'secret-lifetime',
      'permission-without-consent',
    ]) {
      expect(rules).toContain(rule)
    }
    for (const rule of ['identifier-uri-unverified-domain', 'implicit-grant', 'permission-without-consent']) {
      const fix = findings.find((finding) => finding.rule === rule)?.fix ?? ''
      const mended = await place.doorstep(fix.replace('npx --no-install doorstep ', '').split(' '))
      expect(mended.exitCode, mended.stderr).toBe(0)
    }
    const after = await lint('monitor')
    expect(after.exitCode).toBe(0)
    expect(after.findings.map(({ rule }) => rule).filter((rule) => !/^secret|owner/.test(rule))).toEqual([])
  })

  it('sees consent that is not listed any more', async () => {
    await app('create', 'overgranted', '--permission', 'Microsoft Graph/Mail.Read', '--grant-admin-consent')
    await app('remove-permission', 'overgranted', 'Microsoft Graph/Mail.Read')
    expect((await lint('overgranted')).findings).toContainEqual(
      expect.objectContaining({ rule: 'consent-without-permission', what: 'Microsoft Graph/Mail.Read is granted' }),
    )
  })

  it('looks at secrets by the local cloud’s clock', async () => {
    await app('create', 'aging', '--secret', 'ci')
    expect((await place.doorstep(['clock', 'advance', '800d'])).exitCode).toBe(0)
    expect((await lint('aging')).findings).toContainEqual(expect.objectContaining({ rule: 'secret-expired' }))
    expect((await place.doorstep(['clock', 'reset'])).exitCode).toBe(0)
  })

  it('names what it does not find', async () => {
    expect(await app('lint', 'nobody')).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: 'error: No application is called nobody.\n',
    })
    const missing = await app('lint', 'missing.json')
    expect(missing).toMatchObject({ exitCode: 1, stdout: '' })
  })
})
