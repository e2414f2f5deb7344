import { access, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalCloud, startLocalCloud } from '../support/local-cloud.ts'
import { execute } from '../support/run-under-doorstep.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = fileURLToPath(new URL('program.ts', import.meta.url))

/** The libraries as somebody else gets them: unpacked from their archives, with nothing of ours beside them. */
describe('the packed libraries', () => {
  let cloud: LocalCloud
  let folder: string

  beforeAll(async () => {
    cloud = await startLocalCloud()
    folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
    for (const name of ['client', 'guard']) await unpack(name)
    for (const name of [
      'jose',
      '@azure/core-auth',
      '@azure/abort-controller',
      '@azure/core-util',
      '@types/node',
      'undici-types',
    ]) {
      await link(name)
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      module: 'nodenext',
      target: 'es2023',
      noEmit: false,
      outDir: 'out',
      skipLibCheck: false,
      types: ['node'],
    }
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['program.ts', 'readme.ts'] }),
    )
    await copyFile(program, join(folder, 'program.ts'))
    await writeFile(join(folder, 'readme.ts'), await firstExampleOf('client'))
  })
  afterAll(async () => {
    await cloud?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function unpack(name: string): Promise<void> {
    const packed = await execute([
      'npm',
      'pack',
      '--silent',
      '--ignore-scripts',
      '--pack-destination',
      folder,
      join(root, 'packages', name),
    ])
    expect(packed.code, packed.stderr).toBe(0)
    const target = join(folder, 'node_modules', '@doorstep', name)
    await mkdir(target, { recursive: true })
    const archive = join(folder, packed.stdout.trim().split('\n').at(-1) ?? '')
    const unpacked = await execute(['tar', '-xzf', archive, '-C', target, '--strip-components=1'])
    expect(unpacked.code, unpacked.stderr).toBe(0)
  }

  /** The first program that the page of a package shows. */
  async function firstExampleOf(name: string): Promise<string> {
    const page = await readFile(join(root, 'packages', name, 'README.md'), 'utf8')
    return /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  }

  async function link(name: string): Promise<void> {
    const target = join(folder, 'node_modules', name)
    await mkdir(dirname(target), { recursive: true })
    await symlink(join(root, 'node_modules', name), target, 'junction')
  }

  it.each(['client', 'guard'])('%s brings its licence along', async (name) => {
    await access(join(folder, 'node_modules', '@doorstep', name, 'LICENSE'))
  })

  it('type-check in a strict program, as an Azure SDK’s TokenCredential too, and run', async () => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const checked = await execute([process.execPath, tsc, '-p', folder])
    expect(checked.code, checked.stdout).toBe(0)
    const { appId, password } = cloud.app
    const ran = await execute([process.execPath, join(folder, 'out', 'program.js')], {
      AUTHORITY_HOST: cloud.doorstep.url,
      CA: cloud.doorstep.caCertificate,
      NODE_EXTRA_CA_CERTS: cloud.doorstep.caCertificate,
      TENANT_ID: cloud.tenantId,
      CLIENT_ID: appId,
      CLIENT_SECRET: password,
    })
    expect(ran).toMatchObject({ code: 0, stdout: '200 let in function\n' })
  })
})
