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
    let url = new URL(address)
    let answer = await this.#send('GET', url)
    // Bounded: no sign-in has more pages than these.
    for (let pages = 0; pages < 12; pages += 1) {
      const location = answer.headers.location
      if (typeof location === 'string') {
        const next = new URL(location, url)
        if (!this.#isOurs(next)) return departure('GET', next)
        url = next
        answer = await this.#send('GET', url)
        continue
      }
      const form = readForm(answer.text, url)
      if (!form) throw new Error(`The page at ${url} leads nowhere:\n${textOf(answer.text)}`)
      if (!this.#isOurs(form.action)) return departure('POST', form.action, form.fields)
      for (const [name, value] of this.#reply(answer.text, intent)) form.fields.set(name, value)
      url = form.action
      answer = await this.#send('POST', url, form.fields.toString())
    }
    throw new Error(`There is no end of pages at ${url}.`)
  }

  /** Signs in and brings the answer to the program that listens on this machine; resolves with what it shows. */
  async signInAndReturn(address: string | URL, intent?: Intent): Promise<string> {
    return deliver(await this.signIn(address, intent))
  }

  /** What this person types and presses on a page. */
  #reply(page: string, { consent = 'accept', cancel = false }: Intent): readonly (readonly [string, string])[] {
    if (page.includes('role="alert"')) throw new Error(`The page complains:\n${textOf(page)}`)
    if (page.includes('id="i0118"')) return [['passwd', this.#account.password]]
    if (page.includes('id="i0116"')) return cancel ? [['cancel', 'true']] : [['loginfmt', this.#account.name]]
    if (page.includes('id="consentHeader"')) return consent === 'decline' ? [['cancel', 'true']] : []
    if (page.includes('id="KmsiDescription"')) return []
    throw new Error(`This page nobody knows:\n${textOf(page)}`)
  }

  #isOurs(url: URL): boolean {
    return url.origin === new URL(this.#doorstep.url).origin || url.hostname === 'login.microsoftonline.com'
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
  const fields = new URLSearchParams()
  for (const [input] of page.matchAll(/<input[^>]* type="hidden"[^>]*>/g)) {
    fields.set(attribute(input, 'name'), attribute(input, 'value'))
  }
  return { action: new URL(unescaped(action), at), fields }
}

function attribute(element: string, name: string): string {
  return unescaped(new RegExp(` ${name}="([^"]*)"`).exec(element)?.[1] ?? '')
}

function unescaped(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hexadecimal, name) => {
    if (name) return named[name] ?? whole
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hexadecimal, 16))
  })
}

function textOf(page: string): string {
  return unescaped(page.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/g, ' ')).replace(/\s+/g, ' ')
}
