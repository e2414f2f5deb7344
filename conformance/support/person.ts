import { hiddenFields, unescaped } from '../../packages/doorstep/test/login/browser.ts'
import type { RunningDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'
import type { Account } from './cloud-of-people.ts'
import { type Response, sendToCloud, sendToListener } from './send-request.ts'

/** Where a browser goes when it leaves the login host: what a redirect or the form_post page tells it to send. */
export interface Departure {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  /** The fields of a form_post page; the query of the address otherwise, and the fragment in front of it. */
  readonly parameters: URLSearchParams
}

/** What to do on the pages; nothing given: sign in and accept everything. */
export interface Intent {
  readonly consent?: 'accept' | 'decline'
  /** Leaves on the first page. */
  readonly cancel?: boolean
}

/** Names and values of fields and buttons. */
type Typed = readonly (readonly [string, string])[]

const hostsOfSignIn: ReadonlySet<string> = new Set(['login.microsoftonline.com', 'microsoft.com'])

/**
 * A person with a browser that runs no scripts. It keeps cookies and sends the forms of pages as they stand; pages are
 * told apart by the ids that Entra's have and that UI tests look for.
 */
export class Person {
  readonly #doorstep: RunningDoorstep
  readonly #account: Account
  readonly #cookies = new Map<string, Map<string, string>>()

  constructor(doorstep: RunningDoorstep, account: Account) {
    this.#doorstep = doorstep
    this.#account = account
  }

  /**
   * Opens an address of the login host, under its real name or the local one, and does what the pages ask.
   *
   * @throws {Error} with the text of the page when one is shown that leads nowhere
   */
  async signIn(address: string | URL, intent: Intent = {}): Promise<Departure> {
    const end = await this.#follow(new URL(address), (page) => this.#reply(page, intent))
    if ('text' in end) throw new Error(`The page leads nowhere:\n${textOf(end.text)}`)
    return end
  }

  /**
   * Opens the page that a device shows the address of, types its code and signs in, or declines in the end.
   *
   * @returns the text of the last page
   */
  async answerDevice(address: string, userCode: string, intent: Intent = {}): Promise<string> {
    const end = await this.#follow(new URL(address), (page) => {
      if (page.includes('id="otc"')) return [['otc', userCode]]
      if (page.includes('id="appConfirmTitle"')) return intent.consent === 'decline' ? [['cancel', 'true']] : []
      return this.#reply(page, intent)
    })
    if (!('text' in end)) throw new Error(`A device sign-in leads away, to ${end.url}.`)
    return textOf(end.text)
  }

  /** Signs in and brings the answer to the program that listens on this machine; resolves with what it shows. */
  async signInAndReturn(address: string | URL, intent?: Intent): Promise<string> {
    return deliver(await this.signIn(address, intent))
  }

  /** Follows redirects and answers pages, until one has no form or a way leads out of the login host. */
  async #follow(address: URL, reply: (page: string) => Typed): Promise<Departure | Response> {
    let url = address
    let answer = await this.#send('GET', url)
    // Bounded: no sign-in has more steps than these.
    for (let steps = 0; steps < 15; steps += 1) {
      const location = answer.headers.location
      if (location !== undefined) {
        url = new URL(location, url)
        if (!this.#isOurs(url)) return departure('GET', url)
        answer = await this.#send('GET', url)
      } else {
        const form = readForm(answer.text, url)
        if (!form) return answer
        url = form.action
        if (!this.#isOurs(url)) return departure('POST', url, form.fields)
        for (const [name, value] of reply(answer.text)) form.fields.set(name, value)
        answer = await this.#send('POST', url, form.fields.toString())
      }
    }
    throw new Error(`There is no end of pages at ${url}.`)
  }

  /** What this person types and presses on a page. */
  #reply(page: string, { consent = 'accept', cancel = false }: Intent): Typed {
    if (page.includes('role="alert"')) throw new Error(`The page complains:\n${textOf(page)}`)
    if (page.includes('id="i0118"')) return [['passwd', this.#account.password]]
    if (page.includes('id="i0116"')) return cancel ? [['cancel', 'true']] : [['loginfmt', this.#account.name]]
    if (page.includes('id="consentHeader"')) return consent === 'decline' ? [['cancel', 'true']] : []
    if (page.includes('id="KmsiDescription"')) return []
    throw new Error(`This page nobody knows:\n${textOf(page)}`)
  }

  #isOurs(url: URL): boolean {
    return url.origin === new URL(this.#doorstep.url).origin || hostsOfSignIn.has(url.host)
  }

  async #send(method: string, url: URL, body?: string): Promise<Response> {
    const jar = this.#cookies.get(url.host) ?? new Map<string, string>()
    this.#cookies.set(url.host, jar)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { accept: 'text/html', ...(cookie && { cookie }) }
    const page = await sendToCloud(this.#doorstep, method, url, { body, headers })
    for (const line of page.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    return page
  }
}

/** Sends what the browser was told to send to a listener on this machine; resolves with the page it answers. */
export async function deliver({ method, url, parameters }: Departure): Promise<string> {
  if (url.hash.length > 1) throw new Error('A browser keeps a fragment to itself: nothing of it would arrive.')
  const body = method === 'POST' ? parameters.toString() : undefined
  return (await sendToListener(method, url, { body })).text
}

function departure(method: Departure['method'], url: URL, fields?: URLSearchParams): Departure {
  return { method, url, parameters: fields ?? new URLSearchParams(url.hash ? url.hash.slice(1) : url.search) }
}

/** The only form of a page, with its hidden fields. */
function readForm(page: string, at: URL): { readonly action: URL; readonly fields: URLSearchParams } | undefined {
  const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1]
  if (action === undefined) return undefined
  return { action: new URL(unescaped(action), at), fields: new URLSearchParams(hiddenFields({ text: page })) }
}

function textOf(page: string): string {
  return unescaped(page.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/g, ' ')).replace(/\s+/g, ' ')
}
