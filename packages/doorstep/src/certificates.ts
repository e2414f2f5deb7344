import type { DataFolder } from './data-folder.ts'
import {
  type AuthorityOptions,
  authorityCovers,
  createAuthority,
  type LocalAuthority,
  longestServerLifetimeInDays,
} from './interceptor/certificate-authority.ts'
import { interceptedHosts } from './interceptor/host-map.ts'

/** The two authorities of a local cloud; neither can sign anything any more. */
export interface Certificates {
  /** For localhost: the only one a person may want to trust in his own browser. */
  readonly localhost: LocalAuthority
  /** For the intercepted names: given to children of `run` and to `browse`, never to the system. */
  readonly intercept: LocalAuthority
}

const localhostNames = (publicName: string | undefined) => ({
  dnsNames: ['localhost', ...(publicName ? [publicName] : [])],
  ipAddresses: ['127.0.0.1', '::1'],
})
const interceptedNames = { dnsNames: interceptedHosts.map(({ pattern }) => pattern), ipAddresses: [] }

/**
 * The certificates of a data folder, kept over restarts. New roots are made when names were added or the end of a
 * certificate is near; clients then have to be told of the new root, which `run` does by itself.
 */
export async function certificatesOf(folder: DataFolder, publicName: string | undefined): Promise<Certificates> {
  const kept = readKept(await folder.read('certificates.json'))
  const wantedNames = localhostNames(publicName)
  const now = new Date()
  const [localhost, intercept] = await Promise.all([
    stillGood(kept?.localhost, wantedNames, now) ?? make('Doorstep localhost root', wantedNames, now),
    stillGood(kept?.intercept, interceptedNames, now) ?? make('Doorstep interception root', interceptedNames, now),
  ])
  // The roots first, and whenever they differ: a start that was cut off between two files is mended by the next.
  for (const [name, { rootCertificate }] of [
    ['ca.pem', localhost],
    ['intercept-ca.pem', intercept],
  ] as const) {
    if ((await folder.read(name)) !== rootCertificate) await folder.write(name, rootCertificate)
  }
  if (localhost !== kept?.localhost || intercept !== kept?.intercept) {
    await folder.write('certificates.json', JSON.stringify({ localhost, intercept }))
  }
  return { localhost, intercept }
}

type Names = Pick<AuthorityOptions, 'dnsNames' | 'ipAddresses'>

function stillGood(kept: LocalAuthority | undefined, names: Names, at: Date): LocalAuthority | undefined {
  return kept && authorityCovers(kept, [...names.dnsNames, ...names.ipAddresses], at) ? kept : undefined
}

function make(commonName: string, names: Names, at: Date): Promise<LocalAuthority> {
  // A clock that is a little slow must not find the certificate unborn.
  const notBefore = new Date(at.getTime() - 3_600_000)
  return createAuthority({ commonName, ...names, notBefore, lifetimeInDays: longestServerLifetimeInDays })
}

function readKept(text: string | undefined): Certificates | undefined {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Certificates
  } catch {
    // Nothing is lost with it: certificates can be made again.
    return undefined
  }
}
