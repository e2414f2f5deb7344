import { doorIcon, doorMark } from './door-mark.ts'
import { type Html, harmlessUrl, html, trusted } from './html.ts'
import { stylesheet } from './style.ts'

/** What every page needs from its route. */
export interface PageView {
  /** Of the response's Content-Security-Policy; fresh for every response. */
  readonly nonce: string
}

interface Page extends PageView {
  readonly title: string
  readonly body: Html
  /** `wide` for pages that are read rather than filled in. */
  readonly width?: 'narrow' | 'wide'
  /** Where the browser goes by itself, and after how many seconds. Works without JavaScript. */
  readonly moveOn?: { readonly url: string; readonly seconds: number }
}

/** A complete document: one card on a calm ground, the mark above it, and a line that says whose page it is. */
export function page({ title, body, nonce, width = 'narrow', moveOn }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="${doorIcon}">
${moveOn && html`<meta http-equiv="refresh" content="${moveOn.seconds};url=${harmlessUrl(moveOn.url)}">`}
<style nonce="${nonce}">${trusted(stylesheet)}</style>
</head>
<body>
<div class="${`frame ${width}`}">
<header class="brand">${doorMark}<span>Doorstep</span></header>
<main class="card">
${body}
</main>
<footer class="whose"><p>Doorstep local cloud – not Microsoft</p></footer>
</div>
</body>
</html>
`.text
}
