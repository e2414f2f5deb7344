import type { Answer, RunningDoorstep } from '../support/start-doorstep.ts'

/** A browser that runs no scripts: keeps cookies until they expire, and sends forms as they stand on the page. */
export class ScriptlessBrowser {
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

  /** Sends the only form of a page with what a person typed. */
  async send(page: Answer, typed: Readonly<Record<string, string>>): Promise<Answer> {
    const action = unescaped(/<form[^>]* action="([^"]+)"/.exec(page.text)?.[1] ?? '')
    const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
    const fields = hidden.map(([, name = '', value = '']) => [unescaped(name), unescaped(value)] as const)
    return this.post(action, { ...Object.fromEntries(fields), ...typed })
  }

  async signIn(page: Answer, { name, password }: { readonly name: string; readonly password: string }) {
    return this.send(await this.send(page, { loginfmt: name }), { passwd: password })
  }

  #headers(): Record<string, string> {
    return { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
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

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|#96);/g, (_, name: string) => characters[name] ?? '')
}
