import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { programMissing } from '../../../test/support/require-program.ts'
import { createAuthority } from '../certificate-authority.ts'
import { isProgram } from '../installed-program.ts'
import { doStep } from './do-step.ts'
import { linuxLayouts, linuxStore } from './linux-store.ts'
import { findNssCertutil, openNssDatabase } from './nss-database.ts'
import { nssStores } from './nss-stores.ts'
import { type LocalhostRoot, localhostRootIn, localhostRootsIn } from './root-certificate.ts'
import { describeStep, installSteps, removeSteps, type TrustStep, type TrustStore, trustState } from './trust-plan.ts'

const rootOf = async (commonName: string, organization?: string) => {
  const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'] }
  const validity = { notBefore: new Date(), lifetimeInDays: 1 }
  return (await createAuthority({ commonName, ...(organization ? { organization } : {}), ...names, ...validity }))
    .rootCertificate
}
const parsed = (pem: string): LocalhostRoot => localhostRootIn(pem) ?? expect.fail('not a localhost root')

let current: string
let older: string
let stranger: string
let home: string
let rootPath: string
beforeAll(async () => {
  const name = 'Doorstep localhost root'
  ;[current, older, stranger] = await Promise.all([rootOf(name), rootOf(name), rootOf(name, 'Somebody else')])
})
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'doorstep-'))
  rootPath = join(home, 'ca.pem')
  await writeFile(rootPath, current, { mode: 0o600 })
})
afterEach(() => rm(home, { recursive: true, force: true }))

const doAll = async (steps: readonly TrustStep[]) => {
  for (const step of steps) await doStep(step)
}

describe('a localhost root', () => {
  it('is known by its whole subject, and only as a root', async () => {
    expect(parsed(current).fingerprint).toMatch(/^[\da-f]{64}$/)
    expect(parsed(current).thumbprint).toMatch(/^[\dA-F]{40}$/)
    for (const other of [stranger, await rootOf('Doorstep interception root'), 'no certificate', '']) {
      expect(localhostRootIn(other)).toBeUndefined()
    }
    expect(localhostRootsIn(`# a comment\n${current}${stranger}\n${older}`)).toEqual([parsed(current), parsed(older)])
  })
})

describe('the plan', () => {
  const storeWith = (roots: TrustStore['roots']): TrustStore => ({
    kind: 'system',
    place: '/anchors',
    roots,
    changes: {
      add: (_, name) => [{ kind: 'copy', from: '/ca.pem', to: `/anchors/${name}` }],
      remove: (_, name) => [{ kind: 'delete', path: `/anchors/${name}` }],
      update: [{ kind: 'run', program: '/sbin/update', words: ['a b'] }],
    },
  })
  const lines = (steps: readonly TrustStep[]) => steps.map(describeStep)

  it('for a store without the root: add it and update; the roots of others stay', () => {
    const steps = installSteps(storeWith([{ ...parsed(older), name: 'older', isTrusted: true }]), parsed(current))
    const name = `Doorstep localhost root ${parsed(current).fingerprint.slice(0, 8)}`
    expect(lines(steps)).toEqual([`copy /ca.pem to "/anchors/${name}"`, '/sbin/update "a b"'])
  })

  it('for a store that trusts it: nothing', () => {
    const store = storeWith([{ ...parsed(current), name: 'ours', isTrusted: true }])
    expect(installSteps(store, parsed(current))).toEqual([])
    expect(trustState(store, parsed(current))).toBe('trusted')
  })

  it('for a store where the update was cut off: the same again, under the name that is there', () => {
    const store = storeWith([{ ...parsed(current), name: 'ours', isTrusted: false }])
    expect(trustState(store, parsed(current))).toBe('incomplete')
    expect(lines(installSteps(store, parsed(current)))).toEqual(['copy /ca.pem to /anchors/ours', '/sbin/update "a b"'])
  })

  it('for a removal: every root of ours and what is left over of one, then update; nothing for a store without', () => {
    const store = storeWith([
      { ...parsed(current), name: 'ours', isTrusted: true },
      { ...parsed(older), isTrusted: true },
    ])
    expect(lines(removeSteps(store))).toEqual(['delete /anchors/ours', '/sbin/update "a b"'])
    expect(removeSteps(storeWith([]))).toEqual([])
  })

  it('tells other roots from none, and what cannot be read from both', () => {
    expect(trustState(storeWith([{ ...parsed(older), name: 'x', isTrusted: true }]), parsed(current))).toBe('other')
    expect(trustState(storeWith([{ ...parsed(older), name: 'x', isTrusted: true }]), undefined)).toBe('other')
    expect(trustState(storeWith([]), parsed(current))).toBe('absent')
    expect(trustState(storeWith(undefined), parsed(current))).toBe('unknown')
  })
})

