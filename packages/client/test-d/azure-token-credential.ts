// Checked by `tsc --noEmit`: our credentials fit where an Azure SDK takes one, and theirs fit into `cached`.
import type { TokenCredential as AzureTokenCredential } from '@azure/core-auth'
import {
  AuthorizationCodeCredential,
  BearerTokenCredential,
  ChainedCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  cached,
  createFetch,
  DeviceCodeCredential,
  EnvironmentCredential,
  InteractiveBrowserCredential,
  load,
  memoryCache,
  RefreshTokenCredential,
  type TokenCredential,
} from '@doorstep/client'

const credential = new ClientSecretCredential({
  tenantId: 'contoso.example',
  clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
  clientSecret: 'secret',
})

export const uncached: AzureTokenCredential = credential
export const remembered: AzureTokenCredential = cached(credential, memoryCache())
export const ours = (any: TokenCredential): AzureTokenCredential => any
export const theirs = (any: AzureTokenCredential): AzureTokenCredential => cached(any)
export const abortable = (any: TokenCredential, abortSignal: AbortSignal) => any.getToken([], { abortSignal })

const application = { tenantId: 'contoso.example', clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b' }

export const all: readonly AzureTokenCredential[] = [
  new ClientCertificateCredential({ ...application, certificatePath: 'app.pem' }),
  new EnvironmentCredential(),
  new DeviceCodeCredential({ ...application, userPromptCallback: ({ message }) => console.log(message) }),
  new InteractiveBrowserCredential(application),
  new AuthorizationCodeCredential({ ...application, clientSecret: 'secret', redirectUri: 'http://localhost:8080' }),
  new RefreshTokenCredential({ ...application, refreshToken: 'token' }),
  new BearerTokenCredential({ token: async () => 'token' }),
  new ChainedCredential(credential, cached(credential)),
  load({ token: 'token' }),
]
export const chainOfTheirs = (any: AzureTokenCredential): AzureTokenCredential => new ChainedCredential(any, credential)
export const fetched: typeof fetch = createFetch(credential, { scopes: 'https://graph.microsoft.com/.default' })
export const fetchedByTheirs = (any: AzureTokenCredential) =>
  createFetch(cached(any), { resource: 'https://a.example' })
