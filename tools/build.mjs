/**
 * Builds every workspace, in the one order that works: the two libraries (types by tsc, a module per entry of their
 * exports by rolldown, since one file starts faster than twenty), then the command line and the local cloud as a bundle with chunks that load
 * on demand.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
const packageFolder = (name) => join(root, 'packages', name)

/** Builds into a folder of its own and swaps it in as a whole, so that nobody meets half a build. */
async function intoDist(folder, build) {
  const [dist, next, last] = ['dist', `dist-next-${process.pid}`, `dist-last-${process.pid}`].map((name) =>
    join(folder, name),
  )
  try {
    await build(next)
    if (existsSync(dist)) renameSync(dist, last)
    renameSync(next, dist)
  } finally {
    for (const left of [next, last]) rmSync(left, { recursive: true, force: true })
  }
}

const buildLibrary = (name) => intoDist(packageFolder(name), (dist) => buildLibraryInto(dist, packageFolder(name)))

async function buildLibraryInto(dist, folder) {
  const typesOf = ['-p', join(folder, 'tsconfig.build.json'), '--outDir', dist]
  execFileSync(process.execPath, [tsc, ...typesOf], { stdio: 'inherit' })
  const described = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const { dependencies = {}, peerDependencies = {}, exports: entries } = described
  const bundle = await rolldown({
    input: Object.fromEntries(
      Object.values(entries).map(({ default: built, 'doorstep-source': source }) => [
        built.replace(/^\.\/dist\/|\.js$/g, ''),
        join(folder, source),
      ]),
    ),
    platform: 'node',
    external: Object.keys({ ...dependencies, ...peerDependencies }),
    logLevel: 'warn',
  })
  await bundle.write({ dir: dist, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' })
}

async function buildCommandLineInto(dist, folder) {
  const bundle = await rolldown({
    input: { main: join(folder, 'src/cli/main.ts') },
    platform: 'node',
    // The SQLite addon finds its prebuilt file beside itself; the keychain is an optional addon; pg-native is an optional peer that pg looks for.
    external: ['@photostructure/sqlite', '@napi-rs/keyring', 'pg-native'],
    resolve: { conditionNames: ['doorstep-source', 'node'] },
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
  // What prints a kept token is one small file of its own, because the time of `doorstep token` is that of its loading.
  const quick = await rolldown({
    input: { 'token-from-cache': join(folder, 'src/cli/token-from-cache.ts') },
    platform: 'node',
    external: ['@napi-rs/keyring'],
    resolve: { conditionNames: ['doorstep-source', 'node'] },
    logLevel: 'warn',
  })
  await quick.write({
    dir: dist,
    format: 'cjs',
    exports: 'named',
    entryFileNames: '[name].cjs',
    codeSplitting: false,
    minify: true,
  })
  copyFileSync(join(folder, 'src/interceptor/node-preload.cjs'), join(dist, 'node-preload.cjs'))
}

await Promise.all([buildLibrary('guard'), buildLibrary('client')])
const commandLine = packageFolder('doorstep')
await intoDist(commandLine, (dist) => buildCommandLineInto(dist, commandLine))
