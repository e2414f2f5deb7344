import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { programMissing } from '../../../test/support/require-program.ts'
import { createAuthority } from '../certificate-authority.ts'
import { findNssCertutil, openNssDatabase } from '../trust/nss-database.ts'
import { firefoxArguments, prepareFirefoxProfile } from './firefox.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'doorstep-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const anAuthority = () =>
  createAuthority({
    commonName: 'Doorstep interception root',
    dnsNames: ['login.microsoftonline.com'],
    ipAddresses: [],
    notBefore: new Date(),
    lifetimeInDays: 1,
  })

it.skipIf(programMissing('certutil'))('a profile has the proxy and trusts the roots, the newest ones', async () => {
  const certutil = (await findNssCertutil(process.env, process.platform)) ?? ''
  const profile = join(root, 'a profile')
  const roots = { 'Doorstep interception root': join(root, 'intercept-ca.pem') }
  for (const proxy of ['http://127.0.0.1:8444', 'http://127.0.0.1:40001']) {
    const { rootCertificate } = await anAuthority()
    await writeFile(join(root, 'intercept-ca.pem'), rootCertificate)
    await prepareFirefoxProfile({ profile, proxy, roots, certutil })
    const preferences = await readFile(join(profile, 'user.js'), 'utf8')
    expect(preferences).toContain('user_pref("network.proxy.ssl", "127.0.0.1");\n')
    expect(preferences).toContain(`user_pref("network.proxy.ssl_port", ${new URL(proxy).port});\n`)
    const database = openNssDatabase(certutil, profile)
    expect(await database.list()).toEqual([{ name: 'Doorstep interception root', isTrusted: true }])
    const kept = await database.read('Doorstep interception root')
    expect(kept.replaceAll('\r\n', '\n').trim()).toBe(rootCertificate.trim())
  }
})

it('a first start joins no other profile, a later one its own', () => {
  expect(firefoxArguments('/p', 'https://a.example/', false, [])).toEqual([
    '--profile',
    '/p',
    '--new-instance',
    'https://a.example/',
  ])
  expect(firefoxArguments('/p', 'https://a.example/', true, ['-x'])).toEqual([
    '--profile',
    '/p',
    '-x',
    'https://a.example/',
  ])
})
