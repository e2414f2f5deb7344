import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contoso } from '../login/contoso.ts'
import { alice, azureCli, graph, manager, peopleSeed, stock, tool } from '../login/people.ts'
import { programMissing } from '../support/require-program.ts'
import { eventually } from './doorstep-command.ts'
import { approve, claimsIn, type SignInPlace, signInPlace, toolWords } from './signed-in.ts'

let place: SignInPlace
beforeAll(async () => {
  place = await signInPlace(peopleSeed())
})
afterAll(() => place.close())

const store = () => join(place.root, 'share', 'doorstep', 'client')

describe('login with a device code', () => {
  it('says what it does, shows the code, and signs in', async () => {
    const { stdout, stderr } = await place.loginAsAlice()
    expect(stdout).toBe('Signed in alice@contoso.example (profile default).\n')
    const [first] = stderr.split('\n')
    expect(first).toBe(
      `Signing in at ${place.cloud.ready.url} (tenant organizations) with a code, for https://graph.microsoft.com/.default.`,
    )
    const { exitCode, stdout: token } = await place.doorstep(['token'])
    expect(exitCode).toBe(0)
    expect(claimsIn(token)).toMatchObject({ upn: alice.name, appid: azureCli, aud: 'https://graph.microsoft.com' })
  })

  it('keeps facts in a file for its owner alone, and neither tokens nor secrets in plain text', async () => {
    const path = join(store(), 'profiles', 'default.json')
    const text = await readFile(path, 'utf8')
    expect(JSON.parse(text)).toMatchObject({ cloud: 'local', username: alice.name, clientId: azureCli, as: 'person' })
    expect((await stat(path)).mode & 0o077).toBe(0)
    const { stdout: token } = await place.doorstep(['token'])
    const files = await readdir(store(), { recursive: true, withFileTypes: true })
    for (const file of files.filter((entry) => entry.isFile())) {
      const content = await readFile(join(file.parentPath, file.name), 'latin1')
      expect(content).not.toContain(token.trim())
    }
  })

  it('says the same as one JSON document', async () => {
    const { stdout } = await place.loginAsAlice([
      '--json',
      '--profile',
      'json',
      '--tenant',
      contoso.domain,
      ...toolWords,
    ])
    expect(JSON.parse(stdout)).toEqual({
      profile: 'json',
      cloud: 'local',
      tenantId: contoso.domain,
      clientId: tool.appId,
      username: alice.name,
      as: 'person',
      expiresOn: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
  })

  it('speaks v1.0 with --resource', async () => {
    await place.loginAsAlice(['--profile', 'v1', '--resource', 'https://diary.contoso.example/', ...toolWords])
    const { stdout } = await place.doorstep(['token', '--profile', 'v1'])
    expect(claimsIn(stdout)).toMatchObject({ aud: 'https://diary.contoso.example/', ver: '1.0', appid: tool.appId })
  })

  it('ends with 1 and the authority’s words when the person declines', async () => {
    const started = place.start(['login', '--device-code', '--profile', 'declined'])
    const code = () => / enter the code ([A-Z0-9]+) /.exec(started.stderr())?.[1]
    await eventually(() => code() !== undefined, 'a code was shown')
    await place.doorstep(['approve', code() ?? '', '--as', alice.name, '--decline'])
    const { exitCode, stdout, stderr } = await started.ended
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/declined/)
    expect((await place.doorstep(['token', '--profile', 'declined'])).exitCode).toBe(1)
  })

  it('leaves nothing behind at Ctrl-C', async () => {
    const started = place.start(['login', '--device-code', '--profile', 'ended'])
    await eventually(() => started.stderr().includes('enter the code'), 'a code was shown')
    started.process.kill('SIGINT')
    const { exitCode, stdout } = await started.ended
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' })
    expect(await readdir(join(store(), 'profiles'))).not.toContain('ended.json')
    const left = await readdir(store(), { recursive: true })
    expect(left.filter((name) => /\.(lease|lock|tmp)$/.test(name))).toEqual([])
  })
})

describe('login with a browser', () => {
  const inRun = (words: readonly string[], environment = {}) =>
    place.doorstep(
      ['run', '--sign-in-as', alice.name, '--consent', '--', process.execPath, launcher, ...words],
      environment,
    )
  const launcher = join(import.meta.dirname, '../../bin/doorstep.cjs')

  it('opens the page, shows its address, and takes the answer on a free port', async () => {
    const { exitCode, stdout, stderr } = await inRun(['login', '--browser', '--profile', 'browser'])
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toBe('Signed in alice@contoso.example (profile browser).\n')
    expect(stderr).toContain(`If no page opens, open this address on this machine:\n${place.cloud.ready.url}/`)
    expect(stderr).toMatch(/redirect_uri=http%3A%2F%2Flocalhost%3A\d+/)
  })

  it('signs a person in to a web app that has a secret, which stays out of everything', async () => {
    const created = await place.doorstep([
      'app',
      'create',
      'web',
      '--web',
      'http://localhost:8080',
      '--secret',
      '--json',
    ])
    const { appId: clientId, password: secret, tenant: tenantId } = JSON.parse(created.stdout)
    const words = ['login', '--browser', '--profile', 'web', '--tenant', tenantId, '--client-id', clientId]
    const user = place.cloud.ready.administrator.userPrincipalName
    const { exitCode, stdout, stderr } = await place.doorstep(
      [
        'run',
        '--sign-in-as',
        user,
        '--consent',
        '--',
        process.execPath,
        launcher,
        ...words,
        '--client-secret-env',
        'WEB_SECRET',
      ],
      { WEB_SECRET: secret },
    )
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain(`Signed in ${user}`)
    expect(stdout + stderr).not.toContain(secret)
    const again = ['run', '--', process.execPath, launcher, 'token', '--profile', 'web', '--scope', 'User.Read']
    const refreshed = await place.doorstep(again, { WEB_SECRET: secret })
    expect(refreshed.exitCode, refreshed.stderr).toBe(0)
    expect(claimsIn(refreshed.stdout)).toMatchObject({ appid: clientId })
    const without = await place.doorstep([...again.slice(0, -1), 'Mail.Read'])
    expect(without.exitCode).toBe(1)
    expect(without.stderr).toContain('set the variable WEB_SECRET')
  })

  it('runs against the public cloud with real names, knowing nothing of the local one', async () => {
    const { exitCode, stdout, stderr } = await inRun(['login', '--cloud', 'public', '--browser', '--profile', 'real'])
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain('Signed in alice@contoso.example (profile real).')
    expect(stderr).toContain('https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?')
    const called = await inRun(['call', '--profile', 'real', 'https://graph.microsoft.com/v1.0/me'])
    expect(JSON.parse(called.stdout)).toMatchObject({ userPrincipalName: alice.name })
    // What the local cloud gave under the real names is out of reach of a shell outside of the run.
    expect((await place.doorstep(['token', '--profile', 'real'])).exitCode).toBe(1)
  })

  it('runs with a device code against the public cloud too', async () => {
    const { exitCode, stdout, stderr } = await inRun([
      'login',
      '--cloud',
      'public',
      '--device-code',
      '--profile',
      'code',
    ])
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain('Signed in alice@contoso.example (profile code).')
    expect(stderr).toContain('https://login.microsoftonline.com')
  })

  it('reaches the public cloud through a proxy, with nothing else of the run', async () => {
    const run = [
      'run',
      '--sign-in-as',
      alice.name,
      '--consent',
      '--',
      'env',
      '-u',
      'DOORSTEP_INTERCEPT',
      '-u',
      'DOORSTEP_CLIENT_STORE',
      '-u',
      'NODE_OPTIONS',
    ]
    const proxied = (words: readonly string[]) => place.doorstep([...run, process.execPath, launcher, ...words])
    const signedIn = await proxied(['login', '--cloud', 'public', '--device-code', '--profile', 'proxied'])
    expect(signedIn.exitCode, signedIn.stderr).toBe(0)
    const called = await proxied(['call', '--profile', 'proxied', 'https://graph.microsoft.com/v1.0/me'])
    expect(JSON.parse(called.stdout)).toMatchObject({ userPrincipalName: alice.name })
    const words = ['token', '--profile', 'proxied', '--resource', 'https://management.azure.com/']
    const refreshed = await proxied(words)
    expect(claimsIn(refreshed.stdout)).toMatchObject({ aud: 'https://management.azure.com/', upn: alice.name })
    // From the cache, where the public cloud is out of reach.
    expect((await place.doorstep(words)).stdout).toBe(refreshed.stdout)
  })

  it('has its codes of the local cloud answered inside the run, and no codes of others', async () => {
    const outside = place.start(['login', '--device-code', '--profile', 'outside'])
    await eventually(() => outside.stderr().includes('enter the code'), 'a code was shown')
    const { exitCode, stdout, stderr } = await inRun(['login', '--device-code', '--profile', 'own-code'])
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain('Signed in alice@contoso.example (profile own-code).')
    expect(stderr).toContain(`Signing in at ${place.cloud.ready.url} `)
    const unknown = ['run', '--sign-in-as', alice.name, '--', 'env', '-u', 'DOORSTEP_INTERCEPT', process.execPath]
    const stranger = place.start([...unknown, launcher, 'login', '--device-code', '--profile', 'stranger'])
    await eventually(() => stranger.stderr().includes('enter the code'), 'a code was shown')
    await new Promise((resolve) => setTimeout(resolve, 500))
    for (const waiting of [outside, stranger]) {
      expect(waiting.stderr()).not.toContain('signed in')
      waiting.process.kill('SIGINT')
      expect((await waiting.ended).exitCode).toBe(130)
    }
  })

  it('tells programs that read what Azure CLI prints the subscription of the run', async () => {
    const { stdout } = await inRun(['token', '--profile', 'real', '--format', 'az'])
    expect(JSON.parse(stdout)).toMatchObject({ subscription: place.cloud.ready.subscriptionId })
  })

  it('takes a code where no browser can be opened, and says why in one line', async () => {
    const words = ['login', '--profile', 'fallback', ...toolWords]
    const started = place.start(words, { DISPLAY: undefined, WAYLAND_DISPLAY: undefined, PATH: '/nowhere' })
    await approve(place, started.stderr, alice.name)
    const { exitCode, stderr } = await started.ended
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toMatch(/^(No Chromium|There is no display).*: sign in with a code, on any device\.$/m)
  })

  it('says what to do instead where --browser finds no browser and no terminal, and takes no other way', async () => {
    const here = { DISPLAY: undefined, WAYLAND_DISPLAY: undefined, PATH: '/nowhere' }
    const { exitCode, stdout, stderr } = await place.doorstep(['login', '--browser', ...toolWords], here)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^error: (No Chromium|There is no display).*, and no terminal to paste an address into\.$/m)
    expect(stderr).toContain('--device-code')
    expect(stderr).not.toMatch(/enter the code|onPasteBack|Credential/)
    const web = ['login', '--browser', '--client-id', manager.appId, '--client-secret-env', 'S']
    const refused = await place.doorstep([...web, '--cloud', 'local'], { ...here, S: manager.secret })
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toContain('name a browser in the variable BROWSER')
    expect(refused.stderr).not.toMatch(/onPasteBack|device-code/)
  })

  it.skipIf(process.platform !== 'linux' || programMissing('script'))(
    'asks on a terminal for the address that the browser ends at, undisturbed by the countdown',
    async () => {
      const words = `"${process.execPath}" "${launcher}" login --browser --profile pasted`
      const environment = { ...place.environment, DISPLAY: undefined, WAYLAND_DISPLAY: undefined }
      const terminal = spawn('script', ['-qec', words, '/dev/null'], { env: environment })
      let shown = ''
      for (const stream of [terminal.stdout, terminal.stderr]) stream.on('data', (chunk) => (shown += chunk))
      const question = 'Paste the address that stands in the browser’s address bar'
      await eventually(() => shown.includes(question), 'the address was asked for')
      const before = shown.length
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      expect(shown.slice(before)).not.toContain('Waiting')
      terminal.stdin.write('http://localhost/?code=x&state=y\r')
      await eventually(() => shown.includes('This is not the answer to this sign-in'), 'it was refused')
      await eventually(() => shown.split(question).length === 3, 'it was asked for again')
      terminal.stdin.write('\u0003')
      expect(await once(terminal, 'close')).toEqual([130, null])
    },
  )

  it('opens the browser of the variable BROWSER', async () => {
    const browser = join(place.root, 'browser')
    const opened = join(place.root, 'opened')
    await writeFile(browser, `#!/bin/sh\nprintf %s "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`)
    await chmod(browser, 0o755)
    const started = place.start(['login', '--browser', '--profile', 'named', ...toolWords], { BROWSER: browser })
    await eventually(async () => (await stat(opened).catch(() => undefined)) !== undefined, 'the browser was started')
    const address = new URL(await readFile(opened, 'utf8'))
    expect(address.origin).toBe(place.cloud.ready.url)
    const redirect = new URL(address.searchParams.get('redirect_uri') ?? '')
    // A stray request and a wrong state change nothing.
    expect((await fetch(new URL('/favicon.ico', redirect))).status).toBe(404)
    started.process.kill('SIGINT')
    expect((await started.ended).exitCode).toBe(130)
    await expect(fetch(redirect)).rejects.toThrow()
  })
})

