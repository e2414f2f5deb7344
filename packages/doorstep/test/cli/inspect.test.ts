import { spawn } from 'node:child_process'
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contoso } from '../login/contoso.ts'
import { alice, graph, passwordForm, peopleSeed } from '../login/people.ts'
import { encodedForm, type Form, requestToken } from '../login/request-token.ts'
import { programMissing } from '../support/require-program.ts'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'

const launcher = fileURLToPath(new URL('../../bin/doorstep.cjs', import.meta.url))
const nowhere = join(tmpdir(), 'doorstep-that-is-not-there')

let doorstep: RunningDoorstep
beforeAll(async () => {
  doorstep = await startDoorstep({ seed: peopleSeed() })
})
afterAll(() => doorstep.stop())

interface Inspected {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

async function doorstepCommand(words: readonly string[], input = ''): Promise<Inspected> {
  const child = spawn(process.execPath, [launcher, ...words])
  child.stdin.end(input)
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { exitCode, stdout, stderr }
}

const inspect = (input: string, words: readonly string[] = [], data = doorstep.dataDirectory) =>
  doorstepCommand(['inspect', '--data', data, ...words], input)

/** Findings of a plain answer by name: verdict and text. */
function findingsOf({ stdout }: Inspected): Record<string, { verdict?: string | undefined; says: string }> {
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))
  return Object.fromEntries(rows.map(([name = '', verdict, says = '']) => [name, { verdict, says }]))
}

const answerOf = async (form: Form = {}, version: 'v1' | 'v2' = 'v2') => {
  const answer = await requestToken(doorstep, passwordForm(form), { version })
  expect(answer.status, answer.text).toBe(200)
  return answer
}
const tokenOf = async () => (await answerOf()).body.access_token as string

/** A token that was asked for under the real name, as a program inside `run` does. */
async function tokenOfRealName(): Promise<string> {
  const form = encodedForm(passwordForm({ scope: `${graph}/User.Read` }))
  const url = `https://login.microsoftonline.com/${contoso.tenantId}/oauth2/v2.0/token`
  const program = `fetch('${url}', { method: 'POST', body: new URLSearchParams(process.argv[1]) }).then((a) => a.json()).then((a) => console.log(a.access_token))`
  const { stdout } = await doorstepCommand([...inRun(), process.execPath, '-e', program, form])
  return stdout.trim()
}

const inRun = () => ['run', '--data', doorstep.dataDirectory, '--']
const applicationToken = () => doorstep.graph.token()

