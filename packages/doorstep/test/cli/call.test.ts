import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alice, peopleSeed, stock } from '../login/people.ts'
import { claimsIn, type SignInPlace, signInPlace, toolWords } from './signed-in.ts'

let place: SignInPlace
let administrator: NodeJS.ProcessEnv
beforeAll(async () => {
  place = await signInPlace(peopleSeed())
  await place.loginAsAlice()
  await place.loginAsAlice(['--profile', 'tool', ...toolWords])
  const { tenantId, clientId, clientSecret } = JSON.parse(await readFile(join(place.data, 'bootstrap.json'), 'utf8'))
  administrator = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret }
})
afterAll(() => place.close())

const call = (words: readonly string[], environment?: NodeJS.ProcessEnv) =>
  place.doorstep(['call', ...words], environment)

describe('call', () => {
  it('finds the local cloud under the real name, with the token for it', async () => {
    const { exitCode, stdout, stderr } = await call(['https://graph.microsoft.com/v1.0/me'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'GET https://graph.microsoft.com/v1.0/me 200 OK\n' })
    expect(JSON.parse(stdout)).toMatchObject({ userPrincipalName: alice.name })
  })

  it('prints status and headers before the body with --include', async () => {
    const { stdout } = await call(['https://graph.microsoft.com/v1.0/me', '--include'])
    const [head = '', body = ''] = stdout.split('\n\n')
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\n/)
    expect(head).toMatch(/^content-type: application\/json/m)
    expect(JSON.parse(body)).toMatchObject({ userPrincipalName: alice.name })
  })

  it('sends what looks like broken JSON when its content type says what it is', async () => {
    const words = ['POST', 'https://graph.microsoft.com/v1.0/groups', '--data', '{bad', '--header']
    expect((await call([...words, 'Content-Type: text/plain'])).exitCode).toBe(1)
  })

  it('knows the local cloud’s own paths', async () => {
    const { stdout } = await call([`${place.cloud.ready.url}/graph/v1.0/me`])
    expect(JSON.parse(stdout)).toMatchObject({ userPrincipalName: alice.name })
  })

  it('sends text, a file or standard input, and header lines', async () => {
    const user = (name: string) =>
      JSON.stringify({
        displayName: name,
        mailNickname: name,
        accountEnabled: true,
        userPrincipalName: `${name}@doorstep.example`,
        passwordProfile: { password: 'Correct-horse-8-battery' },
      })
    const file = join(place.root, 'user.json')
    await writeFile(file, user('erik'))
    const users = 'https://graph.microsoft.com/v1.0/users'
    expect((await call([users, '--data', user('dora')], administrator)).stderr).toBe(`POST ${users} 201 Created\n`)
    expect((await call(['post', users, '--data', `@${file}`], administrator)).exitCode).toBe(0)
    const piped = await place.start(['call', users, '--data', '@-'], administrator, user('finn')).ended
    expect(piped.exitCode, piped.stderr).toBe(0)
    const counted = await call(
      [`${users}?$count=true&$filter=startswith(displayName,'erik')`, '--header', 'ConsistencyLevel: eventual'],
      administrator,
    )
    expect(JSON.parse(counted.stdout)).toMatchObject({ '@odata.count': 1 })
  })

  it('gives the body of a refusal and exits with 1', async () => {
    const { exitCode, stdout, stderr } = await call(['https://graph.microsoft.com/v1.0/users/nobody'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'Request_ResourceNotFound' } })
    expect(stderr).toContain(' 404 Not Found')
  })

  it('exits with 3 when nobody answers', async () => {
    const { exitCode, stdout, stderr } = await call([
      'http://127.0.0.1:1/',
      '--profile',
      'tool',
      '--scope',
      `${stock.uri}/.default`,
    ])
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).toContain('http://127.0.0.1:1 cannot be reached')
  })
})

