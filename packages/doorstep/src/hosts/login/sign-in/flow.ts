import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * What a sign-in needs to go on after a page. It travels through the pages as a sealed hidden field, so that nothing
 * is kept for people who never come back, and any replica can take the next step.
 */
export interface SignInFlow {
  /**
   * The request that began it: an authorization request, one for an administrator's consent, or a device code that a
   * person confirms, undefined until it was typed.
   */
  readonly purpose:
    | {
        readonly kind: 'authorize' | 'adminConsent'
        readonly endpoint: 'v1' | 'v2'
        readonly segment: string
        readonly query: string
      }
    | { readonly kind: 'device'; readonly userCode: string | undefined }
  /** Milliseconds of the one clock. */
  readonly startedAt: number
  readonly correlationId: string
  /** SHA-256 of the cookie of the browser that began: a form sent from elsewhere cannot carry it. */
  readonly browser: string
  /** Display name of the application that asks, for the pages. */
  readonly application?: string | undefined
  /** What was typed on the first page. */
  readonly userName?: string | undefined
  /** The account that was picked or that signed in for this request, in its home tenant. */
  readonly chosen?: { readonly tenantId: string; readonly userId: string } | undefined
  /** What the consent page showed, as a fingerprint: nothing else is agreed to by answering it. */
  readonly consentShown?: string | undefined
  readonly consentAnswered?: boolean | undefined
  readonly confirmed?: boolean | undefined
}

/** Seals and opens with the master key; the room `secrets` does it. */
export interface FlowSeal {
  seal(text: string): string
  /** @throws when the text was not sealed here. */
  open(sealed: string): string
}

/** How long a page may stay open before its answer is refused. */
const flowLifetimeMilliseconds = 60 * 60_000

export function browserFingerprint(cookie: string): string {
  return createHash('sha256').update(cookie).digest('base64url')
}

export function sealFlow(flow: SignInFlow, seal: FlowSeal): string {
  return seal.seal(JSON.stringify(flow))
}

/**
 * Opens the hidden field of a form. Undefined when it was not made here, is too old, or belongs to another browser:
 * then the person begins anew, and nothing was done.
 */
export function openFlow(
  sealed: string | undefined,
  cookie: string | undefined,
  seal: FlowSeal,
  now: number,
): SignInFlow | undefined {
  if (!sealed || !cookie) return undefined
  const flow = opened(sealed, seal)
  if (!flow || now - flow.startedAt > flowLifetimeMilliseconds) return undefined
  const [expected, given] = [Buffer.from(flow.browser), Buffer.from(browserFingerprint(cookie))]
  return expected.length === given.length && timingSafeEqual(expected, given) ? flow : undefined
}

function opened(sealed: string, seal: FlowSeal): SignInFlow | undefined {
  try {
    return JSON.parse(seal.open(sealed)) as SignInFlow
  } catch {
    return undefined
  }
}