describe('a token of the running local cloud', () => {
  it('passes every check, and is told in words', async () => {
    const token = await tokenOfRealName()
    const inspected = await inspect(token)
    expect(inspected).toMatchObject({ exitCode: 0, stderr: '' })
    const { kind, form, algorithm, signature, times, issuer, tenant, version, audience, scp, client, subject } =
      findingsOf(inspected)
    for (const check of [form, algorithm, signature, times, issuer, tenant, version, audience]) {
      expect(check).toMatchObject({ verdict: 'ok' })
    }
    expect(signature?.says).toBe(`made with a key of ${doorstep.url}`)
    expect(times?.says).toMatch(/^issued .* ago \(.*Z\), expires in .*; by the clock of the local cloud$/)
    expect(issuer?.says).toContain('public cloud')
    expect(audience?.says).toContain('Microsoft Graph: the identifier URI')
    expect(kind?.says).toContain('of a user')
    expect(scp?.says).toMatch(/User\.Read \(.+\)/)
    expect(subject?.says).toContain(alice.name)
    expect(client?.says).toContain('public client')
  })

  it('of an application is told from one of a user', async () => {
    const { kind, roles, subject } = findingsOf(await inspect(await applicationToken()))
    expect(kind?.says).toContain("an application's own")
    expect(roles?.says).toMatch(/\(.+\)/)
    expect(subject?.says).toMatch(/^object id /)
  })

  it('has the issuer of the local cloud where it was asked at localhost', async () => {
    const { issuer, signature } = findingsOf(await inspect(await tokenOf()))
    expect(issuer).toMatchObject({ verdict: 'ok', says: expect.stringMatching(/, the local cloud$/) })
    expect(signature?.verdict).toBe('ok')
  })

  it.each([
    ['Bearer …', (token: string) => `Bearer ${token}\n`],
    ['a header line', (token: string) => `Authorization: bearer ${token}`],
    ['a line of token --format env', (token: string) => `export ACCESS_TOKEN=${token}\n`],
    ['a quoted assignment', (token: string) => `ACCESS_TOKEN='${token}'`],
    ['an argument of curl', (token: string) => `-H "Authorization: Bearer ${token}"`],
    [
      'a JSON answer',
      (token: string) => JSON.stringify({ token_type: 'Bearer', access_token: token, id_token: 'x.y.z' }),
    ],
    ['the answer of az', (token: string) => JSON.stringify({ accessToken: token, expiresOn: '' }, null, 2)],
    ['an address', (token: string) => `http://localhost:8080/#access_token=${token}&token_type=Bearer&state=1`],
    ['quotes', (token: string) => `"${token}"\n`],
    ['wrapped lines', (token: string) => token.replace(/(.{80})/g, '$1\n')],
  ])('is found in %s', async (_, paste) => {
    const inspected = await inspect(paste(await applicationToken()))
    expect(findingsOf(inspected).signature, inspected.stderr).toMatchObject({ verdict: 'ok' })
  })

  it('is taken from the command line too, and "-" is standard input', async () => {
    const token = await applicationToken()
    expect((await inspect('', [token])).exitCode).toBe(0)
    expect((await inspect(token, ['-'])).exitCode).toBe(0)
  })

  it('is never printed whole, nor is its signature, in no form of output', async () => {
    const token = await applicationToken()
    const signature = token.split('.')[2] ?? ''
    for (const words of [[], ['--json']]) {
      const { stdout, stderr } = await inspect(token, words)
      for (const part of [token, signature, signature.slice(0, 40)]) expect(stdout + stderr).not.toContain(part)
    }
  })

  it('is one JSON document with --json', async () => {
    const { stdout } = await inspect(await applicationToken(), ['--json'])
    const told = JSON.parse(stdout)
    expect(told).toMatchObject({ kind: 'access token', header: { alg: 'RS256' }, claims: { ver: '1.0' } })
    expect(told.checks).toContainEqual({
      name: 'signature',
      verdict: 'ok',
      says: `made with a key of ${doorstep.url}`,
    })
    expect(told.facts.kind).toContain('application')
  })
})

describe('other tokens of an answer', () => {
  it('an id_token is recognized, and not for an API', async () => {
    const { body } = await answerOf()
    const { kind, audience, signature } = findingsOf(await inspect(body.id_token))
    expect(kind?.says).toMatch(/^id_token.*an API must not accept it$/)
    expect(audience?.says).toContain('the application that signed the person in')
    expect(signature?.verdict).toBe('ok')
  })

  it('an unsigned id_token of v1.0 is no failure', async () => {
    const { body } = await answerOf({ scope: 'openid', resource: graph }, 'v1')
    const inspected = await inspect(body.id_token)
    expect(findingsOf(inspected).algorithm).toMatchObject({ verdict: 'not checked' })
    expect(inspected.exitCode).toBe(0)
  })

  it('a refresh token is recognized and said to be opaque', async () => {
    const { body } = await answerOf()
    for (const input of [body.refresh_token, JSON.stringify({ refresh_token: body.refresh_token })]) {
      const inspected = await inspect(input)
      expect(inspected.exitCode).toBe(0)
      expect(inspected.stdout).toMatch(/refresh token.*opaque/)
      expect(inspected.stdout).not.toContain(body.refresh_token)
    }
  })

  it('a client secret is recognized and not printed', async () => {
    const inspected = await inspect(doorstep.bootstrap.clientSecret)
    expect(inspected.stdout).not.toContain(doorstep.bootstrap.clientSecret)
  })

  it('the access token is picked, and the others are named', async () => {
    const { text: json } = await answerOf()
    expect(findingsOf(await inspect(json))['taken from']?.says).toBe(
      'access_token of a JSON answer, beside id_token, refresh_token',
    )
  })
})

