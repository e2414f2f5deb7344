import { type CookieJar, cookieJar } from './cookie-jar.ts'
import type { PageAnswer, PageRequest } from './open-page.ts'
import { filledForm, type PageForm, readSignInPage } from './sign-in-page.ts'

/** A session that control has begun. */
export interface BegunSession {
  readonly userPrincipalName: string
  /** What the page that lets pick an account calls it. */
  readonly account: string
  readonly cookies: readonly { readonly name: string; readonly value: string }[]
}

export interface SignInBrowser {
  /** Asks for a page; `onSent` is called when the request has left. */
  open(request: PageRequest, onSent?: () => void): Promise<PageAnswer>
  /** Whether an address belongs to the login host of this local cloud. */
  isLogin(url: URL): boolean
  beginSession(): Promise<BegunSession>
  /** Whether the account agrees to what applications ask for. */
  readonly consents: boolean
  /** Tells the person in front of the program what was done. */
  say(sentence: string): void
  /** The application has its answer: whoever waits for this browser need not any longer. */
  handedOver(): void
}

const deviceSignInPages = /^\/(devicelogin|common\/oauth2\/deviceauth)\b/i
/** Where somebody who is signed in already is not asked; `prompt=none` has no other way. */
const sessionPages = /\/(authorize|adminconsent)\/?$/i

/** More than any sign-in takes, applications that redirect in a circle excepted. */
const mostPages = 30
/** For one request: the session that it begins with, and one more where it wants a sign-in of its own. */
const mostSessions = 2

/**
 * Opens an address as a browser would that needs nobody: follows redirects, signs in by control, answers the consent
 * page, and carries the answer to the application.
 *
 * @returns whether somebody who is not the login host was reached
 */
export async function followSignIn(address: URL, browser: SignInBrowser): Promise<boolean> {
  if (browser.isLogin(address) && deviceSignInPages.test(address.pathname)) {
    browser.say('the device codes of this run are answered without a browser')
    return true
  }
  const visit = beginVisit(browser)
  let next: PageRequest | undefined = { url: address, method: 'GET' }
  try {
    for (let pages = 0; next && pages < mostPages; pages += 1) next = await visit.take(next)
    if (next) browser.say(`${next.url.origin} redirects without an end.`)
  } catch (error) {
    // A program that has what it wanted may end without another word.
    if (!visit.isHandedOver()) throw error
  }
  return visit.isHandedOver()
}

