export { azureAuthorityHosts } from './authority-host.ts'
export { authorizationHeader } from './authorization-header.ts'
export { type CacheableCredential, type CachedOptions, cached } from './cache/cached.ts'
export { type MemoryCacheOptions, memoryCache } from './cache/memory.ts'
export type { TokenCache } from './cache/token-cache.ts'
export type { AbortSignalLike, AccessToken, GetTokenOptions, TokenCredential } from './credential.ts'
export { type ChainableCredential, ChainedCredential } from './credentials/chained.ts'
export {
  ClientCertificateCredential,
  type ClientCertificateCredentialOptions,
} from './credentials/client-certificate.ts'
export { ClientSecretCredential, type ClientSecretCredentialOptions } from './credentials/client-secret.ts'
export { EnvironmentCredential, type EnvironmentCredentialOptions } from './credentials/environment.ts'
export {
  AbortError,
  AuthorityUnreachableError,
  CredentialOptionError,
  CredentialUnavailableError,
  type SkippedCredential,
  TokenRequestError,
} from './errors.ts'
export { createFetch, type FetchOptions } from './fetch.ts'
export { memorySignIns, type SignIn, type SignInStore, signInKey } from './sign-in.ts'
export {
  type NodeTransportOptions,
  nodeTransport,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts'
