import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'

const launcher = fileURLToPath(new URL('../../bin/doorstep.cjs', import.meta.url))

async function explain(words: readonly string[], input = '') {
  const child = spawn(process.execPath, [launcher, 'explain', ...words])
  child.stdin.end(input)
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { exitCode, stdout, stderr }
}

describe('doorstep explain', () => {
  it('tells meaning, causes, check and fix', async () => {
    const { exitCode, stdout, stderr } = await explain(['AADSTS7000222'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const row of ['AADSTS7000222', 'invalid_client', 'Meaning', 'Causes', 'Check', 'Fix']) {
      expect(stdout).toContain(row)
    }
    expect(stdout).toContain('https://login.microsoftonline.com/error?code=7000222')
    expect(stdout).not.toContain('\u001b')
  })

  it('takes several codes, and says which it does not know', async () => {
    const { exitCode, stdout } = await explain(['50076', 'aadsts50011999'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^AADSTS50076$/m)
    expect(stdout).toMatch(/AADSTS50011999 {2}not among/)
  })

  it('takes bare numbers, as many as there are', async () => {
    const { exitCode, stdout } = await explain(['50076', '50011999', '65001'])
    expect(exitCode).toBe(0)
    expect(stdout.match(/^AADSTS\d+/gm)).toEqual(['AADSTS50076', 'AADSTS50011999', 'AADSTS65001'])
  })

  it('takes codes with and without their prefix at once', async () => {
    const { stdout } = await explain(['50011', 'AADSTS99999', '65001'])
    expect(stdout.match(/^AADSTS\d+/gm)).toEqual(['AADSTS50011', 'AADSTS99999', 'AADSTS65001'])
  })

  it('explains an OAuth error that comes without a code', async () => {
    const { exitCode, stdout } = await explain(['invalid_grant'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('sign in again')
  })

  it('shows nothing of a paste but what it recognized', async () => {
    const { stdout } = await explain(['-'], 'AADSTS50011: \u001b[31m\u0007 evil client_secret=abc8Q~secret')
    for (const part of ['evil', 'secret=', '\u001b', '\u0007']) expect(stdout).not.toContain(part)
  })
})

describe('what the local cloud refuses', () => {
  let doorstep: RunningDoorstep
  beforeAll(async () => {
    doorstep = await startDoorstep()
  })
  afterAll(() => doorstep.stop())

  it('is explained from the body of its answer', async () => {
    const refused = await doorstep.login.post('/oauth2/v2.0/token', {
      grant_type: 'client_credentials',
      client_id: doorstep.bootstrap.clientId,
      client_secret: 'wrong',
      scope: 'https://graph.microsoft.com/.default',
    })
    const { exitCode, stdout } = await explain(['--json'], refused.text)
    expect(exitCode).toBe(0)
    const told = JSON.parse(stdout)
    expect(told.explanations.map(({ code }: { code: number }) => code)).toEqual([7000215])
    expect(told.oauth.error).toBe('invalid_client')
    expect(told.request).toMatchObject({
      traceId: refused.body.trace_id,
      correlationId: refused.body.correlation_id,
      timestamp: refused.body.timestamp,
    })
  })

  it('is explained from the text of its error page', async () => {
    const page = await doorstep.request(
      'GET',
      `/${doorstep.tenantId}/oauth2/v2.0/authorize?client_id=${doorstep.bootstrap.clientId}&response_type=code&scope=openid&redirect_uri=http://localhost:1`,
      undefined,
      { accept: 'text/html' },
    )
    const { exitCode, stdout } = await explain(['--json', '-'], page.text)
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout).explanations[0].code).toBeGreaterThan(50_000)
  })
})
