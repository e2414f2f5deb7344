import { execFile } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programMissing } from '../support/require-program.ts'
import { type Ended, type Workplace, workplace } from './doorstep-command.ts'

const launcher = fileURLToPath(new URL('../../bin/doorstep.cjs', import.meta.url))
const tenantId = '0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5c'
const seededId = '3c4d5e6f-7a8b-4c9d-8e0f-1a2b3c4d5e6f'
const seeded = `
  - displayName: seeded
    appId: ${seededId}
    signInAudience: AzureADMultipleOrgs
    identifierUris: [api://${seededId}]
    web: { redirectUris: ['https://a.example/1', 'https://a.example/2'], implicitGrantSettings: { enableIdTokenIssuance: true } }
    optionalClaims: { idToken: [{ name: email }] }
    groupMembershipClaims: SecurityGroup
    tags: [one, two]
    api: { requestedAccessTokenVersion: 2, oauth2PermissionScopes: [{ value: Stock.Read, adminConsentDisplayName: Read stock, adminConsentDescription: Reads stock }] }
    appRoles: [{ value: Stock.Write.All, allowedMemberTypes: [Application] }]
    passwordCredentials: [{ displayName: ci, secretText: 'Ci08Q~only-secret-of-the-pipeline-00001' }]
    permissions: [Microsoft Graph/User.Read, CDF westeurope-1/user_impersonation]
    applicationPermissions: [Microsoft Graph/User.Read.All]
    owners: [ada@contoso.example]
    adminConsent: true
`
const people = `
  users:
  - { userPrincipalName: ada@contoso.example, displayName: Ada, directoryRoles: [Global Administrator] }
  - { userPrincipalName: max@contoso.example, displayName: Max }
`

let place: Workplace
let files = 0
beforeAll(async () => {
  place = await workplace()
  await place.up(['--seed', await contoso(seeded, people)])
})
afterAll(() => place.close())

async function file(text: string): Promise<string> {
  const path = join(place.root, `file-${++files}.yaml`)
  await writeFile(path, text)
  return path
}

/** A file with the tenant and these entries of `applications`. */
function contoso(applications: string, more = ''): Promise<string> {
  const tenant = `tenants:\n- displayName: Contoso\n  domain: contoso.example\n  tenantId: ${tenantId}`
  return file(`${tenant}\n  applications:\n${applications.replace(/^\n/, '')}${more}`)
}

interface Document {
  readonly status: string
  readonly tenant: string
  readonly steps: { kind: string; application: string }[]
  readonly leftOut: string[]
  readonly applications: { displayName: string; appId: string; objectId: string }[]
  readonly secrets: { application: string; displayName: string; appId: string; secretText: string }[]
  readonly failed?: { step: { kind: string; application: string }; message: string }
  readonly notBegun?: { kind: string; application: string }[]
}

const apply = (...words: readonly string[]) => place.doorstep(['apply', ...words])

async function done(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await apply(...words)
  expect(exitCode, stderr).toBe(0)
  return stdout
}

const document = async (...words: readonly string[]) => JSON.parse(await done(...words, '--json')) as Document

async function shown(name: string) {
  const { stdout, stderr, exitCode } = await app('show', name, '--json')
  expect(exitCode, stderr).toBe(0)
  return JSON.parse(stdout)
}

const app = (...words: readonly string[]) => place.doorstep(['app', ...words, '--tenant', 'contoso.example'])

