import type { Answer, RunningDoorstep } from '../support/start-doorstep.ts'

export interface Credentials {
  readonly name: string
  readonly password: string
}

/** A browser without scripts: keeps cookies until they expire, sends forms as they stand on the page. */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #doorstep: RunningDoorstep

  constructor(doorstep: RunningDoorstep) {
    this.#doorstep = doorstep
  }

  async open(path: string): Promise<Answer> {
    return this.#take(await this.#doorstep.request('GET', path, undefined, this.#headers()))
  }

  async post(path: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
    const form = new URLSearchParams(fields).toString()
    return this.#take(await this.#doorstep.request('POST', path, form, this.#headers()))
  }

  /** Sends the only form of a page with what a person typed; `press` is the name of another button than the first. */
  async send(page: Answer, typed: Readonly<Record<string, string>> = {}, press?: string): Promise<Answer> {
    const action = unescaped(/<form[^>]* action="([^"]+)"/.exec(page.text)?.[1] ?? '')
    return this.post(action, { ...hiddenFields(page), ...typed, ...(press && { [press]: press }) })
  }

  /** From the page that asks for a user name. */
  async signIn(page: Answer, { name, password }: Credentials): Promise<Answer> {
    return this.send(await this.send(page, { loginfmt: name }), { passwd: password })
  }

  /** The header that this browser sends. */
  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  #headers(): Record<string, string> {
    return { cookie: this.cookie }
  }

  #take(answer: Answer): Answer {
    const set = answer.headers['set-cookie'] ?? []
    for (const line of Array.isArray(set) ? set : [set]) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/;\s*Max-Age=0\b/i.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return answer
  }
}

const characters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' }

/** Text of an attribute, its entities replaced. */
export function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|#96);/g, (_, name: string) => characters[name] ?? '')
}

/** What the form of a page sends unseen. */
export function hiddenFields({ text }: Pick<Answer, 'text'>): Record<string, string> {
  const fields = [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [unescaped(name), unescaped(value)]))
}

export const locationOf = (answer: Answer) => String(answer.headers.location)

/** The parameters of a redirect, in its query or its fragment. */
export function redirected(answer: Answer): URLSearchParams {
  const { search, hash } = new URL(locationOf(answer))
  return new URLSearchParams(hash.length > 1 ? hash.slice(1) : search)
}

/** The claims of a JWT, its signature unchecked. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into claims whose shape is what they test
export function claimsOf(token: string | null | undefined): any {
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString())
}
