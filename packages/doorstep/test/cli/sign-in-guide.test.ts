import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Guide, readGuide, saveFiles } from '../../../../conformance/support/guide.ts'
import { type Workplace, workplace } from './doorstep-command.ts'
import { claimsIn } from './signed-in.ts'

let place: Workplace
let folder: string
let guide: Guide
beforeAll(async () => {
  place = await workplace()
  folder = join(place.root, 'guide')
  await mkdir(folder)
  guide = await readGuide('sign-in-from-the-command-line.md')
  await saveFiles(guide, folder)
  await place.up(['--seed', join(folder, 'doorstep.yaml')])
})
afterAll(() => place.close())

it('does what the page about signing in says, line by line', async () => {
  // The page shows it after the commands, which work without it.
  await rm(join(folder, 'doorstep.config.yaml'))
  const script = ['set -e', ...guide.commands].join('\n')
  const environment = { ...place.environment, NODE_EXTRA_CA_CERTS: undefined }
  const shell = spawn('bash', ['-c', script], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [exitCode]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')])
  expect(exitCode, stderr).toBe(0)
  expect(stdout).toContain('Signed in alice@contoso.example (profile default).')
  expect(stdout).toContain('"userPrincipalName":"alice@contoso.example"')
  const header = await readFile(join(folder, 'header.txt'), 'utf8')
  expect(claimsIn(header.replace('Authorization: Bearer ', ''))).toMatchObject({ aud: 'https://management.azure.com/' })
  const { accessToken } = JSON.parse(await readFile(join(folder, 'token.json'), 'utf8'))
  expect(claimsIn(accessToken)).toMatchObject({ app_displayname: 'my-job', idtyp: 'app' })
  expect((await place.doorstep(['accounts', '--json'])).stdout).toContain('"accounts":[]')
})

it('says how the local cloud is started with the file that it shows', async () => {
  const page = await readFile(
    new URL('../../../../docs/guides/sign-in-from-the-command-line.md', import.meta.url),
    'utf8',
  )
  const start = page.indexOf('npx --no-install doorstep up --seed doorstep.yaml')
  expect(start).toBeGreaterThan(page.indexOf('```yaml doorstep.yaml'))
  expect(start).toBeLessThan(page.indexOf('doorstep login --device-code 2>'))
})

it('shows a file of profiles that works', async () => {
  await saveFiles(guide, folder)
  const { stderr } = await place.start(['token'], {}, undefined, folder).ended
  expect(stderr).toContain('Nobody is signed in as profile work.')
  const job = await place.start(['token', '--profile', 'job'], {}, undefined, folder).ended
  expect(job.stderr).toContain('set the variable MY_JOB_SECRET')
})
