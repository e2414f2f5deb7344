/**
 * Builds every workspace, in the one order that works: the two libraries (types by tsc, one module by rolldown, since
 * one file starts faster than twenty), then the command line and the local cloud as a bundle with chunks that load
 * on demand.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
const packageFolder = (name) => join(root, 'packages', name)

async function buildLibrary(name) {
  const folder = packageFolder(name)
  const dist = join(folder, 'dist')
  rmSync(dist, { recursive: true, force: true })
  execFileSync(process.execPath, [tsc, '-p', join(folder, 'tsconfig.build.json')], { stdio: 'inherit' })
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const bundle = await rolldown({
    input: join(folder, 'src/index.ts'),
    platform: 'node',
    external: Object.keys(dependencies),
    logLevel: 'warn',
  })
  await bundle.write({ dir: dist, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' })
}

async function buildCommandLine() {
  const folder = packageFolder('doorstep')
  const dist = join(folder, 'dist')
  rmSync(dist, { recursive: true, force: true })
  const bundle = await rolldown({
    input: { main: join(folder, 'src/cli/main.ts') },
    platform: 'node',
    // The SQLite addon finds its prebuilt file beside itself; pg-native is an optional peer that pg looks for.
    external: ['@photostructure/sqlite', 'pg-native'],
    resolve: { conditionNames: ['doorstep-source', 'node', 'import', 'require', 'default'] },
    logLevel: 'warn',
  })
  // CommonJS, because it starts sooner; chunks are .cjs, or they would be read as ES modules in this package.
  await bundle.write({
    dir: dist,
    format: 'cjs',
    exports: 'named',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
  })
  copyFileSync(join(folder, 'src/interceptor/node-preload.cjs'), join(dist, 'node-preload.cjs'))
}

await Promise.all([buildLibrary('guard'), buildLibrary('client')])
await buildCommandLine()