describe('a 401', () => {
  it('is answered with one new token, and no more', async () => {
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization ?? '')
      const isGood = seen.length > 1 && request.url === '/once'
      response.writeHead(isGood ? 200 : 401, { 'www-authenticate': 'Bearer error="invalid_token"' })
      response.end(isGood ? 'welcome' : 'no')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const words = ['--profile', 'tool', '--scope', `${stock.uri}/.default`]
    try {
      expect(await call([`${address}/once`, ...words])).toMatchObject({ exitCode: 0, stdout: 'welcome' })
      expect(new Set(seen).size).toBe(2)
      expect(claimsIn(seen[1] ?? '')).toMatchObject({ scp: expect.stringContaining('Stock') })
      seen.length = 0
      const refused = await call([`${address}/always`, ...words])
      expect(refused).toMatchObject({ exitCode: 1, stdout: 'no' })
      expect(refused.stderr).toContain('The API asks: Bearer error="invalid_token"')
      expect(refused.stderr).not.toContain('eyJ')
      expect(seen).toHaveLength(2)
    } finally {
      server.close()
    }
  })
})

describe('a token goes only where it belongs', () => {
  const wrong: [string, RegExp][] = [
    [
      'https://example.com/',
      /example\.com is not known here, and no token is sent to it unless you say which: --resource/,
    ],
    ['https://graph.microsoft.com.example.com/', /is not known here/],
    ['http://graph.microsoft.com/v1.0/me', /without TLS.* write https:\/\/graph\.microsoft\.com/],
    ['https://login.microsoftonline.com/', /is no API that takes tokens/],
    ['https://my.energy.azure.com/', /say --resource with that application’s|say --resource with that application's/],
    ['https://graph.microsoft.us/v1.0/me', /The local cloud has no graph\.microsoft\.us/],
    ['https://my.vault.azure.net/secrets', /The local cloud has no my\.vault\.azure\.net/],
    ['https://user:password@graph.microsoft.com/', /holds a user name or password/],
    ['graph.microsoft.com/v1.0/me', /write https:\/\/graph\.microsoft\.com\/v1\.0\/me/],
    ['GET', /The address is missing/],
    ['G3T https://graph.microsoft.com/', /'G3T' is no method/],
    ['GET https://graph.microsoft.com/ more', /'more' is one word too many/],
    ['GET https://graph.microsoft.com/ --data {}', /--data has no place in a GET/],
    ["POST https://graph.microsoft.com/v1.0/groups --data {'bad", /--data looks like JSON and is none: .* --header/],
    ['POST https://graph.microsoft.com/v1.0/groups --data @nofile', /--data @nofile cannot be read \(ENOENT\)/],
    ['https://graph.microsoft.com/ --header x', /--header takes 'Name: value'/],
    ['https://graph.microsoft.com/ --header Authorization:x', /call brings the token itself/],
    ['https://graph.microsoft.com/ --scope a --resource b', /give one of them/],
  ]
  it.each(wrong)('call %s', async (words, message) => {
    const { exitCode, stdout, stderr } = await call(words.split(' '))
    expect(stderr).toMatch(message)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).not.toContain('password@')
  })

  it('is refused for another cloud than that of the profile', async () => {
    const words = ['run', '--sign-in-as', alice.name, '--consent', '--', process.execPath]
    const launcher = join(import.meta.dirname, '../../bin/doorstep.cjs')
    const signedIn = await place.doorstep([...words, launcher, 'login', '--cloud', 'public', '--profile', 'real'])
    expect(signedIn.exitCode, signedIn.stderr).toBe(0)
    const inRun = (address: string) => place.doorstep([...words, launcher, 'call', '--profile', 'real', address])
    expect((await inRun('https://graph.microsoft.com/v1.0/me')).exitCode).toBe(0)
    expect((await inRun(`${place.cloud.ready.url}/graph/v1.0/me`)).stderr).toContain(
      'is the local cloud, and this profile belongs to public',
    )
    expect((await inRun('https://graph.microsoft.us/v1.0/me')).stderr).toContain('belongs to the cloud usgov')
  })

  it('waits for an answer no longer than it was told', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`
    const words = ['--scope', `${stock.uri}/Stock.Read`, '--profile', 'tool', '--timeout']
    const { exitCode, stdout, stderr } = await call([address, ...words, '0.5'])
    silent.closeAllConnections()
    silent.close()
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).toContain('no answer within 0.5 s')
    expect((await call([address, ...words, 'soon'])).stderr).toContain("--timeout 'soon' is no time")
    expect((await call(['--help'])).stdout).toMatch(/--timeout <SECONDS> .*default: 60/s)
  })

  it('says login when nobody is signed in', async () => {
    const { exitCode, stderr } = await call(['https://graph.microsoft.com/v1.0/me', '--profile', 'nobody'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('npx --no-install doorstep login --profile nobody')
  })
})
