/** Text that is safe to stand in an HTML document as it is. Only `html` and `trusted` make it. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** What a template may hold: text is escaped, `Html` stands as it is, nothing stands for nothing. */
export type HtmlValue = string | number | Html | readonly Html[] | undefined | false

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/** `value` as text of an element or of a quoted attribute. */
function escapeHtml(value: string): string {
  return value.replace(/[&<>"'`]/g, (character) => entities[character] ?? character)
}

/**
 * A piece of HTML whose values are escaped unless they are `Html` themselves. Attributes must be written in quotes.
 * An address from outside needs `harmlessUrl` as well: escaping does not stop a script scheme.
 */
export function html(pieces: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const filled = values.map((value, index) => rendered(value) + (pieces[index + 1] ?? ''))
  return new Html((pieces[0] ?? '') + filled.join(''))
}

/** Declares a text of our own source to be HTML: the stylesheet and the one script. Never a value from outside. */
export function trusted(text: string): Html {
  return new Html(text)
}

function rendered(value: HtmlValue): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map((piece) => piece.text).join('')
  return escapeHtml(String(value))
}

/**
 * `url`, or `about:blank` when following it would run a script or show a document of the sender's making. Browsers
 * ignore blanks and control characters inside a scheme, so they are left out before it is read.
 */
export function harmlessUrl(url: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are exactly what hides a scheme
  const compact = url.replace(/[\u0000-\u0020\u007f]/g, '').toLowerCase()
  return /^(javascript|data|vbscript|blob|filesystem|view-source):/.test(compact) ? 'about:blank' : url
}
