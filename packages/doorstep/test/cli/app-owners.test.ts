import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './doorstep-command.ts'

const administrator = 'admin@doorstep.example'

let place: Workplace
beforeAll(async () => {
  place = await workplace()
  await place.up()
})
afterAll(() => place.close())

const app = (...words: readonly string[]) => place.doorstep(['app', ...words])

async function done(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await app(...words)
  expect(exitCode, stderr).toBe(0)
  return stdout
}

describe('owners', () => {
  it('are added and taken away by name or id', async () => {
    const { appId } = JSON.parse(await done('create', 'owned', '--json'))
    expect(await done('add-owner', 'owned', administrator)).toBe(`${administrator} owns owned now.\n`)
    expect(JSON.parse(await done('add-owner', 'owned', administrator, '--json'))).toMatchObject({ status: 'unchanged' })
    await done('add-owner', 'owned', appId)
    await done('remove-owner', 'owned', administrator)
    const again = await app('remove-owner', 'owned', administrator)
    expect(again).toMatchObject({ exitCode: 1, stdout: '' })
    expect(again.stderr).toContain(`${administrator} is no owner of owned`)
  })

  it('that are unknown are refused with the right form', async () => {
    await done('create', 'unowned')
    const { exitCode, stderr } = await app('add-owner', 'unowned', 'nobody')
    expect(exitCode).toBe(1)
    expect(stderr).toContain("no user or service principal 'nobody' in this tenant. Name a user by principal name")
  })
})

describe('restore', () => {
  it('brings back what was deleted, by name, appId or object id', async () => {
    const { appId, objectId } = JSON.parse(await done('create', 'missed', '--json'))
    for (const name of ['missed', appId, objectId]) {
      await done('delete', 'missed', '--yes')
      expect(await done('restore', name)).toBe(`Restored missed (${appId}).\n`)
      await done('show', 'missed')
    }
  })

  it('is refused for what is not in the recycle bin, and for a name that several had', async () => {
    expect((await app('restore', 'never')).stderr).toContain('The recycle bin has no application never')
    for (const _twin of [1, 2]) {
      await app('create', 'gone-twin')
      await done('delete', 'gone-twin', '--yes')
    }
    const { exitCode, stderr } = await app('restore', 'gone-twin')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/2 deleted ones are called gone-twin; name one by its object id:\n {2}[\da-f-]{36}/)
  })
})
