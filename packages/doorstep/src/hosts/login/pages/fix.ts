import { breakable } from './breakable.ts'
import { type Html, html } from './html.ts'

/** What sets a refusal right: in words, as a command to copy, as a place in the portal. */
export interface Fix {
  readonly text: string
  readonly command?: string
  /** The way through the portal, in the order of the clicks: `['App registrations', 'my-app', 'Authentication']`. */
  readonly portal?: readonly string[]
}

/** The fix with its heading. One click selects the whole command. */
export function fixSection(fix: Fix): Html {
  return html`<section class="fix" aria-labelledby="fixHeading">
<h2 id="fixHeading">How to fix it</h2>
${fixBody(fix)}
</section>`
}

export function fixBody({ text, command, portal }: Fix): Html {
  return html`<p>${text}</p>
${command && html`<pre class="command"><code>${breakable(command)}</code></pre>`}
${
  portal &&
  portal.length > 0 &&
  html`<p class="portal-place"><span>${command ? 'Or in the portal:' : 'In the portal:'}</span>
<span class="steps">${portal.map((step, index) => html`${index > 0 && html`<span class="then"> › </span>`}<bdi>${step}</bdi>`)}</span></p>`
}`
}