describe('login of an application', () => {
  const words = ['login', '--tenant', contoso.domain, '--client-id', manager.appId]

  it('takes the secret from a variable, keeps its name, and needs it for a new token alone', async () => {
    const variable = { MANAGER_SECRET: manager.secret }
    const signedIn = await place.doorstep(
      [...words, '--profile', 'app', '--client-secret-env', 'MANAGER_SECRET'],
      variable,
    )
    expect(signedIn.exitCode, signedIn.stderr).toBe(0)
    expect(signedIn.stdout).toBe(`Signed in the application ${manager.appId} (profile app).\n`)
    expect(await readFile(join(store(), 'profiles', 'app.json'), 'utf8')).not.toContain(manager.secret)
    const kept = await place.doorstep(['token', '--profile', 'app'])
    expect(claimsIn(kept.stdout)).toMatchObject({ appid: manager.appId, idtyp: 'app' })
    const other = ['token', '--profile', 'app', '--scope', `${stock.uri}/.default`]
    const without = await place.doorstep(other)
    expect(without).toMatchObject({ exitCode: 1, stdout: '' })
    expect(without.stderr).toContain('set the variable MANAGER_SECRET')
    expect((await place.doorstep(other, variable)).exitCode).toBe(0)
  })

  it('takes it from standard input, and does not keep it', async () => {
    const piped = place.start([...words, '--profile', 'piped', '--client-secret-stdin'], {}, `${manager.secret}\n`)
    const { exitCode, stdout, stderr } = await piped.ended
    expect(exitCode, stderr).toBe(0)
    expect(stdout + stderr).not.toContain(manager.secret)
    expect(stderr).toContain('The client secret was not kept: this login ends with its token')
    expect((await place.doorstep(['token', '--profile', 'piped'])).exitCode).toBe(0)
    const other = await place.doorstep(['token', '--profile', 'piped', '--scope', `${stock.uri}/.default`])
    expect(other.exitCode).toBe(1)
    expect(other.stderr).toContain('--client-secret-stdin')
  })

  it('says the authority’s own words when the secret is wrong, and not the secret', async () => {
    const wrong = 'Wrong-secret-that-nobody-may-see'
    const { exitCode, stdout, stderr } = await place.doorstep([...words, '--client-secret-env', 'S'], { S: wrong })
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^error: AADSTS7000215: /m)
    expect(stderr).toContain('npx --no-install doorstep explain AADSTS7000215\n')
    expect(stderr.match(/Trace ID/g)).toHaveLength(1)
    expect(stderr).not.toContain(wrong)
    const asJson = await place.doorstep([...words, '--client-secret-env', 'S', '--json'], { S: wrong })
    expect(asJson).toMatchObject({ exitCode: 1, stdout: '' })
    const { error } = JSON.parse(asJson.stderr.trim().split('\n').at(-1) ?? '')
    expect(error).toEqual({
      code: 'AADSTS7000215',
      message: expect.stringMatching(/^AADSTS7000215: /),
      fix: expect.stringContaining('doorstep explain AADSTS7000215'),
    })
  })
})

