import { breakable } from './breakable.ts'
import { fixBody } from './fix.ts'
import { type Html, html } from './html.ts'
import { type PageView, page } from './page.ts'

/** One meaning of a code; a code may have several, with an OAuth error each. */
export interface ErrorMeaning {
  /** The OAuth error name. */
  readonly error: string
  readonly text: string
  readonly when: string
  readonly fix: string
}

export interface ErrorLookUpView extends PageView {
  /** What was looked up, as it was written. */
  readonly code: string
  /** None when no refusal has this code. */
  readonly meanings: readonly ErrorMeaning[]
}

/** Where `error_uri` points: what a code means, where it comes from, and what mends it. */
export function errorLookUpPage({ code, meanings, nonce }: ErrorLookUpView): string {
  const body =
    meanings.length > 0
      ? html`<p class="kicker">Error look-up</p>
<h1>AADSTS${code}</h1>
${meanings.map(meaningSection)}`
      : html`<p class="kicker">Error look-up</p>
<h1>No such code</h1>
<p>No refusal of Doorstep has the code <bdi class="name">${breakable(code)}</bdi>. All that it knows are in docs/errors.md.</p>`
  return page({ title: meanings.length > 0 ? `AADSTS${code}` : 'No such code', body, nonce, width: 'wide' })
}

function meaningSection({ error, text, when, fix }: ErrorMeaning): Html {
  return html`<p class="refusal"><strong>${error}</strong>: ${breakable(text)}</p>
<h2>When it is met</h2>
<p>${when}</p>
<h2>How to fix it</h2>
${fixBody({ text: fix })}
`
}
