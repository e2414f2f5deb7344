import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStores } from '../../src/stores/open.ts'
import { programMissing } from '../support/require-program.ts'
import { type Ended, type Workplace, workplace } from './doorstep-command.ts'
import { alice, dave, disabled, granted, greedy, newcomer, signInSeed, tenant } from './sign-in-seed.ts'

const program = (name: string) => fileURLToPath(new URL(`programs/${name}`, import.meta.url))

let place: Workplace
let seed: string
beforeAll(async () => {
  place = await workplace()
  seed = join(place.root, 'seed.yaml')
  await writeFile(seed, signInSeed)
  await place.up(['--seed', seed])
})
afterAll(() => place.close())

interface BrowserSignIn {
  readonly browserExitCode: number
  readonly requests: readonly {
    readonly method: string
    readonly path: string
    readonly cookie?: string
    readonly parameters: Readonly<Record<string, string>>
  }[]
  readonly user?: string
}

const run = (user: string, words: readonly string[], more: readonly string[] = []) =>
  place.doorstep(['run', '--sign-in-as', user, ...more, '--', ...words])

async function signInByBrowser(
  { user = alice, ...request }: { user?: string } & Readonly<Record<string, unknown>>,
  more: readonly string[] = [],
): Promise<Ended & BrowserSignIn> {
  const asked = JSON.stringify({ tenant, clientId: granted, ...request })
  const ended = await run(user, [process.execPath, program('browser-sign-in.mjs'), asked], more)
  expect(ended.exitCode, ended.stderr).toBe(0)
  return { ...ended, ...(JSON.parse(ended.stdout) as BrowserSignIn) }
}

describe('a browser sign-in under run --sign-in-as', () => {
  it('ends at the program, as the account, and says so', async () => {
    const { requests, user, browserExitCode, stderr } = await signInByBrowser({})
    expect(requests).toMatchObject([{ method: 'GET', parameters: { state: 'a b&c', code: expect.any(String) } }])
    expect({ user, browserExitCode }).toEqual({ user: alice, browserExitCode: 0 })
    expect(stderr).toMatch(/^Doorstep: signed in alice@contoso\.example; the answer goes to http:\/\/localhost:\d+\n$/)
    expect(stderr).not.toContain(requests[0]?.parameters.code)
  })

  it('needs no password: an account that never had one signs in', async () => {
    expect((await signInByBrowser({ user: dave })).user).toBe(dave)
  })

  it('takes the user name in any case', async () => {
    expect((await signInByBrowser({ user: alice.toUpperCase() })).user).toBe(alice)
  })

  it('posts the answer where the program asked for form_post', async () => {
    const { requests, user } = await signInByBrowser({ authorize: { response_mode: 'form_post' } })
    expect(requests).toMatchObject([{ method: 'POST', parameters: { state: 'a b&c', code: expect.any(String) } }])
    expect(user).toBe(alice)
  })

  it('says that an answer in the fragment needs a script', async () => {
    const { requests, stderr } = await signInByBrowser({ authorize: { response_mode: 'fragment' } })
    expect(requests).toMatchObject([{ parameters: {} }])
    expect(stderr).toMatch(/fragment.*response_mode=query or form_post/)
    expect(stderr).not.toContain('signed in')
  })

  it.each([
    ['prompt=login', { prompt: 'login' }],
    ['prompt=select_account', { prompt: 'select_account' }],
    ['prompt=none', { prompt: 'none' }],
    ['max_age=0', { max_age: '0' }],
    ['a hint of somebody else', { login_hint: dave }],
  ])('goes through with %s', async (_name, authorize) => {
    expect((await signInByBrowser({ authorize })).user).toBe(alice)
  })

  it('reaches a program that waits for its browser before it listens', async () => {
    expect(await signInByBrowser({ blocks: true })).toMatchObject({ user: alice, browserExitCode: 0 })
  })

  it('goes on through the pages of the program itself, with their cookies', async () => {
    const { requests } = await signInByBrowser({ onward: '/welcome' })
    expect(requests).toMatchObject([{ path: '/' }, { path: '/welcome', cookie: 'app=mine' }])
  })

  it.skipIf(process.platform !== 'linux')('is what xdg-open opens', async () => {
    expect((await signInByBrowser({ browser: 'xdg-open' })).user).toBe(alice)
  })

  it.skipIf(programMissing('python3'))('is what Python’s webbrowser opens', async () => {
    const query = new URLSearchParams({
      client_id: granted,
      response_type: 'code',
      redirect_uri: 'http://localhost:9',
      scope: 'openid',
      response_mode: 'fragment',
    })
    const address = `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/authorize?${query}`
    const { stderr } = await run(alice, ['python3', '-c', `import webbrowser; webbrowser.get().open("${address}")`])
    expect(stderr).toContain('Doorstep: The answer for http://localhost:9 stands in the fragment')
    expect(stderr).toContain('ECONNREFUSED')
  })

  it('of two runs at once ends with the account of each', async () => {
    const both = await Promise.all([alice, dave].map((user) => signInByBrowser({ user })))
    expect(both.map(({ user }) => user)).toEqual([alice, dave])
  })
})