describe('a wrong word of login is a usage error that names it, and nothing secret', () => {
  const id = '0a123b56-c987-4234-abcd-1a2b3c4d5e6f'
  const secret = 'Abc8Q~secret-in-the-wrong-place'
  const wrong: [string, RegExp, NodeJS.ProcessEnv?][] = [
    ['login --browser --device-code', /--browser and --device-code exclude each other/],
    ['login --scope a --resource b', /--scope asks the v2\.0 endpoint and --resource the v1\.0/],
    ['login --cloud moon', /Allowed choices are local, public, usgov, china/],
    ['login --client-id tool', /--client-id 'tool' is no Application \(client\) ID: write it as/],
    ['login --tenant a/b --device-code', /--tenant 'a\/b' is neither a tenant id nor a domain name/],
    ['login --redirect-uri http://localhost:1 --device-code', /--redirect-uri is for --browser/],
    [
      'login --browser --redirect-uri https://example.com',
      /--redirect-uri 'https:\/\/example\.com' is not an http address of this machine/,
    ],
    ['login --browser --redirect-uri http://localhost:99999', /--redirect-uri 'http:\/\/localhost:99999' has no port/],
    ['login --certificate a.pem --browser', /--certificate and --browser exclude each other/],
    [
      `login --client-id ${id} --client-secret-env S --device-code`,
      /A device code is for programs without a secret/,
      { S: secret },
    ],
    ['login --client-secret-env S --certificate c.pem', /--client-secret-env and --certificate exclude each other/],
    ['login --client-secret-env S --client-secret-stdin', /--client-secret-env and --client-secret-stdin exclude/],
    [`login --client-id ${id} --client-secret-env ${secret}`, /takes the name of a variable/],
    [`login --client-id ${id} --client-secret-env NOT_SET`, /variable NOT_SET .* is not set/],
    ['login --client-secret-env S', /--client-id ID, or set AZURE_CLIENT_ID/, { S: secret }],
    [`login --client-id ${id} --client-secret-stdin`, /standard input is empty/],
    [`login --cloud public --client-id ${id} --client-secret-env S`, /--tenant contoso\.com/, { S: secret }],
    [
      `login --tenant common --client-id ${id} --client-secret-env S`,
      /--tenant 'common' stands for many tenants/,
      { S: secret },
    ],
    [`login --tenant a.b --client-id ${id} --certificate nowhere.pem`, /--certificate 'nowhere\.pem' does not exist/],
    [
      'login --redirect-uri http://localhost:1 --redirect-uri http://localhost:2',
      /--redirect-uri <URI>.*It was given before: give it once/,
    ],
    ['token --profile a --profile b', /--profile <PROFILE>.*give it once/],
    [
      `token --scope ${graph}/.default`,
      /^error: AZURE_TENANT_ID 'common' stands for many tenants/,
      { AZURE_TENANT_ID: 'common', AZURE_CLIENT_ID: id, AZURE_CLIENT_SECRET: secret },
    ],
    ['login --profile A/B', /--profile 'A\/B' is no name of a profile/],
    ['login --cloud public --data x', /--data names a local cloud/],
    ['login --scope= --device-code', /--scope is empty/],
    [
      'login --device-code',
      /AZURE_AUTHORITY_HOST names https:\/\/login\.example/,
      { AZURE_AUTHORITY_HOST: 'https://login.example' },
    ],
    ['token --cloud public --data x', /--data names a local cloud/],
    ['token --profile A', /is no name of a profile/],
    ['logout --all --profile a', /--all and --profile exclude each other/],
  ]
  it.each(wrong)('doorstep %s', async (words, message, environment) => {
    const { exitCode, stdout, stderr } = await place.doorstep(words.split(' '), environment)
    expect(stderr).toMatch(message)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr.replaceAll(words, '')).not.toContain(secret)
    expect(stderr).not.toContain('Signing in at')
    expect(stderr).not.toMatch(/\b(tenantId|clientId|redirectUri|certificatePath|authorityHost)\b/)
  })
})

