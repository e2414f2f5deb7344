import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { type Workplace, workplace } from './doorstep-command.ts'

const seed = `
tenants:
  - displayName: Contoso
    domain: contoso.example
    applications: [{ displayName: extractor, appId: 0a123b56-c987-4321-abcd-1a2b3c4d5e6f }]
  - { displayName: Fabrikam, domain: fabrikam.example }
`

describe('the tenants of a seed file', () => {
  let place: Workplace
  let doorstep: RunningDoorstep
  beforeAll(async () => {
    place = await workplace()
    doorstep = await startDoorstep({ seed })
  })
  afterAll(async () => {
    await doorstep?.stop()
    await place?.close()
  })

  const said = (...words: readonly string[]) => place.doorstep([...words, '--data', doorstep.dataDirectory])
  const tenants = async (): Promise<{ tenantId: string; domain: string }[]> =>
    JSON.parse((await said('status', '--json')).stdout).tenants

  it('are listed by status beside that of the first start, and nothing of the platform’s own', async () => {
    const domains = (await tenants()).map(({ domain }) => domain)
    expect(domains.toSorted()).toEqual(['contoso.example', 'doorstep.example', 'fabrikam.example'])
    const { stdout } = await said('status')
    expect(stdout).toMatch(/^Tenant +Domain +Id\n/m)
    expect(stdout).toMatch(/^Contoso +contoso\.example +[\da-f-]{36}$/m)
  })

  it('are administered by their id, domain or name, each for itself', async () => {
    const { tenantId = '' } = (await tenants()).find(({ domain }) => domain === 'contoso.example') ?? {}
    for (const tenant of [tenantId, 'contoso.example', 'CONTOSO']) {
      expect((await said('app', 'list', '--tenant', tenant)).stdout).toMatch(/^extractor +0a123b56-/m)
    }
    const made = JSON.parse((await said('app', 'create', 'here', '--tenant', 'fabrikam.example', '--json')).stdout)
    expect(made.tenant).not.toBe(tenantId)
    expect((await said('app', 'show', 'here', '--tenant', 'contoso.example')).exitCode).toBe(1)
    expect((await said('app', 'show', 'here')).exitCode).toBe(1)
    expect((await said('app', 'delete', 'here', '--yes', '--tenant', 'fabrikam.example')).exitCode).toBe(0)
  })

  it('are named where one is asked for that is none', async () => {
    const { exitCode, stderr } = await said('app', 'list', '--tenant', 'nowhere.example')
    expect(exitCode).toBe(1)
    expect(stderr).toContain("no tenant 'nowhere.example'")
    expect(stderr).toContain('Contoso (contoso.example)')
  })

  it('are still administered after a reset', async () => {
    expect((await doorstep.control.request('POST', '/reset')).status).toBe(200)
    expect((await said('app', 'list', '--tenant', 'Contoso')).stdout).toContain('extractor')
  })
})
