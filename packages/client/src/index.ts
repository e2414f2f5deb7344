export { authorizationHeader } from './authorization-header.ts'
export { type CacheableCredential, type CachedOptions, cached } from './cache/cached.ts'
export { type MemoryCacheOptions, memoryCache } from './cache/memory.ts'
export type { TokenCache, WaitForTurn } from './cache/token-cache.ts'
export type { AbortSignalLike, AccessToken, CredentialBounds, GetTokenOptions, TokenCredential } from './credential.ts'
export {
  AuthorizationCodeCredential,
  type AuthorizationCodeCredentialOptions,
} from './credentials/authorization-code.ts'
export { BearerTokenCredential, type BearerTokenCredentialOptions } from './credentials/bearer-token.ts'
export { type ChainableCredential, ChainedCredential } from './credentials/chained.ts'
export {
  ClientCertificateCredential,
  type ClientCertificateCredentialOptions,
} from './credentials/client-certificate.ts'
export { ClientSecretCredential, type ClientSecretCredentialOptions } from './credentials/client-secret.ts'
export { DeviceCodeCredential, type DeviceCodeCredentialOptions } from './credentials/device-code.ts'
export { EnvironmentCredential, type EnvironmentCredentialOptions } from './credentials/environment.ts'
export {
  InteractiveBrowserCredential,
  type InteractiveBrowserCredentialOptions,
} from './credentials/interactive-browser.ts'
export { ProfileCredential, type ProfileCredentialOptions } from './credentials/profile.ts'
export {
  RefreshTokenCredential,
  type RefreshTokenCredentialOptions,
} from './credentials/refresh-token.ts'
export type { DeviceCodeInfo, UserPromptCallback } from './device-code/ask-by-device-code.ts'
export {
  AbortError,
  AuthenticationRequiredError,
  AuthorityUnreachableError,
  CredentialOptionError,
  CredentialUnavailableError,
  SignInError,
  type SignInFailure,
  type SkippedCredential,
  TokenRequestError,
} from './errors.ts'
export { createFetch, type FetchOptions } from './fetch.ts'
export { type LoadedCredential, type LoadOptions, load } from './load/load.ts'
export type { SignedInAccount } from './person/account.ts'
export type { BrowserCredentialOptions } from './person/browser-options.ts'
export { memorySignIns, type SignIn, type SignInStore, signInKey } from './person/sign-in.ts'
export type { UserCredentialOptions } from './person/user-client.ts'
export { findConfigFile } from './profile/config-file.ts'
export { type Login, type LoginProof, listLogins, loginPath, notSignedIn, readLogin } from './profile/login.ts'
export { loginCommand } from './profile/login-command.ts'
export { type LoginCredentialOptions, loginCredential } from './profile/login-credential.ts'
export { loginPartition, loginSignIns } from './profile/login-store.ts'
export { defaultProfileName, requireProfileName } from './profile/profile-name.ts'
export { writeLogin } from './profile/write-login.ts'
export { azureAuthorityHosts } from './provider/authority-host.ts'
export { type FileStore, type FileStoreOptions, fileStore } from './store/file-store.ts'
export { lookAtStore, type StoreLook } from './store/look-at-store.ts'
export type { StoreNotice } from './store/notice.ts'
export type { ApplicationOptions } from './token-endpoint/application-token.ts'
export {
  type NodeTransportOptions,
  nodeTransport,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './token-endpoint/transport.ts'