describe('accounts and logout', () => {
  it('lists who is signed in, which is the default, and where that is kept', async () => {
    await place.loginAsAlice()
    const { stdout } = await place.doorstep(['accounts', '--json'])
    const { accounts, keptIn, key } = JSON.parse(stdout)
    expect({ keptIn, key }).toEqual({ keptIn: join(store(), 'tokens'), key: 'keyFile' })
    const byProfile = Object.fromEntries(accounts.map((account: { profile: string }) => [account.profile, account]))
    expect(byProfile.default).toMatchObject({ isDefault: true, username: alice.name, cloud: 'local', lasts: true })
    expect(byProfile.piped).toMatchObject({ isDefault: false, as: 'application', lasts: false })
    const table = await place.doorstep(['accounts'])
    const row = new RegExp(`^\\*\\s+default\\s+alice@contoso\\.example\\s+local\\s+${contoso.tenantId} .* lasts`, 'm')
    expect(table.stdout).toMatch(row)
    expect(table.stderr).toMatch(/^Kept in \S+tokens\. [^.]*no D-Bus session, .* so the key lies in \S+\.\n$/)
    expect(table.stdout + table.stderr).not.toMatch(/eyJ/)
  })

  it('forgets a login with its tokens, and leaves the others', async () => {
    await place.loginAsAlice(['--profile', 'leaving', ...toolWords])
    const gone = await place.doorstep(['logout', '--profile', 'leaving'])
    expect(gone).toMatchObject({ exitCode: 0, stdout: 'Signed out alice@contoso.example (profile leaving).\n' })
    const { exitCode, stdout, stderr } = await place.doorstep(['token', '--profile', 'leaving'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(
      'Nobody is signed in as profile leaving. Sign in first: npx --no-install doorstep login --profile leaving',
    )
    expect((await place.doorstep(['token'])).exitCode).toBe(0)
    expect((await place.doorstep(['logout', '--profile', 'leaving'])).exitCode).toBe(1)
  })

  it('forgets everybody with --all, and how requests of theirs failed', async () => {
    const words = ['token', '--profile', 'app', '--scope', `${stock.uri}/.default`, '--json']
    await place.doorstep(
      [
        'login',
        '--tenant',
        contoso.domain,
        '--client-id',
        manager.appId,
        '--client-secret-env',
        'S',
        '--profile',
        'app',
      ],
      { S: manager.secret },
    )
    expect((await place.doorstep(words, { S: 'wrong' })).exitCode).toBe(1)
    const failures = async () => (await readdir(join(store(), 'leases'))).filter((name) => name.endsWith('.failure'))
    expect(await failures()).toHaveLength(1)
    expect((await place.doorstep(['logout', '--all'])).exitCode).toBe(0)
    expect((await place.doorstep(['accounts'])).stdout).toContain('Nobody is signed in.')
    expect(await failures()).toEqual([])
    expect((await place.doorstep(['logout', '--all'])).stdout).toBe('Nobody was signed in.\n')
    expect((await place.doorstep(['token'])).exitCode).toBe(1)
  })
})