async function refused(words: readonly string[], message: RegExp, exitCode = 1): Promise<Ended> {
  const ended = await apply(...words)
  expect(ended.stderr).toMatch(message)
  expect(ended.exitCode).toBe(exitCode)
  return ended
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

describe('doorstep apply', () => {
  it('finds nothing to do where a local cloud began with the same file', async () => {
    const path = await contoso(seeded, people)
    const { status, steps, leftOut, applications } = await document(path, '--plan')
    expect({ status, steps }).toEqual({ status: 'unchanged', steps: [] })
    expect(leftOut.join()).toMatch(/^users: only applications.*secretText: Graph makes/)
    expect(applications).toMatchObject([{ displayName: 'seeded', appId: seededId }])
    expect(await done(path)).toBe(`Tenant ${tenantId} (local)\nEverything is as the file says.\n`)
  })

  it('takes what app export --as doorstep prints', async () => {
    const { stdout } = await app('export', 'seeded', '--as', 'doorstep')
    const exported = await file(stdout)
    expect(await document(exported, '--tenant', 'contoso.example')).toMatchObject({
      status: 'unchanged',
      tenant: tenantId,
      applications: [{ appId: seededId }],
    })
    const elsewhere = await document(exported, '--plan')
    expect(elsewhere).toMatchObject({ status: 'planned', applications: [{ appId: null }] })
    expect(elsewhere.tenant).not.toBe(tenantId)
    await refused(
      [await file('applications: [{ displayName: 5 }]')],
      / {2}applications\[0\]\.displayName: Expected text/,
    )
  })

  it('makes applications with all that belongs to them, which may name one another, and a second time nothing', async () => {
    const apiId = '4d5e6f7a-8b9c-4d0e-9f1a-2b3c4d5e6f7a'
    const path = await contoso(`
  - displayName: job
    passwordCredentials: [{ displayName: night, secretText: is-not-taken }]
    permissions: [parts/Parts.Read]
    applicationPermissions: [api://${apiId}/Parts.Write.All, Microsoft Graph/User.Read.All]
    owners: [ada@contoso.example, parts]
    adminConsent: true
  - displayName: parts
    appId: ${apiId}
    identifierUris: [api://${apiId}, https://contoso.example/parts]
    api: { oauth2PermissionScopes: [{ value: Parts.Read, type: Admin, adminConsentDisplayName: Read, adminConsentDescription: Reads }] }
    appRoles: [{ value: Parts.Write.All, allowedMemberTypes: [Application] }]
`)
    const planned = await document(path, '--plan')
    expect(planned).toMatchObject({ status: 'planned', applications: [{ appId: null }, { appId: null }] })
    expect((await app('show', 'job')).exitCode).toBe(1)
    const applied = await document(path, '--yes')
    expect(applied).toMatchObject({ status: 'applied', tenant: tenantId, steps: planned.steps })
    const [job, parts] = applied.applications
    expect(parts?.appId).not.toBe(apiId)
    expect((await shown('parts')).identifierUris.toSorted()).toEqual([
      `api://${parts?.appId}`,
      'https://contoso.example/parts',
    ])
    expect((await shown('parts')).requiredResourceAccess).toHaveLength(1)
    const [secret] = applied.secrets
    expect(applied.secrets).toMatchObject([{ application: 'job', displayName: 'night', appId: job?.appId }])
    expect(secret?.secretText).not.toBe('is-not-taken')
    const { stdout } = await place.doorstep(['token', '--scope', `api://${parts?.appId}/.default`], {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: job?.appId,
      AZURE_CLIENT_SECRET: secret?.secretText,
    })
    expect(claimsOf(stdout)).toMatchObject({ roles: ['Parts.Write.All'] })
    expect(await document(path, '--yes')).toMatchObject({ status: 'unchanged', steps: [] })
  })

  it('plans in words: what is made, what changes, what goes', async () => {
    const before = `
  - displayName: drifting
    web: { redirectUris: ['https://a.example/1'], homePageUrl: 'https://a.example' }
    notes: keep me
    appRoles: [{ value: Old, allowedMemberTypes: [User] }]
    permissions: [Microsoft Graph/User.Read, Microsoft Graph/Mail.Read]
`
    const first = await done(await contoso(before), '--yes')
    expect(first).toContain('+ application drifting\n  + notes: keep me\n  + web.redirectUris: https://a.example/1\n')
    expect(first).toContain('  + permission: Microsoft Graph/Mail.Read (delegated)\n+ service principal of drifting\n')
    const after = await contoso(`
  - displayName: drifting
    web: { redirectUris: ['https://a.example/2'] }
    appRoles: []
    permissions: [Microsoft Graph/User.Read, Microsoft Graph/Calendars.Read]
`)
    const plan = `Tenant ${tenantId} (local)
~ drifting: disable Old before they are removed
~ drifting
  - web.redirectUris: https://a.example/1
  + web.redirectUris: https://a.example/2
`
    const said = await done(after, '--plan')
    expect(said.startsWith(plan)).toBe(true)
    expect(said).toContain(
      '~ drifting\n  - permission: Microsoft Graph/Mail.Read (delegated)\n  + permission: Microsoft Graph/Calendars.Read (delegated)\n',
    )
    expect(await shown('drifting')).toMatchObject({ web: { redirectUris: ['https://a.example/1'] } })
    await done(after, '--yes')
    expect(await shown('drifting')).toMatchObject({
      notes: 'keep me',
      appRoles: [],
      web: { redirectUris: ['https://a.example/2'], homePageUrl: 'https://a.example' },
    })
    expect((await document(after)).status).toBe('unchanged')
  })

  it('keeps what others added, and the ids of permissions that the file gives none', async () => {
    const scope = { id: '5f9d5b1e-0000-4000-8000-000000000002', value: 'Read', type: 'User', isEnabled: true }
    const manifest = { displayName: 'adopted', api: { oauth2PermissionScopes: [scope] } }
    expect((await app('import', await file(JSON.stringify(manifest)))).exitCode).toBe(0)
    expect((await app('add-secret', 'adopted', '--description', 'other')).exitCode).toBe(0)
    const path = await contoso(`
  - displayName: adopted
    appId: 6f7a8b9c-0d1e-4f2a-8b3c-4d5e6f7a8b9c
    api: { oauth2PermissionScopes: [{ value: Read }] }
    passwordCredentials: [{ displayName: mine, secretText: is-not-taken }]
`)
    const { steps } = await document(path, '--yes')
    expect(steps.map(({ kind }) => kind)).toEqual(['addSecret'])
    const { api, passwordCredentials } = await shown('adopted')
    expect(api.oauth2PermissionScopes).toMatchObject([{ id: scope.id, value: 'Read' }])
    expect(passwordCredentials.map(({ displayName }: { displayName: string }) => displayName).toSorted()).toEqual([
      'mine',
      'other',
    ])
  })

  it('leaves application permissions to others where the file names delegated ones alone, and the other way round', async () => {
    const both = `
  - displayName: two-handed
    permissions: [Microsoft Graph/User.Read]
    applicationPermissions: [Microsoft Graph/User.Read.All]
`
    await done(await contoso(both), '--yes')
    const delegated = await contoso('  - displayName: two-handed\n    permissions: [Microsoft Graph/Mail.Read]\n')
    const said = await done(delegated, '--yes')
    expect(said).toContain(
      '- permission: Microsoft Graph/User.Read (delegated)\n  + permission: Microsoft Graph/Mail.Read (delegated)\n',
    )
    expect(said).not.toContain('(application)')
    const application = await contoso('  - displayName: two-handed\n    applicationPermissions: []\n')
    expect(await done(application, '--yes')).toContain('- permission: Microsoft Graph/User.Read.All (application)\n')
    expect((await document(delegated)).status).toBe('unchanged')
  })

  it('gives an API that is not in the tenant its service principal', async () => {
    const scope = { id: '5f9d5b1e-0000-4000-8000-000000000003', value: 'Read', type: 'User', isEnabled: true }
    const manifest = { displayName: 'absent-api', api: { oauth2PermissionScopes: [scope] } }
    const { stdout } = await app('import', await file(JSON.stringify(manifest)), '--json')
    const { servicePrincipalId } = JSON.parse(stdout)
    const { clientId, clientSecret } = JSON.parse(await readFile(join(place.data, 'bootstrap.json'), 'utf8'))
    const { exitCode, stderr } = await place.doorstep(
      ['call', 'DELETE', `https://graph.microsoft.com/v1.0/servicePrincipals/${servicePrincipalId}`],
      { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret },
    )
    expect(exitCode, stderr).toBe(0)
    const path = await contoso('  - displayName: asking\n    permissions: [absent-api/Read]\n    adminConsent: true\n')
    const { steps } = await document(path, '--plan')
    expect(steps.map(({ kind }) => kind)).toEqual([
      'addApi',
      'createApplication',
      'createServicePrincipal',
      'grantAdminConsent',
    ])
    expect(await done(path, '--yes')).toContain('+ consent for asking: absent-api/Read\n')
    expect((await document(path)).status).toBe('unchanged')
  })

  it.skipIf(programMissing('openssl'))('adds a certificate once', async () => {
    const [key, certificate] = [join(place.root, 'key.pem'), join(place.root, 'certificate.pem')]
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=build']
    await promisify(execFile)('openssl', [...request, '-keyout', key, '-out', certificate])
    const pem = JSON.stringify(await readFile(certificate, 'utf8'))
    const path = await contoso(`\n  - displayName: certified\n    keyCredentials: [{ key: ${pem} }]\n`)
    expect(await done(path, '--yes')).toMatch(/\+ certificate of certified: CN=build \([\dA-F]{40}\)/)
    expect((await shown('certified')).keyCredentials).toHaveLength(1)
    expect((await document(path)).status).toBe('unchanged')
  })

  it('asks where somebody can be asked, and else wants --yes', async () => {
    const path = await contoso('  - displayName: unasked\n')
    const { stdout } = await refused([path], /add --yes, or --plan only to see it/, 2)
    expect(stdout).toContain('+ application unasked')
    expect((await app('show', 'unasked')).exitCode).toBe(1)
  })
})

describe('secrets', () => {
  const credentials = (...names: readonly string[]) =>
    contoso(
      `  - displayName: secretive\n    passwordCredentials: [${names.map((name) => `{ displayName: ${name}, secretText: is-not-taken }`).join()}]\n`,
    )

  it('go to a file that only its owner reads, which keeps those it had', async () => {
    const path = join(place.root, 'secrets.json')
    const { exitCode, stdout, stderr } = await apply(await credentials('one'), '--yes', '--secrets-to', path)
    expect(exitCode, stderr).toBe(0)
    const [one] = JSON.parse(await readFile(path, 'utf8'))
    expect(one).toMatchObject({ application: 'secretive', displayName: 'one', secretText: expect.any(String) })
    expect(stdout + stderr).not.toContain(one.secretText)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const { secrets } = await document(await credentials('one', 'two'), '--yes', '--secrets-to', path)
    expect(secrets).toEqual([expect.not.objectContaining({ secretText: expect.anything() })])
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject([one, { displayName: 'two' }])
  })

  it('are not made when the file for them is something else', async () => {
    const path = await file('tenants: []')
    const words = [await credentials('one', 'two', 'three'), '--yes', '--secrets-to', path]
    await refused(words, /no list of secrets: name another file for them\. Nothing was changed/)
    expect((await shown('secretive')).passwordCredentials).toHaveLength(2)
    expect(await readFile(path, 'utf8')).toBe('tenants: []')
  })

  it('are kept when somebody ends the command in the middle', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `number-${index}`)
    const path = join(place.root, 'ended.json')
    const started = place.start(['apply', await credentials(...names), '--yes', '--json', '--secrets-to', path])
    while (!(await readFile(path, 'utf8').catch(() => ''))) await new Promise((resolve) => setTimeout(resolve, 5))
    started.process.kill('SIGINT')
    const { exitCode, stdout, stderr } = await started.ended
    expect(exitCode).toBe(130)
    const { status, secrets, notBegun } = JSON.parse(stdout) as Document
    expect(status).toBe('stopped')
    expect(secrets.length + (notBegun?.length ?? 0)).toBe(60)
    expect(JSON.parse(await readFile(path, 'utf8'))).toHaveLength(secrets.length)
    expect(stderr).toMatch(/Not begun:\n {2}\+ secret of secretive/)
  })

  it('are printed once, last', async () => {
    const { stdout, stderr } = await apply(await credentials('printed'), '--yes')
    expect(stdout).toMatch(/\nsecretive {2}printed {2}\S{30,}\n$/)
    expect(stderr).toContain('Secrets are shown this once.')
  })
})

