/** `ver` of an access token, decided by the API's registration (`api.requestedAccessTokenVersion`). */
export type TokenVersion = '1.0' | '2.0'

/** What an accepted `iss` says. */
export interface Issuer {
  readonly version: TokenVersion
  /** Lower case. */
  readonly tenantId: string
  /** The configured authority hosts that issue under this name; more than one where clouds share it. */
  readonly authorityHosts: readonly string[]
}

/** Reads an `iss`; undefined when none of the configured authority hosts issues under it. */
export type ReadIssuer = (iss: unknown) => Issuer | undefined

export const PUBLIC_CLOUD = 'https://login.microsoftonline.com'

/** Names of one cloud. v1.0 tokens are issued under a name of their own, which the US Government cloud shares. */
const clouds = [
  {
    hosts: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
    v1: 'https://sts.windows.net',
    v2: PUBLIC_CLOUD,
  },
  {
    hosts: ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
    v1: 'https://sts.windows.net',
    v2: 'https://login.microsoftonline.us',
  },
  {
    hosts: ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
    v1: 'https://sts.chinacloudapi.cn',
    v2: 'https://login.partner.microsoftonline.cn',
  },
]

const guid = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'
const wholeGuid = new RegExp(`^${guid}$`)
const issuerForm = new RegExp(`^(https://[^/]+)/(${guid})/(v2\\.0)?$`)

export function isGuid(value: unknown): value is string {
  return typeof value === 'string' && wholeGuid.test(value)
}

/**
 * A reader of the issuers that the authority hosts issue under: `{v2}/{tid}/v2.0`, and `{v1}/{tid}/` for v1.0 tokens.
 * A host outside Microsoft's clouds, such as a local cloud on `https://localhost:8443`, issues both under its origin.
 *
 * @param authorityHosts origins, as `authorityOrigin` gives them
 */
export function issuerReader(authorityHosts: readonly string[]): ReadIssuer {
  const hostsByIssuer = new Map<string, string[]>()
  const add = (version: TokenVersion, issuer: string, host: string) => {
    const hosts = hostsByIssuer.get(`${version} ${issuer}`) ?? []
    if (!hosts.includes(host)) hosts.push(host)
    hostsByIssuer.set(`${version} ${issuer}`, hosts)
  }
  for (const host of authorityHosts) {
    const cloud = clouds.find(({ hosts }) => hosts.includes(new URL(host).host))
    add('1.0', cloud?.v1 ?? host, host)
    add('2.0', cloud?.v2 ?? host, host)
    add('2.0', host, host)
  }
  return (iss) => {
    const [, origin, tenantId, v2] = (typeof iss === 'string' && issuerForm.exec(iss)) || []
    if (origin === undefined || tenantId === undefined) return undefined
    const version = v2 === undefined ? '1.0' : '2.0'
    const hosts = hostsByIssuer.get(`${version} ${origin}`)
    return hosts && { version, tenantId: tenantId.toLowerCase(), authorityHosts: hosts }
  }
}

/**
 * The origin of an authority host, which may be given bare (`login.microsoftonline.us`) or with a final slash.
 *
 * @throws {TypeError} for anything that is not an https origin: keys fetched over http could be anybody's
 */
export function authorityOrigin(authorityHost: string): string {
  const text = authorityHost.includes('://') ? authorityHost : `https://${authorityHost}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' && url.href === `${url.origin}/`) return url.origin
  throw new TypeError(
    `authorityHosts: '${authorityHost}' is not an https origin; expected one like '${PUBLIC_CLOUD}', without a path.`,
  )
}