/** One walk through pages. `take` opens one and gives the next, or nothing at the end. */
function beginVisit(browser: SignInBrowser) {
  const { say } = browser
  const jar = cookieJar()
  let sessions = 0
  let session: BegunSession | undefined
  let isHandedOver = false

  const signIn = async (url: URL): Promise<BegunSession> => {
    sessions += 1
    session = await browser.beginSession()
    carrySession(session, url, jar)
    return session
  }

  const answer = async (url: URL, page: ReturnType<typeof readSignInPage>): Promise<PageRequest | undefined> => {
    switch (page.kind) {
      case 'signIn': {
        if (sessions >= mostSessions) {
          say(`The sign-in page will not take ${session?.userPrincipalName} for this request.`)
          return undefined
        }
        const { account } = await signIn(url)
        return formRequest(url, { ...page.form, fields: { ...page.form.fields, step: 'pick' } }, { account })
      }
      case 'consent':
        if (browser.consents) return formRequest(url, page.form)
        say(
          `${page.application} asks ${session?.userPrincipalName} for consent. It is given with --consent, or before by an administrator (adminConsent: true in the seed file).`,
        )
        return formRequest(url, page.form, { cancel: 'true' })
      case 'adminNeeded':
        say(
          `AADSTS90094: the permissions asked for are not ${session?.userPrincipalName}’s to give. Sign in as an administrator, or grant them before (adminConsent: true in the seed file).`,
        )
        return formRequest(url, page.form, { cancel: 'true' })
      case 'formPost':
        return leaveFor(formRequest(url, page.form), new URLSearchParams(page.form.fields))
      case 'moveOn':
        return leaveFor({ url: new URL(page.address, url), method: 'GET' })
      case 'error':
        say(`${page.message}${page.fix ? `\n${page.fix}` : ''}`)
        say(
          'This refusal has no way back to the program: it hears nothing, and may wait for long. Ctrl-C ends the run.',
        )
        return undefined
      case 'other':
        say(endOf(url, page.title))
        return undefined
    }
  }

  /** Says what the answer is before it is on its way: then the program goes on, and may be the last to speak. */
  const leaveFor = (request: PageRequest, answered = request.url.searchParams): PageRequest => {
    const { url } = request
    if (browser.isLogin(url)) return request
    const place = isWebAddress(url) ? url.origin : url.protocol
    const fragment = new URLSearchParams(url.hash.slice(1))
    const error = answered.get('error') ?? fragment.get('error')
    const user = session?.userPrincipalName ?? 'nobody'
    if (error !== null) {
      const description = answered.get('error_description') ?? fragment.get('error_description') ?? error
      say(`${place} hears that ${user} was not signed in: ${description.split(/\r?\n/)[0]}`)
    } else if (fragment.has('code') || fragment.has('access_token') || fragment.has('id_token')) {
      say(
        `The answer for ${place} stands in the fragment of the address, which only a script in the page can read. Ask with response_mode=query or form_post, or sign in by hand.`,
      )
    } else if (answered.has('code') || answered.has('id_token') || answered.has('access_token')) {
      say(`signed in ${user}; the answer goes to ${place}`)
    }
    return request
  }

  return {
    isHandedOver: () => isHandedOver,
    async take(request: PageRequest): Promise<PageRequest | undefined> {
      const { url } = request
      if (!isWebAddress(url)) {
        say(`Addresses with ${url.protocol} belong to a program that this browser cannot start.`)
        return undefined
      }
      const isLogin = browser.isLogin(url)
      if (isLogin && !session && sessionPages.test(url.pathname)) await signIn(url)
      if (isLogin && session) carrySession(session, url, jar)
      const onSent = () => {
        if (isLogin) return
        sessions = 0
        isHandedOver = true
        browser.handedOver()
      }
      const page = await browser.open({ ...request, cookies: jar.headerFor(url) }, onSent)
      jar.take(url, page.setCookies)
      const redirected = redirectOf(request, page)
      if (redirected) return isLogin ? leaveFor(redirected) : redirected
      return isLogin ? answer(url, readSignInPage(page.text)) : undefined
    },
  }
}

const isWebAddress = ({ protocol }: URL) => protocol === 'http:' || protocol === 'https:'

/** Codes, sessions and tokens belong to no origin, so the session goes along to each name of the login host. */
function carrySession({ cookies }: BegunSession, url: URL, jar: CookieJar): void {
  for (const { name, value } of cookies) jar.set(url, name, value)
}

function formRequest(at: URL, form: PageForm, filledIn?: Readonly<Record<string, string>>): PageRequest {
  return { url: new URL(form.action, at), method: 'POST', form: filledForm(form, filledIn) }
}

/** RFC 9110 §15.4: 307 and 308 repeat the request, the others ask anew by GET. */
function redirectOf(request: PageRequest, { status, location }: PageAnswer): PageRequest | undefined {
  if (status < 300 || status > 399 || location === undefined || !URL.canParse(location, request.url.href))
    return undefined
  const url = new URL(location, request.url)
  return status === 307 || status === 308 ? { ...request, url } : { url, method: 'GET' }
}

function endOf({ pathname, searchParams }: URL, title: string): string {
  if (searchParams.has('code')) {
    return `The answer stands in the address of ${pathname}, where an embedded browser would read it.`
  }
  return title ? `“${title}” is a page for a person.` : `${pathname} is a page for a person.`
}