describe('a refusal in the middle', () => {
  const applications = (uri: string) => `
  - displayName: begun
    passwordCredentials: [{ displayName: one, secretText: is-not-taken }]
  - displayName: stuck
    identifierUris: [${uri}]
    adminConsent: true
`
  it('stops, says what was done and what was not begun, and the next time goes on from there', async () => {
    const path = await contoso(applications('https://elsewhere.example/x'))
    const { exitCode, stdout, stderr } = await apply(path, '--yes', '--json')
    expect(exitCode).toBe(1)
    const { status, steps, failed, notBegun, applications: known } = JSON.parse(stdout) as Document
    expect(status).toBe('stopped')
    expect(steps.map(({ kind }) => kind)).toEqual(['createApplication', 'createServicePrincipal'])
    expect(failed?.step).toMatchObject({ kind: 'createApplication', application: 'stuck' })
    expect(failed?.message).toContain('(HostNameNotOnVerifiedDomain)')
    expect(notBegun?.map(({ kind }) => kind)).toEqual(['createServicePrincipal', 'addSecret', 'grantAdminConsent'])
    expect(known).toEqual([expect.objectContaining({ displayName: 'begun' })])
    const said = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as { error: { message: string } }
    expect(said.error.message).toMatch(
      /This was refused: \+ application stuck\n[^\n]+\(HostNameNotOnVerifiedDomain\)[\s\S]*Done before it:\n {2}\+ application begun\n[\s\S]*Not begun:\n {2}\+ service principal of stuck\n[\s\S]*again to go on/,
    )
    const next = await document(await contoso(applications('https://contoso.example/x')), '--yes')
    expect(next.steps.map(({ kind, application }) => `${kind} ${application}`)).toEqual([
      'createApplication stuck',
      'createServicePrincipal stuck',
      'addSecret begun',
      'grantAdminConsent stuck',
    ])
  })
})

