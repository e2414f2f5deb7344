import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PrivatePostgres, skipWithoutPostgres, startPostgres } from '../../test/support/start-postgres.ts'
import type { DirectoryQuery, Page } from '../directory/query.ts'
import { tenantId } from './contract/records.ts'
import { openStores, type StoreLocation } from './open.ts'

const program = fileURLToPath(new URL('./contract/write-until-killed.ts', import.meta.url))
const longestLifeInMilliseconds = 80

/** Lets a process write, kills it at some moment, and returns the client ids whose commit it had acknowledged. */
async function killedWhileWriting({ directory, database }: StoreLocation): Promise<readonly string[]> {
  const writer = spawn(
    process.execPath,
    ['--import', 'tsx', program, directory, ...(database === undefined ? [] : [database])],
    { cwd: dirname(program), stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let said = ''
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const closed = once(writer, 'close')
  await Promise.race([once(writer.stdout, 'data'), closed])
  await after(Math.random() * longestLifeInMilliseconds)
  writer.kill('SIGKILL')
  await closed
  // The last line may have been cut off in the middle, and counts only when it is whole.
  return said.split('\n').slice(0, -1)
}

/** The client ids of all applications, and of all service principals. */
async function kept(location: StoreLocation) {
  const stores = await openStores(location)
  const applications = await allOf((query) => stores.applications.list(query))
  const servicePrincipals = await allOf((query) => stores.servicePrincipals.list(query))
  const complete = new Set(servicePrincipals)
  const torn: string[] = applications.filter((appId) => !complete.has(appId))
  // A commit that the dying process had sent may have been kept after the applications were listed.
  for (const appId of servicePrincipals) if (!(await stores.applications.byAppId(appId))) torn.push(appId)
  await stores.close()
  return { applications: new Set(applications), torn }
}

async function allOf(list: (query: DirectoryQuery) => Promise<Page<{ readonly appId: string }>>): Promise<string[]> {
  const found: string[] = []
  for (let page = await list({ tenantId, top: 999 }); ; ) {
    found.push(...page.items.map(({ appId }) => appId))
    if (page.next === undefined) return found
    page = await list({ tenantId, top: 999, after: page.next })
  }
}

async function expectDurable(location: StoreLocation, rounds: number): Promise<void> {
  const acknowledged: string[] = []
  for (let round = 0; round < rounds; round++) {
    const written = await killedWhileWriting(location)
    expect(written.length).toBeGreaterThan(0)
    acknowledged.push(...written)
    const { applications, torn } = await kept(location)
    expect(acknowledged.filter((appId) => !applications.has(appId))).toEqual([])
    expect(torn).toEqual([])
  }
}

describe('a process that is killed', () => {
  const directory = mkdtempSync(join(tmpdir(), 'doorstep-durability-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('loses nothing it has acknowledged and tears nothing, on the embedded database', {
    timeout: 120_000,
  }, async () => {
    await expectDurable({ directory }, 10)
  })

  describe.skipIf(skipWithoutPostgres())('with PostgreSQL', () => {
    let postgres: PrivatePostgres | undefined
    beforeAll(async () => {
      postgres = await startPostgres()
    })
    afterAll(() => postgres?.stop())

    it('loses nothing it has acknowledged and tears nothing', { timeout: 120_000 }, async () => {
      await expectDurable({ directory, database: postgres?.url }, 5)
    })
  })
})
