export { authorizationHeader } from './authorization-header.ts'
export { type CacheableCredential, type CachedOptions, cached } from './cache/cached.ts'
export { type MemoryCacheOptions, memoryCache } from './cache/memory.ts'
export type { TokenCache } from './cache/token-cache.ts'
export type { AbortSignalLike, AccessToken, GetTokenOptions, TokenCredential } from './credential.ts'
export { ClientSecretCredential, type ClientSecretCredentialOptions } from './credentials/client-secret.ts'
export { AbortError, AuthorityUnreachableError, CredentialOptionError, TokenRequestError } from './errors.ts'
export { memorySignIns, type SignIn, type SignInStore, signInKey } from './sign-in.ts'
export { type FileStore, type FileStoreOptions, fileStore } from './store/file-store.ts'
export type { StoreNotice } from './store/notice.ts'
export {
  type NodeTransportOptions,
  nodeTransport,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts'
