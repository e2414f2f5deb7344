/** What the browser is shown in the end. */
export interface Page {
  readonly status: number
  readonly title: string
  /** Sentences, each a paragraph. */
  readonly text: readonly string[]
  readonly tone: 'good' | 'bad'
}

const MAY_CLOSE = 'You may close this window and return to the program.'

/** After a sign-in that gave tokens. */
export function signedInPage(username: string): Page {
  const who = username === '' ? 'You are signed in.' : `You are signed in as ${username}.`
  return { status: 200, title: 'Signed in', text: [who, MAY_CLOSE], tone: 'good' }
}

/** After a sign-in that gave none. */
export function failedPage(message: string): Page {
  return { status: 200, title: 'Not signed in', text: [message, MAY_CLOSE], tone: 'bad' }
}

/** For what is no answer to the sign-in that is waited for. */
export const strayPage: Page = {
  status: 400,
  title: 'Not the expected answer',
  text: [
    'This is not the answer to the sign-in that the program waits for.',
    'Go on in the window that the program opened, or start again from the program.',
  ],
  tone: 'bad',
}

/** For a window that comes second. */
export const alreadyAnsweredPage: Page = {
  status: 200,
  title: 'Already answered',
  text: ['Another window has answered this sign-in.', MAY_CLOSE],
  tone: 'good',
}

export const notFoundPage: Page = { status: 404, title: 'Nothing here', text: ['There is no such page.'], tone: 'bad' }

/**
 * Headers of every page: nothing is loaded, run, framed or stored, and the address with its code is told to nobody.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  connection: 'close',
}

const STYLE = `:root{color-scheme:light dark;font:17px/1.5 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}
main{max-width:34rem;margin:2rem;padding:2rem 2.5rem;border:1px solid color-mix(in srgb,CanvasText 18%,Canvas);border-top:4px solid;border-radius:10px}
main.good{border-top-color:#1a7f4b}main.bad{border-top-color:#c0392b}
h1{margin:0 0 .5rem;font-size:1.5rem}p{margin:.5rem 0;overflow-wrap:anywhere}`

export function pageHtml({ title, text, tone }: Page): string {
  const paragraphs = text.map((sentence) => `<p>${escaped(sentence)}</p>`).join('\n')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main class="${tone}">
<h1>${escaped(title)}</h1>
${paragraphs}
</main>
</body>
</html>
`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
