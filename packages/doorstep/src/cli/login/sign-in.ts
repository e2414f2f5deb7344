import {
  AbortError,
  type AccessToken,
  AuthorizationCodeCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  CredentialOptionError,
  cached,
  DeviceCodeCredential,
  InteractiveBrowserCredential,
  type Login,
  type LoginProof,
  loginPartition,
  loginSignIns,
  type TokenCredential,
  TokenRequestError,
} from '@doorstep/client'
import type { CommandIO } from '../command.ts'
import { InterruptedError, UsageError } from '../failure.ts'
import { stopSignals } from '../stop-signals.ts'
import type { Authority } from './authority.ts'
import { explainRefusal } from './explain-refusal.ts'
import { forgetTokensOf } from './forget-login.ts'
import { type AskedApi, ask } from './kept-token.ts'
import { personPrompts } from './person-prompts.ts'
import type { SignInPlan } from './sign-in-plan.ts'
import type { TokenStore } from './token-store.ts'

/** A sign-in that is about to be done. */
export interface SignInRequest {
  readonly plan: SignInPlan
  /** Names its tokens in the store. */
  readonly id: string
  readonly tenantId: string
  readonly authority: Authority
  /** The value of the client secret, or the password of the certificate, where the plan has one. */
  readonly secret: string | undefined
  /** Why no browser can be opened here, where that is known. */
  readonly withoutBrowser: string | undefined
}

export interface SignedIn {
  readonly token: AccessToken
  readonly as: 'person' | 'application'
  /** Empty for an application. */
  readonly username: string
  /** Whether new tokens can be had without the person. */
  readonly isKept: boolean
  readonly proof: LoginProof | undefined
}

/**
 * Signs in as planned. A person's sign-in is in the store afterwards. Ctrl-C ends it and leaves nothing behind, as does
 * every failure, that of `keep` included.
 *
 * @param keep makes it a login: from then on the store knows whose the sign-in is
 * @throws {UsageError} naming the option that cannot work
 * @throws {RefusedError} with the authority's own words
 * @throws {InterruptedError}
 */
export async function signIn(
  request: SignInRequest,
  store: TokenStore,
  io: CommandIO,
  keep: (signedIn: SignedIn) => Promise<void>,
): Promise<SignedIn> {
  const signals = stopSignals()
  const controller = new AbortController()
  const interrupted = signals.received.then((signal) => {
    controller.abort()
    return signal
  })
  try {
    const token = await tokenBySignIn(request, store, io, controller.signal)
    const signedIn = await describeSignedIn(request, store, token)
    if (controller.signal.aborted) throw new AbortError()
    await keep(signedIn)
    return signedIn
  } catch (error) {
    await forgetTokensOf(request, store).catch(() => undefined) // what went wrong first is what has to be said
    if (error instanceof AbortError && controller.signal.aborted) throw new InterruptedError(await interrupted)
    if (error instanceof CredentialOptionError) throw usageOf(error)
    if (error instanceof TokenRequestError) throw explainRefusal(error)
    throw error
  } finally {
    signals.release()
  }
}

async function tokenBySignIn(
  request: SignInRequest,
  store: TokenStore,
  io: CommandIO,
  abortSignal: AbortSignal,
): Promise<AccessToken> {
  const { plan, id } = request
  const prompts = personPrompts(io.terminal)
  // Not by the cache: what it does for others would go on after a Ctrl-C.
  const { scopes, resource } = plan.asked
  const signInBy = (credential: TokenCredential) =>
    credential.getToken([...scopes], { abortSignal, ...(resource === undefined ? {} : { resource }) })
  try {
    if (plan.way === 'application') return await signInBy(asApplication(request))
    const options = {
      ...request.authority,
      tenantId: request.tenantId,
      clientId: plan.clientId,
      signIns: loginSignIns(store.file, { id }),
    }
    const byDeviceCode = () => signInBy(new DeviceCodeCredential({ ...options, userPromptCallback: prompts.showCode }))
    if (plan.way === 'deviceCode') return await byDeviceCode()
    const mayUseCode = plan.way === 'any' && plan.redirectUri === undefined
    if (mayUseCode && request.withoutBrowser !== undefined) {
      io.terminal.note(`${request.withoutBrowser} Sign in with a code instead, on any device.`)
      return await byDeviceCode()
    }
    const byBrowser = {
      ...options,
      ...(plan.redirectUri === undefined ? {} : { redirectUri: plan.redirectUri }),
      ...prompts.forBrowser(mayUseCode ? 'deviceCode' : 'pasteBack'),
    }
    const { secret } = request
    if (secret !== undefined)
      return await signInBy(new AuthorizationCodeCredential({ ...byBrowser, clientSecret: secret }))
    return await signInBy(new InteractiveBrowserCredential({ ...byBrowser, userPromptCallback: prompts.showCode }))
  } finally {
    prompts.end()
  }
}

function asApplication({ plan, tenantId, authority, secret }: SignInRequest): TokenCredential {
  const options = { ...authority, tenantId, clientId: plan.clientId }
  const { proof } = plan
  if (proof?.kind === 'certificate') {
    const password = secret === undefined ? {} : { certificatePassword: secret }
    return new ClientCertificateCredential({ ...options, certificatePath: proof.path, ...password })
  }
  return new ClientSecretCredential({ ...options, clientSecret: secret ?? '' })
}

async function describeSignedIn(request: SignInRequest, store: TokenStore, token: AccessToken): Promise<SignedIn> {
  const { plan, id } = request
  const [kept] = plan.way === 'application' ? [] : await loginSignIns(store.file, { id }).list()
  return {
    token,
    as: plan.way === 'application' ? 'application' : 'person',
    username: kept?.username ?? '',
    isKept: plan.way === 'application' ? plan.proof?.kind !== 'secretStdin' : kept !== undefined,
    proof: plan.proof?.kind === 'secretStdin' ? { kind: 'secretNotKept' } : plan.proof,
  }
}

/** The options of the library, in the words of this command line. */
const optionNames: Readonly<Record<string, string>> = {
  tenantId: '--tenant',
  clientId: '--client-id',
  clientSecret: 'the client secret',
  redirectUri: '--redirect-uri',
  scopes: '--scope',
  resource: '--resource',
  certificatePath: '--certificate',
  certificatePassword: '--certificate-password-env',
  authorityHost: '--cloud',
}

function usageOf(error: CredentialOptionError): UsageError {
  const name = optionNames[error.option]
  return new UsageError(name === undefined ? error.message : `In ${name}: ${error.message}`, { cause: error })
}

/** Puts the access token of a sign-in into the store, as if it had been asked for. */
export async function keepToken(login: Login, token: AccessToken, store: TokenStore): Promise<void> {
  const justHad = { cachePartition: loginPartition(login), getToken: async () => token }
  await ask(cached(justHad, store.file.tokens), login)
}

/** What a sign-in is for, in one word or two. */
export function describeApi({ scopes, resource }: AskedApi): string {
  return resource ?? scopes.join(' ')
}
