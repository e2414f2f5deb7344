import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'
import { doorstepWords, execute } from '../support/run-under-doorstep.ts'

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The interpreter that has what `python/requirements.txt` names. */
const python = file('../python/.venv/bin/python')

function pythonMissing(): boolean {
  if (existsSync(python)) return false
  if (process.env.CI) throw new Error(`The tests need ${python}: make it as conformance/README.md says.`)
  return true
}

const tenantId = '7f8a9b0c-1d2e-4f3a-8b4c-5d6e7f8a9b0c'
const clientId = '8a9b0c1d-2e3f-4a4b-9c5d-6e7f8a9b0c1d'
const alice = 'alice@contoso.example'

/** Alice has no password: nobody could sign in as her by hand. */
const seed = `
tenants:
  - displayName: Contoso
    domain: contoso.example
    tenantId: ${tenantId}
    users: [{ userPrincipalName: ${alice}, displayName: Alice }]
    applications:
      - displayName: desktop
        appId: ${clientId}
        publicClient: { redirectUris: ["http://localhost"] }
        isFallbackPublicClient: true
        permissions: [Microsoft Graph/User.Read]
`

let doorstep: RunningDoorstep
beforeAll(async () => {
  doorstep = await startDoorstep({ seed })
})
afterAll(() => doorstep?.stop())

function run(words: readonly string[], consent = true) {
  const options = ['--data', doorstep.dataDirectory, '--sign-in-as', alice, ...(consent ? ['--consent'] : [])]
  const environment = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId }
  return execute(doorstepWords('run', ...options, '--', ...words), environment)
}

async function expectAlice(words: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(words)
  expect(code, stderr).toBe(0)
  const { user, accessToken } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  expect(user).toBe(alice)
  expect(decodeJwt(accessToken)).toMatchObject({ tid: tenantId, upn: alice, scp: expect.stringContaining('User.Read') })
  expect(stderr).toContain(`Doorstep: signed in ${alice}`)
}

describe('without consent', () => {
  it('acquireTokenInteractive of @azure/msal-node hears that it was declined', async () => {
    const { code, stderr } = await run([process.execPath, file('interactive.mjs')], false)
    expect(code).toBe(1)
    expect(stderr).toContain('AADSTS65004')
    expect(stderr).toContain('--consent')
  })

  it.skipIf(pythonMissing())('acquire_token_by_device_flow of MSAL Python ends at once', async () => {
    const { code, stderr } = await run([python, file('device_code.py')], false)
    expect(code).toBe(1)
    expect(stderr).toContain('AADSTS65001')
  })
})

describe('a sign-in that no person makes', () => {
  it('by acquireTokenInteractive of @azure/msal-node, in BROWSER', () =>
    expectAlice([process.execPath, file('interactive.mjs')]))

  it.skipIf(process.platform !== 'linux')('by acquireTokenInteractive of @azure/msal-node, in xdg-open', () =>
    expectAlice([process.execPath, file('interactive.mjs'), 'xdg-open']),
  )

  it.skipIf(pythonMissing())('by acquire_token_interactive of MSAL Python', () =>
    expectAlice([python, file('interactive.py')]),
  )

  it.skipIf(pythonMissing())('by acquire_token_by_device_flow of MSAL Python', () =>
    expectAlice([python, file('device_code.py')]),
  )

  it.skipIf(pythonMissing())('by InteractiveBrowserCredential of azure-identity', () =>
    expectAlice([python, file('interactive_identity.py')]),
  )
})