describe('a failed step', () => {
  it('says what could not be done and why', async () => {
    const copy: TrustStep = { kind: 'copy', from: rootPath, to: join(home, 'missing', 'a.crt') }
    await expect(doStep(copy)).rejects.toThrow(/^Cannot copy .*a\.crt.*ENOENT/)
    const run: TrustStep = {
      kind: 'run',
      program: process.execPath,
      words: ['-e', 'console.error("no"); process.exit(4)'],
    }
    await expect(doStep(run)).rejects.toThrow(/ failed: no$/)
    await expect(doStep({ kind: 'run', program: join(home, 'none'), words: [] })).rejects.toThrow(/ENOENT/)
  })
})

const updateProgram = '/usr/sbin/update-ca-certificates'
const isDebian = await isProgram(updateProgram)

describe.skipIf(!isDebian)('the store of a Debian system, below another root folder', () => {
  let anchors: string
  let bundle: string
  /** The real program; its own words for other folders are what its package's tests use. */
  const store = async () => {
    const [debian] = linuxLayouts
    if (!debian) return expect.fail('no layout')
    const layout = { ...debian, anchors, bundle }
    return (
      (await linuxStore({ layouts: [layout], rootPath, path: join(home, 'bin') })) ?? expect.fail('no store was found')
    )
  }
  beforeEach(async () => {
    anchors = join(home, 'anchors')
    bundle = join(home, 'certs', 'ca-certificates.crt')
    for (const folder of ['anchors', 'certs', 'bin', 'shipped', 'hooks']) await mkdir(join(home, folder))
    // What every system has: the program leaves its bundle alone when nothing at all is trusted.
    await writeFile(join(home, 'shipped', 'shipped.crt'), stranger)
    await writeFile(join(home, 'ca-certificates.conf'), 'shipped.crt\n')
    const folders = `--certsconf ${home}/ca-certificates.conf --certsdir ${home}/shipped --localcertsdir ${anchors} --etccertsdir ${home}/certs --hooksdir ${home}/hooks`
    await writeFile(join(home, 'bin', 'update-ca-certificates'), `#!/bin/sh\nexec ${updateProgram} ${folders} "$@"\n`)
    await chmod(join(home, 'bin', 'update-ca-certificates'), 0o755)
  })

  it('trusts the root after the installation, readable for everybody, and a second one has nothing to do', async () => {
    expect(trustState(await store(), parsed(current))).toBe('absent')
    await doAll(installSteps(await store(), parsed(current)))
    expect(trustState(await store(), parsed(current))).toBe('trusted')
    expect(localhostRootsIn(await readFile(bundle, 'utf8'))).toEqual([parsed(current)])
    const [file = ''] = await readdir(anchors)
    expect(file).toBe(`doorstep-localhost-root-${parsed(current).fingerprint.slice(0, 8)}.crt`)
    expect((await stat(join(anchors, file))).mode & 0o777).toBe(0o644)
    expect(installSteps(await store(), parsed(current))).toEqual([])
  })

  it('ends an installation that was cut off before the update', async () => {
    const [copy] = installSteps(await store(), parsed(current))
    if (copy) await doStep(copy)
    expect(trustState(await store(), parsed(current))).toBe('incomplete')
    await doAll(installSteps(await store(), parsed(current)))
    expect(trustState(await store(), parsed(current))).toBe('trusted')
  })

  it('is after a removal what it was before, with older roots gone and those of others kept', async () => {
    await writeFile(join(anchors, 'older.crt'), older)
    await writeFile(join(anchors, 'stranger.crt'), stranger)
    await doAll(installSteps(await store(), parsed(current)))
    expect((await store()).roots).toHaveLength(2)
    await doAll(removeSteps(await store()))
    expect((await store()).roots).toEqual([])
    expect(await readdir(anchors)).toEqual(['stranger.crt'])
    expect(await readFile(bundle, 'utf8')).toBe(`${stranger}${stranger}`)
    expect((await readdir(join(home, 'certs'))).filter((name) => name.startsWith('doorstep'))).toEqual([])
  })

  it('ends a removal that was cut off before the update', async () => {
    await doAll(installSteps(await store(), parsed(current)))
    const [remove] = removeSteps(await store())
    if (remove) await doStep(remove)
    expect((await store()).roots).toEqual([{ ...parsed(current), isTrusted: true }])
    await doAll(removeSteps(await store()))
    expect((await store()).roots).toEqual([])
  })

  it('is not there on a distribution that keeps its roots in another way', async () => {
    expect(await linuxStore({ layouts: [], rootPath, path: '' })).toBeUndefined()
  })
})