describe('the clock of the local cloud counts', () => {
  it('an advanced clock makes its token expire, and is named', async () => {
    const token = await tokenOf()
    await doorstep.control.request('POST', '/clock', { advanceSeconds: 90 * 86_400 })
    try {
      const inspected = await inspect(token)
      expect(inspected.exitCode).toBe(1)
      expect(findingsOf(inspected).times).toMatchObject({
        verdict: 'failed',
        says: expect.stringMatching(/expired .* ago .*the clock of the local cloud, 90d ahead of this machine/),
      })
      const fresh = await inspect(await tokenOf())
      expect(findingsOf(fresh).times?.verdict).toBe('ok')
    } finally {
      await doorstep.control.request('POST', '/clock', { reset: true })
    }
  })

  it('but not for a token that it did not sign', async () => {
    const { times } = findingsOf(await inspect(signed(strangersClaims)))
    expect(times?.says).toContain('the clock of this machine')
  })
})

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const seconds = Math.floor(Date.now() / 1000)
const strangersClaims = {
  aud: '00000000-aaaa-4bbb-8ccc-000000000001',
  iss: `https://login.microsoftonline.com/${contoso.tenantId}/v2.0`,
  iat: seconds - 300,
  nbf: seconds - 300,
  exp: seconds + 3600,
  azp: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  azpacr: '0',
  oid: '00000000-aaaa-4bbb-8ccc-000000000002',
  scp: 'Orders.Read',
  tid: contoso.tenantId,
  ver: '2.0',
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function signed(claims: Readonly<Record<string, unknown>>, header: Readonly<Record<string, unknown>> = {}): string {
  const input = `${encoded({ typ: 'JWT', alg: 'RS256', kid: 'stranger', ...header })}.${encoded(claims)}`
  return `${input}.${sign('sha256', Buffer.from(input), stranger.privateKey).toString('base64url')}`
}

describe('what cannot be checked says why', () => {
  it('without a running local cloud', async () => {
    const inspected = await inspect(signed(strangersClaims), [], nowhere)
    expect(inspected.exitCode).toBe(0)
    expect(findingsOf(inspected).signature).toEqual({
      verdict: 'not checked',
      says: 'no local cloud is running here; --online asks https://login.microsoftonline.com',
    })
    expect(findingsOf(inspected).client?.says).toContain('Microsoft Azure CLI, public client')
  })

  it('for a key that the local cloud does not have', async () => {
    const { signature } = findingsOf(await inspect(signed(strangersClaims)))
    expect(signature?.says).toContain('did not sign it; --online asks')
  })

  it("for Graph's own tokens, and for other issuers", async () => {
    const { signature } = findingsOf(await inspect(signed(strangersClaims, { nonce: 'n' })))
    expect(signature?.says).toContain('only Microsoft Graph can check it')
    const foreign = { iss: 'https://token.actions.githubusercontent.com', sub: 'repo:a/b', aud: 'x', exp: seconds + 60 }
    const inspected = await inspect(signed(foreign))
    expect(inspected.exitCode).toBe(0)
    expect(findingsOf(inspected).subject?.says).toContain('repo:a/b')
    expect(findingsOf(inspected).signature?.verdict).toBe('not checked')
  })
})

describe('what is wrong fails, and exits with 1', () => {
  const local = () => `${doorstep.url}/${contoso.tenantId}/v2.0`
  const failing: [check: string, says: RegExp, token: () => string | Promise<string>][] = [
    ['signature', /publishes no key 'stranger'/, () => signed({ ...strangersClaims, iss: local() })],
    ['signature', /not made with the key it names/, async () => withClaims(await tokenOf(), { oid: 'x' })],
    ['signature', /there is none/, async () => (await tokenOf()).replace(/[^.]+$/, '')],
    ['algorithm', /none; Entra signs with RS256/, () => `${encoded({ alg: 'none' })}.${encoded(strangersClaims)}.`],
    ['algorithm', /HS256/, () => hmacSigned()],
    ['algorithm', /crit/, () => signed(strangersClaims, { crit: ['b64'] })],
    ['times', /expired 1h .*ago/, () => signed({ ...strangersClaims, exp: seconds - 3600 })],
    ['times', /not valid yet/, () => signed({ ...strangersClaims, nbf: seconds + 3600, exp: seconds + 7200 })],
    ['times', /no 'exp'/, () => signed({ ...strangersClaims, exp: undefined })],
    ['times', /no 'exp'/, () => signed({ ...strangersClaims, exp: 1e300 })],
    ['audience', /carries the application id/, () => signed({ ...strangersClaims, aud: 'api://x' })],
    ['audience', /one text/, () => signed({ ...strangersClaims, aud: ['a'] })],
    ['issuer', /expected https:\/\/sts/, () => signed({ ...strangersClaims, iss: 'https://x.example/' })],
    [
      'issuer',
      /form of v1\.0/,
      () => signed({ ...strangersClaims, iss: `https://sts.windows.net/${contoso.tenantId}/` }),
    ],
    ['issuer', /not that of the tenant/, () => signed({ ...strangersClaims, tid: strangersClaims.oid })],
    ['tenant', /expected the GUID/, () => signed({ ...strangersClaims, tid: 'contoso.example' })],
    ['version', /3\.0; expected/, () => signed({ ...strangersClaims, ver: '3.0' })],
    ['form', /three parts .* not 2/, () => 'eyJh.eyJh'],
    ['form', /encrypted/, () => 'eyJh.a.b.c.d'],
    ['form', /header, is not JSON/, () => `xx.${encoded({})}.x`],
    ['form', /claims, is not JSON/, () => `${encoded({})}.eyJh.x`],
    ['form', /signature, is not base64url/, () => `${encoded({})}.${encoded({})}.%`],
  ]
  it.each(failing)('%s %s', async (check, says, token) => {
    const inspected = await inspect(await token())
    expect(inspected.exitCode, inspected.stderr).toBe(1)
    expect(findingsOf(inspected)[check]).toEqual({ verdict: 'failed', says: expect.stringMatching(says) })
  })

  it('hostile claims cannot move the cursor, nor flood the screen', async () => {
    const hostile = signed({
      ...strangersClaims,
      aud: `\u001b[2J\r\nforged\tok${'x'.repeat(10_000)}`,
      scp: '\u001b]0;x',
    })
    const { stdout } = await inspect(hostile)
    for (const control of ['\u001b', '\r']) expect(stdout).not.toContain(control)
    expect(stdout.split('\n').filter((line) => line.startsWith('forged'))).toEqual([])
    expect(stdout.length).toBeLessThan(4000)
  })

  const hmacSigned = () => {
    const input = `${encoded({ alg: 'HS256', kid: 'stranger' })}.${encoded(strangersClaims)}`
    return `${input}.${createHmac('sha256', 'x').update(input).digest('base64url')}`
  }
  const withClaims = (token: string, changes: Readonly<Record<string, unknown>>) => {
    const [header, payload = '', signature] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return `${header}.${encoded({ ...claims, ...changes })}.${signature}`
  }
})

describe('--online', () => {
  it('asks the issuer itself for its keys', async () => {
    const token = await tokenOfRealName()
    const asking = [...inRun(), process.execPath, launcher, 'inspect', '--data', nowhere, '--online', '-']
    const inspected = await doorstepCommand(asking, token)
    expect(findingsOf(inspected).signature, inspected.stderr).toEqual({
      verdict: 'ok',
      says: 'made with a key of https://login.microsoftonline.com',
    })
    const forged = await doorstepCommand(asking, signed(strangersClaims))
    expect(findingsOf(forged).signature).toMatchObject({ verdict: 'failed' })
  })
})

describe.skipIf(programMissing('python3'))('on a terminal', () => {
  /** Runs a command on a pseudo-terminal, pastes into it, and prints what the terminal showed. */
  const onTerminal = `
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
shown = b''
while b'Enter' not in shown: shown += os.read(fd, 4096)
os.write(fd, sys.stdin.buffer.read() + b'\\r')
try:
  while True:
    data = os.read(fd, 4096)
    if not data: break
    shown += data
except OSError: pass
os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)`

  it('a paste longer than a line of a terminal is read, not echoed, and answered with a table', async () => {
    const token = signed({ ...strangersClaims, padding: 'x'.repeat(6000) })
    const child = spawn('python3', ['-c', onTerminal, process.execPath, launcher, 'inspect', '--data', nowhere])
    child.stdin.end(token)
    const shown = await text(child.stdout)
    expect(shown).toContain('not shown')
    expect(shown, shown.slice(-200)).toContain('✓')
    expect(shown).toContain('not checked: ')
    expect(shown).not.toContain(token.slice(0, 60))
    expect(shown).not.toContain(token.slice(-60))
  })
})