describe('a wrong file', () => {
  it('is refused before anything is asked or changed, with the paths of all problems', async () => {
    const path = await contoso(`
  - displayName: wrong
    signInAudiense: AzureADMyOrg
    web: { redirectUris: ['http://a.example'] }
`)
    const { stderr, stdout } = await refused([path, '--yes'], /has 2 problems:/)
    expect(stderr).toContain(
      "tenants[0].applications[0].signInAudiense: There is no 'signInAudiense' here. Did you mean",
    )
    expect(stderr).toContain('tenants[0].applications[0].web.redirectUris[0]: ')
    expect(stdout).toBe('')
    await refused([join(place.root, 'missing.yaml')], /missing\.yaml cannot be read \(ENOENT\)/)
    await refused([await file('')], /has no applications: expected applications, a list, or tenants/, 2)
  })

  it('is refused for names that the tenant does not know, all at once, and nothing is made', async () => {
    const path = await contoso(`
  - displayName: lost
    permissions: [Microsft Graph/User.Read, Microsoft Graph/User.Reed, Microsoft Graph/User.ReadWrite.CrossCloud]
    applicationPermissions: [Microsoft Graph/openid]
    owners: [nobody@contoso.example]
`)
    const { stderr } = await refused([path, '--yes'], /has \d problems:/)
    const at = 'tenants\\[0\\]\\.applications\\[0\\]\\.'
    expect(stderr).toMatch(new RegExp(`${at}permissions\\[0\\]: There is no API 'Microsft Graph'.*Did you mean`))
    expect(stderr).toMatch(
      new RegExp(`${at}permissions\\[1\\]: Microsoft Graph has no delegated permission 'User.Reed'`),
    )
    expect(stderr).toMatch(new RegExp(`${at}applicationPermissions\\[0\\]: 'openid' is a delegated permission`))
    expect(stderr).toMatch(new RegExp(`${at}owners\\[0\\]: There is no user or service principal`))
    expect((await app('show', 'lost')).exitCode).toBe(1)
  })

  it('is refused where a name is that of several applications, which are listed', async () => {
    const ids: string[] = []
    for (const _twin of [1, 2]) ids.push(JSON.parse((await app('create', 'twin', '--json')).stdout).appId)
    const { stderr } = await refused(
      [await contoso('  - displayName: twin\n'), '--yes'],
      /2 applications are called twin/,
    )
    for (const id of ids) expect(stderr).toContain(id)
    const [first] = ids
    const { applications } = await document(await contoso(`  - displayName: twin\n    appId: ${first}\n`))
    expect(applications).toMatchObject([{ appId: first }])
    const both = `  - displayName: alias\n    appId: ${first}\n  - displayName: seeded\n    appId: 8b9c0d1e-2f3a-4b4c-9d5e-6f7a8b9c0d1e\n`
    expect((await document(await contoso(both), '--plan')).steps).toMatchObject([{ application: 'alias' }])
  })

  it('is refused where two entries stand for one application', async () => {
    const path = await contoso(`  - displayName: again\n    appId: ${seededId}\n  - displayName: seeded\n`)
    await refused(
      [path, '--yes'],
      /applications\[1\]: It stands for the same application as tenants\[0\]\.applications\[0\]/,
    )
  })

  it('with several tenants wants to know which one', async () => {
    const path = await file(
      'tenants:\n- { displayName: Contoso, domain: contoso.example }\n- { displayName: Fabrikam, domain: fabrikam.example }',
    )
    await refused([path], /has 2 tenants; one at a time.*--tenant: contoso\.example, fabrikam\.example/, 2)
    await refused([path, '--tenant', 'nowhere.example'], /has no tenant 'nowhere\.example'/, 2)
    expect(await document(path, '--tenant', 'contoso.example')).toMatchObject({ status: 'unchanged', tenant: tenantId })
    await refused([path, '--tenant', 'fabrikam.example'], /This local cloud has no tenant 'fabrikam\.example'/)
  })
})

