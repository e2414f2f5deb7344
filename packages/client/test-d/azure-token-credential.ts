// Checked by `tsc --noEmit`: our credentials fit where an Azure SDK takes one, and theirs fit into `cached`.
import type { TokenCredential as AzureTokenCredential } from '@azure/core-auth'
import { ClientSecretCredential, cached, memoryCache, type TokenCredential } from '@doorstep/client'

const credential = new ClientSecretCredential({ tenantId: 'contoso.example', clientId: 'app', clientSecret: 'secret' })

export const uncached: AzureTokenCredential = credential
export const remembered: AzureTokenCredential = cached(credential, memoryCache())
export const ours = (any: TokenCredential): AzureTokenCredential => any
export const theirs = (any: AzureTokenCredential): AzureTokenCredential => cached(any)
export const abortable = (any: TokenCredential, abortSignal: AbortSignal) => any.getToken([], { abortSignal })
