/** Clouds of Microsoft with the names under which they issue tokens. */
const microsoftClouds = [
  { name: 'public cloud', authority: 'https://login.microsoftonline.com', v1: 'https://sts.windows.net' },
  { name: 'US Government cloud', authority: 'https://login.microsoftonline.us', v1: undefined },
  {
    name: 'cloud in China',
    authority: 'https://login.partner.microsoftonline.cn',
    v1: 'https://sts.chinacloudapi.cn',
  },
] as const

export interface ReadIssuer {
  readonly version: '1.0' | '2.0'
  /** Lower case. */
  readonly tenantId: string
  readonly origin: string
  /** Whose name the issuer carries; undefined for a host that is none of Microsoft's, such as a local cloud. */
  readonly cloud: (typeof microsoftClouds)[number] | undefined
}

const guid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const form = new RegExp(`^(https://[^/]+)/(${guid})/(v2\\.0)?$`, 'i')

/** What an `iss` of Entra's form says: `{authority}/{tid}/v2.0`, or `{sts}/{tid}/` in v1.0. */
export function readIssuer(iss: unknown): ReadIssuer | undefined {
  const [, origin, tenantId, v2] = (typeof iss === 'string' && form.exec(iss)) || []
  if (origin === undefined || tenantId === undefined) return undefined
  const version = v2 === undefined ? '1.0' : '2.0'
  const cloud = microsoftClouds.find(({ authority, v1 }) => (version === '1.0' ? v1 : authority) === origin)
  return { version, tenantId: tenantId.toLowerCase(), origin, cloud }
}