describe('doorstep apply --cloud public', () => {
  const inside = (...words: readonly string[]) =>
    place.doorstep(['run', '--', process.execPath, launcher, ...words, '--cloud', 'public'])

  it('works as the person who is signed in, and says which client ids there are', async () => {
    for (const profile of ['ada', 'max']) {
      const signIn = [
        'run',
        '--sign-in-as',
        `${profile}@contoso.example`,
        '--consent',
        '--',
        process.execPath,
        launcher,
      ]
      const login = ['login', '--cloud', 'public', '--tenant', tenantId, '--profile', profile]
      const { exitCode, stderr } = await place.doorstep([...signIn, ...login])
      expect(exitCode, stderr).toBe(0)
    }
    const appId = '7a8b9c0d-1e2f-4a3b-8c4d-5e6f7a8b9c0d'
    const path = await contoso(`
  - displayName: elsewhere
    appId: ${appId}
    permissions: [CDF westeurope-1/user_impersonation]
    owners: [ada@contoso.example]
    adminConsent: true
`)
    const asAda = ['apply', path, '--profile', 'ada', '--json']
    const made = await inside(...asAda, '--yes')
    expect(made.exitCode, made.stderr).toBe(0)
    const { status, applications } = JSON.parse(made.stdout) as Document
    expect(status).toBe('applied')
    expect(applications[0]?.appId).toMatch(/^[\da-f-]{36}$/)
    expect(applications[0]?.appId).not.toBe(appId)
    expect(JSON.parse((await inside(...asAda)).stdout)).toMatchObject({ status: 'unchanged', applications })

    const renamed = await contoso(`  - displayName: elsewhere\n    notes: changed\n`)
    const byMax = await inside('apply', renamed, '--profile', 'max', '--yes')
    expect(byMax.exitCode).toBe(1)
    expect(byMax.stderr).toContain('(Authorization_RequestDenied)')
    expect(byMax.stderr).toContain('Nothing was changed before it.')
  })
})

describe('a secret that has ended', () => {
  it('is made anew', async () => {
    const path = await contoso('  - displayName: expiring\n    passwordCredentials: [{ displayName: ci }]\n')
    await done(path, '--yes')
    expect((await document(path)).status).toBe('unchanged')
    expect((await place.doorstep(['clock', 'advance', '740d'])).exitCode).toBe(0)
    const { steps } = await document(path, '--yes')
    expect(steps.map(({ kind }) => kind)).toEqual(['addSecret'])
    expect((await document(path)).status).toBe('unchanged')
    expect((await place.doorstep(['clock', 'reset'])).exitCode).toBe(0)
  })
})
