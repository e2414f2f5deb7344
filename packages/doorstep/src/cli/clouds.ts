import { azureAuthorityHosts } from '@doorstep/client'

export const clouds = ['local', 'public', 'usgov', 'china'] as const

/** Who gives tokens: the local cloud, or one of Microsoft's. */
export type Cloud = (typeof clouds)[number]

/** Authorities of Microsoft's clouds; that of the local cloud is in its data folder. */
export const authorityHosts: Readonly<Record<Exclude<Cloud, 'local'>, string>> = azureAuthorityHosts

/** Azure CLI's own registration, which every tenant of every cloud knows, and the local cloud too. */
export const azureCliClientId = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

/** What `login` asks for when it is told nothing else. */
export const defaultScopes: Readonly<Record<Cloud, string>> = {
  local: 'https://graph.microsoft.com/.default',
  public: 'https://graph.microsoft.com/.default',
  usgov: 'https://graph.microsoft.us/.default',
  china: 'https://microsoftgraph.chinacloudapi.cn/.default',
}

/** Other names of authorities above, which may stand in AZURE_AUTHORITY_HOST. */
const otherNames: Readonly<Record<string, Cloud>> = {
  'https://login.windows.net': 'public',
  'https://login.microsoft.com': 'public',
  'https://login.partner.microsoftonline.cn': 'china',
}

/** Microsoft's cloud at an authority, or undefined when it is none of them. */
export function cloudOfAuthority(authorityHost: string): Cloud | undefined {
  if (!URL.canParse(authorityHost)) return undefined
  const { origin } = new URL(authorityHost)
  const known = Object.entries(authorityHosts).find(([, host]) => host === origin)
  return (known?.[0] as Cloud | undefined) ?? otherNames[origin]
}