describe('what an application asks for', () => {
  it('is not given without --consent: the program hears that, and the person what to do', async () => {
    const { requests, stderr } = await signInByBrowser({ clientId: newcomer })
    expect(requests).toMatchObject([{ parameters: { error: 'access_denied', state: 'a b&c' } }])
    expect(requests[0]?.parameters.error_description).toMatch(/^AADSTS65004: /)
    expect(stderr).toContain('newcomer asks alice@contoso.example for consent')
    expect(stderr).toContain('--consent')
    expect(stderr).not.toContain('signed in alice')
  })

  it('is given with --consent, for the account alone', async () => {
    expect((await signInByBrowser({ clientId: newcomer }, ['--consent'])).user).toBe(alice)
    expect((await signInByBrowser({ clientId: newcomer })).user).toBe(alice)
    expect((await signInByBrowser({ clientId: newcomer, user: dave })).user).toBeUndefined()
  })

  it('is not the account’s to give when only an administrator can', async () => {
    const authorize = { scope: 'openid User.Read.All' }
    const { requests, stderr } = await signInByBrowser({ clientId: greedy, authorize }, ['--consent'])
    expect(requests).toMatchObject([{ parameters: { error: 'access_denied' } }])
    expect(stderr).toContain('AADSTS90094')
    expect(stderr).toContain('administrator')
  })
})

