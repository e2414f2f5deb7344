/** What a browser would make of a page, as far as injected markup shows in it. */
export interface PageMarkup {
  readonly elements: readonly PageElement[]
}

export interface PageElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
}

/** Elements whose content is text to their end tag (HTML standard, section 13.2.5: RCDATA, RAWTEXT, script data). */
const textElements = new Set(['script', 'style', 'title', 'textarea'])

const startTag = /<([a-zA-Z][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/y
const attribute = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g

/**
 * Reads the start tags of a page the way the tokenizer of a browser does; `noscript` is read as markup, as browsers
 * without scripts do. A `<` before a letter always begins a tag, quoted or not closed, so nothing that a browser would
 * take for an element is left out.
 */
export function readPageMarkup(html: string): PageMarkup {
  const elements: PageElement[] = []
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at)) {
    if (html.startsWith('<!--', at)) {
      const end = html.indexOf('-->', at + 4)
      at = end < 0 ? html.length : end + 3
      continue
    }
    startTag.lastIndex = at
    const found = startTag.exec(html)
    if (!found) {
      if (/[a-zA-Z]/.test(html.charAt(at + 1)))
        elements.push({ name: html.slice(at + 1, at + 30), attributes: new Map() })
      at += 1
      continue
    }
    const [whole, name = '', inside = ''] = found
    const element = { name: name.toLowerCase(), attributes: attributesOf(inside) }
    elements.push(element)
    at += whole.length
    if (textElements.has(element.name)) at = endOf(html, element.name, at)
  }
  return { elements }
}

function attributesOf(inside: string): ReadonlyMap<string, string> {
  return new Map(
    [...inside.matchAll(attribute)].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decoded(double ?? single ?? bare ?? ''),
    ]),
  )
}

function endOf(html: string, name: string, from: number): number {
  const end = html.toLowerCase().indexOf(`</${name}`, from)
  return end < 0 ? html.length : end
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' }

function decoded(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|#96);/g, (_, name: string) => entities[name] ?? '')
}
