// Checked by `tsc --noEmit`: our credentials fit where an Azure SDK takes one, and theirs fit into `cached`.
import type { TokenCredential as AzureTokenCredential } from '@azure/core-auth'
import {
  AuthorizationCodeCredential,
  ClientSecretCredential,
  cached,
  InteractiveBrowserCredential,
  memoryCache,
  RefreshTokenCredential,
  type TokenCredential,
} from '@doorstep/client'

const credential = new ClientSecretCredential({ tenantId: 'contoso.example', clientId: 'app', clientSecret: 'secret' })

export const uncached: AzureTokenCredential = credential
export const remembered: AzureTokenCredential = cached(credential, memoryCache())
export const ours = (any: TokenCredential): AzureTokenCredential => any
export const theirs = (any: AzureTokenCredential): AzureTokenCredential => cached(any)
export const abortable = (any: TokenCredential, abortSignal: AbortSignal) => any.getToken([], { abortSignal })

const clientId = 'app'
export const ofPeople: readonly AzureTokenCredential[] = [
  new InteractiveBrowserCredential({ clientId, redirectUri: ['http://localhost:53000', 'http://localhost'] }),
  new AuthorizationCodeCredential({ clientId, clientSecret: 'secret' }),
  new RefreshTokenCredential({ clientId, refreshToken: 'token' }),
]