describe('a refusal that may not go to the application', () => {
  it('of the redirect URI is said, with its code and what to do', async () => {
    const redirect_uri = 'https://elsewhere.example/'
    const { requests, browserExitCode, stderr } = await signInByBrowser({ authorize: { redirect_uri } })
    expect({ requests, browserExitCode }).toEqual({ requests: [], browserExitCode: 1 })
    expect(stderr).toMatch(/^Doorstep: AADSTS50011: .*https:\/\/elsewhere\.example\//)
    expect(stderr).toContain('it hears nothing')
    expect(stderr.trim().split('\n')).toHaveLength(3)
  })

  it('of the client is said', async () => {
    const { browserExitCode, stderr } = await signInByBrowser({ clientId: '00000000-0000-4000-8000-000000000000' })
    expect(browserExitCode).toBe(1)
    expect(stderr).toContain('AADSTS700016')
  })
})

describe('an account that cannot sign in', () => {
  it.each([
    ['nobody has', 'nobody@contoso.example', /There is no account nobody@contoso\.example here\. Expected /],
    ['is disabled', disabled, /The account bob@contoso\.example is disabled\. Expected an enabled one/],
  ])('since it %s is refused before the program starts', async (_name, user, message) => {
    const { exitCode, stdout, stderr } = await run(user, [process.execPath, '-p', '1'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it('is refused too where the run starts the local cloud', async () => {
    const words = ['--ephemeral', '--seed', seed, '--sign-in-as', 'nobody@contoso.example', '--', 'true']
    const { exitCode, stderr } = await place.doorstep(['run', ...words])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('There is no account nobody@contoso.example here.')
  })

  it('--consent alone is a mistake', async () => {
    const { exitCode, stderr } = await place.doorstep(['run', '--consent', '--', 'true'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--sign-in-as')
  })
})

describe('a device code under run --sign-in-as', () => {
  const askForCode = (clientId: string) => [process.execPath, program('device-sign-in.mjs'), tenant, clientId]

  it('is answered by the local cloud, and the terminal stays the program’s', async () => {
    const { stdout, stderr } = await run(dave, askForCode(granted))
    const { userCode, user } = JSON.parse(stdout)
    expect(user).toBe(dave)
    expect(stderr).toBe(`Doorstep: signed in ${dave} to granted by device code ${userCode}\n`)
  })

  it('is declined for want of consent: the program hears why, and the person what to do', async () => {
    const { stdout, stderr } = await run(dave, askForCode(greedy))
    const [said] = /AADSTS(65001|90094): /.exec(stderr) ?? ['nothing']
    expect(JSON.parse(stdout).description).toContain(said)
    expect(stderr).toMatch(/^Doorstep: declined device code \w{9} for dave@contoso\.example: AADSTS(65001|90094): /)
  })

  it('is answered with --consent', async () => {
    const { stdout } = await run(dave, askForCode(newcomer), ['--consent'])
    expect(JSON.parse(stdout)).toMatchObject({ user: dave })
  })

  it('of two runs at once is answered for the account of each', async () => {
    const both = await Promise.all([alice, dave].map((user) => run(user, askForCode(granted))))
    expect(both.map(({ stdout }) => JSON.parse(stdout).user)).toEqual([alice, dave])
  })

  it('of a run that says no account waits for a person', async () => {
    const signingIn = place.start([
      'run',
      '--sign-in-as',
      alice,
      '--',
      process.execPath,
      '-e',
      'console.log(1); setTimeout(() => {}, 60000)',
    ])
    await signingIn.firstLine
    const { stdout, stderr } = await place.doorstep(['run', '--', ...askForCode(granted)])
    expect(JSON.parse(stdout)).toMatchObject({ error: 'authorization_pending' })
    expect(stderr).toBe('')
    signingIn.process.kill('SIGTERM')
    expect((await signingIn.ended).stderr).toBe('')
  })

  const address = `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/devicecode`
  const form = `client_id=${granted}&scope=User.Read`
  const untilAnswered = 'setTimeout(() => {}, 2000)'
  const absoluteForm = `
    const { hostname, port } = new URL(process.env.HTTPS_PROXY)
    const headers = { host: 'login.microsoftonline.com', 'content-type': 'application/x-www-form-urlencoded' }
    require('node:http').request({ hostname, port, path: '${address}', method: 'POST', headers }, (answer) => answer.resume()).end('${form}')
    ${untilAnswered}`

  it('is known whichever way it comes: in absolute form', async () => {
    const { stderr } = await run(alice, [process.execPath, '-e', absoluteForm])
    expect(stderr).toMatch(/^Doorstep: signed in alice@contoso\.example to granted by device code \w{9}\n$/)
  })

  it.skipIf(programMissing('curl')).each(['--http1.1', '--http2'])(
    'is known whichever way it comes: curl %s',
    async (version) => {
      const script = `curl --silent --output /dev/null ${version} --data '${form}' ${address}; sleep 2`
      const { stderr } = await run(alice, ['sh', '-c', script])
      expect(stderr).toMatch(/^Doorstep: signed in alice@contoso\.example to granted by device code \w{9}\n$/)
    },
  )
})

describe('the sign-in log', () => {
  it('names sign-ins without a person for what they are', async () => {
    const own = { DOORSTEP_DATA: join(place.root, 'logged') }
    const cloud = await place.up(['--seed', seed], own)
    const asked = JSON.stringify({ tenant, clientId: granted })
    const words = ['--', process.execPath, program('browser-sign-in.mjs'), asked]
    await place.doorstep(['run', '--sign-in-as', dave, ...words], own)
    cloud.process.kill('SIGTERM')
    await cloud.ended
    const stores = await openStores({ directory: own.DOORSTEP_DATA })
    try {
      const { items: records } = await stores.signInRecords.list({ tenantId: tenant, top: 10 })
      expect(records.filter(({ kind }) => kind === 'control')).toContainEqual(
        expect.objectContaining({ userPrincipalName: dave, errorCode: 0 }),
      )
      expect(records.filter(({ kind }) => kind === 'interactive')).toEqual([])
    } finally {
      await stores.close()
    }
  })
})
