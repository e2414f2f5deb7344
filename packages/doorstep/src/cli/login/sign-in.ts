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
  nodeTransport,
  type TokenCredential,
  type Transport,
} from '@doorstep/client'
import type { CommandIO } from '../command.ts'
import { InterruptedError, UsageError } from '../failure.ts'
import { inCommandWords } from '../library-words.ts'
import { stopSignals } from '../stop-signals.ts'
import type { Authority } from './authority.ts'
import { explained } from './explain-refusal.ts'
import { forgetTokensOf } from './forget-login.ts'
import { type AskedApi, ask } from './kept-token.ts'
import { personPrompts } from './person-prompts.ts'
import type { SignInPlan } from './sign-in-plan.ts'
import { timeOf, tokensOf } from './token-clock.ts'
import type { TokenStore } from './token-store.ts'

/** A sign-in that is about to be done. */
export interface SignInRequest {
  readonly plan: SignInPlan
  /** Names its tokens in the store. */
  readonly id: string
  readonly tenantId: string
  readonly authority: Authority
  /** Of the local cloud. */
  readonly dataDirectory: string | undefined
  /** The value of the client secret, or the password of the certificate, where the plan has one. */
  readonly secret: string | undefined
  /** Why no browser can be opened here, where that is known: a sentence without its full stop. */
  readonly withoutBrowser: string | undefined
  /** What is about to be done, for the person. Said when all options have proved to be right. */
  readonly beginning: string
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
    const token = await tokenBySignIn(announced(request, io), store, io, controller.signal)
    const signedIn = await describeSignedIn(request, store, token)
    if (controller.signal.aborted) throw new AbortError()
    await keep(signedIn)
    return signedIn
  } catch (error) {
    await forgetTokensOf(request, store).catch(() => undefined) // what went wrong first is what has to be said
    if (error instanceof AbortError && controller.signal.aborted) throw new InterruptedError(await interrupted)
    if (error instanceof CredentialOptionError) throw new UsageError(inCommandWords(error.message), { cause: error })
    throw explained(error)
  } finally {
    signals.release()
  }
}

/** A sign-in that can say that it begins. */
interface AnnouncedRequest extends SignInRequest {
  /** Says it once. */
  begin(): void
}

/** The client library checks every option before it sends the first request, and the person is told then. */
function announced(request: SignInRequest, { terminal }: CommandIO): AnnouncedRequest {
  let isSaid = false
  const begin = () => {
    if (!isSaid) terminal.note(request.beginning)
    isSaid = true
  }
  const { transport = nodeTransport(), ...authority } = request.authority
  const announcing: Transport = (sent) => {
    begin()
    return transport(sent)
  }
  return { ...request, begin, authority: { ...authority, transport: announcing } }
}

async function tokenBySignIn(
  request: AnnouncedRequest,
  store: TokenStore,
  io: CommandIO,
  abortSignal: AbortSignal,
): Promise<AccessToken> {
  const { plan, id } = request
  const prompts = personPrompts(io.terminal, request.begin)
  // Not by the cache: what it does for others would go on after a Ctrl-C.
  const { scopes, resource } = plan.asked
  const signInBy = (credential: TokenCredential) =>
    credential.getToken([...scopes], { abortSignal, ...(resource === undefined ? {} : { resource }) })
  try {
    if (plan.way === 'application') return await signInBy(asApplication(request, io))
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
      request.begin()
      io.terminal.note(`${request.withoutBrowser}: sign in with a code, on any device.`)
      return await byDeviceCode()
    }
    const byBrowser = {
      ...options,
      ...(plan.redirectUri === undefined ? {} : { redirectUri: plan.redirectUri }),
      ...prompts.forBrowser(plan.way === 'browser' ? whatIsLeft(request) : mayUseCode ? 'deviceCode' : 'pasteBack'),
    }
    const { secret } = request
    if (secret !== undefined)
      return await signInBy(new AuthorizationCodeCredential({ ...byBrowser, clientSecret: secret }))
    return await signInBy(new InteractiveBrowserCredential({ ...byBrowser, userPromptCallback: prompts.showCode }))
  } finally {
    prompts.end()
  }
}

/** What a person who wants a browser can do where there is none and nothing can be pasted. */
function whatIsLeft({ secret, withoutBrowser }: SignInRequest): { readonly instead: string; readonly why?: string } {
  const instead =
    secret === undefined
      ? 'Run this on a terminal, where the address can be opened elsewhere and pasted back, name a browser in the variable BROWSER, or sign in with --device-code.'
      : 'Run this on a terminal, where the address can be opened elsewhere and pasted back, or name a browser in the variable BROWSER.'
  return { instead, ...(withoutBrowser === undefined ? {} : { why: withoutBrowser }) }
}

function asApplication(request: SignInRequest, { environment }: CommandIO): TokenCredential {
  const { plan, tenantId, authority, secret, dataDirectory } = request
  const options = { ...authority, tenantId, clientId: plan.clientId }
  const { proof } = plan
  if (proof?.kind === 'certificate') {
    const now = timeOf({ cloud: plan.cloud, dataDirectory }, environment)
    const password = secret === undefined ? {} : { certificatePassword: secret }
    return new ClientCertificateCredential({ ...options, now, certificatePath: proof.path, ...password })
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

/** Puts the access token of a sign-in into the store, as if it had been asked for. */
export async function keepToken(login: Login, token: AccessToken, store: TokenStore): Promise<void> {
  const justHad = { cachePartition: loginPartition(login), getToken: async () => token }
  await ask(cached(justHad, tokensOf(login, store.file.tokens)), login)
}

/** What a sign-in is for, in one word or two. */
export function describeApi({ scopes, resource }: AskedApi): string {
  return resource ?? scopes.join(' ')
}