describe.skipIf(programMissing('certutil'))('the stores of browsers (NSS)', () => {
  let certutil: string
  const folders = ['.pki/nssdb', '.mozilla/firefox/abc.default-release']
  const stores = () => nssStores({ home, platform: 'linux', rootPath, certutil })
  beforeEach(async () => {
    certutil = (await findNssCertutil(process.env, process.platform)) ?? ''
    for (const folder of folders) {
      await mkdir(join(home, folder), { recursive: true })
      await openNssDatabase(certutil, join(home, folder)).create()
    }
    // A folder of Firefox that is no profile.
    await mkdir(join(home, '.mozilla/firefox/Crash Reports'))
  })

  it('trust the root after the installation, and a second one has nothing to do', async () => {
    expect((await stores()).map(({ place }) => place)).toEqual(folders.map((folder) => join(home, folder)))
    for (const store of await stores()) {
      expect(trustState(store, parsed(current))).toBe('absent')
      await doAll(installSteps(store, parsed(current)))
    }
    for (const store of await stores()) {
      expect(trustState(store, parsed(current))).toBe('trusted')
      expect(installSteps(store, parsed(current))).toEqual([])
    }
  })

  it('lose every root of ours by a removal, older ones included, and no other', async () => {
    const [folder = ''] = folders
    const database = openNssDatabase(certutil, join(home, folder))
    for (const [name, pem] of Object.entries({ 'Doorstep localhost root - by hand': older, Stranger: stranger })) {
      await writeFile(join(home, 'other.pem'), pem)
      await database.add(name, join(home, 'other.pem'))
    }
    expect((await stores()).map((store) => trustState(store, parsed(current)))).toEqual(['other', 'absent'])
    for (const store of await stores()) await doAll(installSteps(store, parsed(current)))
    for (const store of await stores()) await doAll(removeSteps(store))
    expect((await stores()).map(({ roots }) => roots)).toEqual([[], []])
    expect((await database.list()).map(({ name }) => name)).toEqual(['Stranger'])
  })

  it('trust a root again that was left without trust', async () => {
    const [folder = ''] = folders
    const database = openNssDatabase(certutil, join(home, folder))
    await database.add('Doorstep localhost root mine', rootPath)
    await doStep({
      kind: 'run',
      program: certutil,
      words: ['-M', '-d', `sql:${join(home, folder)}`, '-n', 'Doorstep localhost root mine', '-t', ',,'],
    })
    const [store] = await stores()
    if (!store) return expect.fail('no store')
    expect(trustState(store, parsed(current))).toBe('incomplete')
    await doAll(installSteps(store, parsed(current)))
    expect(await database.list()).toEqual([{ name: 'Doorstep localhost root mine', isTrusted: true }])
  })

  it('cannot be read without certutil, and say what is needed', async () => {
    const [store] = await nssStores({ home, platform: 'linux', rootPath, certutil: undefined })
    expect(store?.roots).toBeUndefined()
    expect(store?.needs).toContain('libnss3-tools')
  })
})
