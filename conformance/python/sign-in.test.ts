import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'
import { withPort53000 } from '../support/port-53000.ts'
import { doorstepWords, execute, type Outcome } from '../support/run-under-doorstep.ts'
import { cdf, expectTokenOfAlice } from './expect-token-of-alice.ts'
import { python, pythonMissing } from './interpreter.ts'

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The tenant of doorstep.yaml, and its applications. */
const tenantId = '5d2c8b1a-7e64-4f3b-9a0d-1c6e5f4b3a29'
const jupyter = '8a7b6c5d-4e3f-4a2b-9c1d-0e9f8a7b6c5d'
const withoutConsent = '9b8c7d6e-5f4a-4b3c-8d2e-1f0a9b8c7d6e'
const withoutPublicFlows = 'ac9d8e7f-6a5b-4c4d-9e3f-2a1bac9d8e7f'
const extractor = { appId: 'bdae9f8a-7b6c-4d5e-8f4a-3b2cbdae9f8a', secret: 'a-secret-for-tests-alone' }

const alice = 'alice@contoso.example'

describe.skipIf(pythonMissing())('people and programs, with MSAL Python and the Cognite SDK', () => {
  let doorstep: RunningDoorstep
  let folder: string
  /** Where programs keep what outlives them; a new one for each test. */
  let places: NodeJS.ProcessEnv

  beforeAll(async () => {
    const seed = await readFile(file('doorstep.yaml'), 'utf8')
    doorstep = await startDoorstep({ seed })
  })
  afterAll(() => doorstep?.stop())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
    places = { HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), TOKEN_CACHE: join(folder, 'tokens.json') }
    return () => rm(folder, { recursive: true, force: true })
  })

  interface Setting {
    readonly appId?: string
    /** Options of `doorstep run`. */
    readonly options?: readonly string[]
    readonly environment?: NodeJS.ProcessEnv
  }

  /** Runs a program as an application, with `doorstep run`. */
  const run = (
    [program = '', ...words]: readonly string[],
    { appId = jupyter, options = [], environment = {} }: Setting = {},
  ): Promise<Outcome> => {
    const running = ['run', '--data', doorstep.dataDirectory, ...options, '--', python, file(program), ...words]
    const variables = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: appId }
    return execute(doorstepWords(...running), { ...places, ...variables, ...environment })
  }

  const asAlice: Setting = { options: ['--sign-in-as', alice] }

  /** The tokens that a program has printed. */
  const tokensOf = ({ code, stdout, stderr }: Outcome): readonly string[] => {
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout.slice(stdout.lastIndexOf('[')))
  }

  /** Of three tokens the second comes from the program's cache, and the third is refreshed. */
  const expectTokensOfAlice = async (outcome: Outcome) => {
    const [first = '', again, later = ''] = tokensOf(outcome)
    expect(again).toBe(first)
    expect(later).not.toBe(first)
    for (const token of [first, later]) await expectTokenOfAlice(doorstep, token, { tenantId, appId: jupyter })
  }

  /** How often the sign-in pages were completed during a run. */
  const signIns = ({ stderr }: Outcome) => [...stderr.matchAll(/^Doorstep: signed in /gm)].length

  describe('in the browser, on port 53000', () => {
    it.each([
      ['OAuthInteractive', ['cognite_interactive.py']],
      ['a PublicClientApplication behind a callable', ['msal_public_client.py', 'interactive']],
    ])('%s signs in once; then come the cache and the refresh token, in the next process too', async (_, program) => {
      const first = await withPort53000(() => run(program, asAlice))
      await expectTokensOfAlice(first)
      expect(signIns(first)).toBe(1)

      // Nobody is there any more.
      const next = await run(program, { environment: { BROWSER: 'false' } })
      const [, , refreshed = ''] = tokensOf(next)
      expect(tokensOf(first)).not.toContain(refreshed)
      await expectTokenOfAlice(doorstep, refreshed, { tenantId, appId: jupyter })
    })

    it.each(['select_account', 'login', 'consent'])('OAuthInteractive prompts for %s', async (prompt) => {
      const setting = { options: ['--sign-in-as', alice, '--consent'], environment: { TOKENS: '1' } }
      const outcome = await withPort53000(() => run(['cognite_interactive.py', prompt], setting))
      const [token = ''] = tokensOf(outcome)
      expect(signIns(outcome)).toBe(1)
      await expectTokenOfAlice(doorstep, token, { tenantId, appId: jupyter })
    })

    it('a person consents where nobody has, or declines', async () => {
      const program = ['msal_public_client.py', 'interactive']
      const setting = { appId: withoutConsent, environment: { TOKENS: '1' } }
      const declined = await withPort53000(() => run(program, { ...asAlice, ...setting }))
      expect(declined.code, declined.stdout).toBe(1)
      expect(declined.stderr).toContain('AADSTS65004')

      const options = ['--sign-in-as', alice, '--consent']
      const [token = ''] = tokensOf(await withPort53000(() => run(program, { options, ...setting })))
      await expectTokenOfAlice(doorstep, token, { tenantId, appId: withoutConsent })
    })
  })

  describe('by device code', () => {
    it.each([
      ['OAuthDeviceCode', ['cognite_device_code.py']],
      ['a PublicClientApplication behind a callable', ['msal_public_client.py', 'device_code']],
    ])('%s polls until somebody has signed in; then come the cache and the refresh token', async (_, program) => {
      const outcome = await run(program, asAlice)
      await expectTokensOfAlice(outcome)
      expect(signIns(outcome)).toBe(1)
      expect(outcome.stdout + outcome.stderr).toContain('https://microsoft.com/devicelogin')
    })

    it('is refused to an application that does not allow public client flows', async () => {
      const { code, stdout, stderr } = await run(['cognite_device_code.py'], { ...asAlice, appId: withoutPublicFlows })
      expect(code, stdout).toBe(1)
      expect(stderr).toContain('AADSTS7000218')
    })
  })

  describe('a program with a secret, OAuthClientCredentials', () => {
    const asExtractor = (secret = extractor.secret): Setting => ({
      appId: extractor.appId,
      environment: { AZURE_CLIENT_SECRET: secret },
    })

    it('gets a token, keeps it, and gets the next one in time', async () => {
      const [first = '', again, later = ''] = tokensOf(await run(['cognite_client_credentials.py'], asExtractor()))
      expect(again).toBe(first)
      expect(later).not.toBe(first)
      const keys = createLocalJWKSet((await doorstep.request('GET', '/common/discovery/v2.0/keys')).body)
      const issuer = `https://sts.windows.net/${tenantId}/`
      for (const token of [first, later]) {
        const { payload } = await jwtVerify(token, keys, { audience: cdf, issuer })
        expect(payload).toMatchObject({ appid: extractor.appId, idtyp: 'app' })
        expect(payload).not.toHaveProperty('scp')
      }
    })

    it('shows why a wrong secret is refused', async () => {
      const { code, stdout, stderr } = await run(['cognite_client_credentials.py'], asExtractor('not-the-secret'))
      expect(code, stdout).toBe(1)
      expect(stderr).toContain('CogniteOAuthError')
      expect(stderr).toContain('AADSTS7000215')
    })
  })
})
