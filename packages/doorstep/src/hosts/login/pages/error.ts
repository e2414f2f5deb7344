import { breakable } from './breakable.ts'
import type { Difference, DifferenceRow } from './difference.ts'
import { type Fix, fixSection } from './fix.ts'
import { type Html, harmlessUrl, html } from './html.ts'
import { type PageView, page } from './page.ts'

export interface ErrorView extends PageView {
  /** The number after AADSTS. */
  readonly code: number
  /** Entra's sentence, without the code before it. */
  readonly text: string
  readonly requestId: string
  readonly correlationId: string
  /** `yyyy-MM-ddTHH:mm:ssZ`. */
  readonly timestamp: string
  readonly differences?: readonly Difference[]
  readonly fix?: Fix
  /** Where another account is asked for. */
  readonly otherAccountUrl?: string | undefined
  /** Where the code is explained. */
  readonly explanationUrl?: string
}

/** What may not be sent back to the application is shown to the person: what went wrong, where, and what mends it. */
export function errorPage(view: ErrorView): string {
  const { code, text, differences = [], fix, explanationUrl } = view
  const body = html`<p class="kicker" id="loginHeader">Sign in</p>
<h1>Sorry, but we’re having trouble signing you in.</h1>
<p class="refusal" id="exceptionMessageContainer"><strong>AADSTS${code}</strong>: ${breakable(text)}</p>
${differences.length > 0 && differenceSection(differences)}
${fix && fixSection(fix)}
${view.otherAccountUrl && html`<p><a id="otherAccount" href="${harmlessUrl(view.otherAccountUrl)}">Sign in with another account</a></p>`}
<section aria-labelledby="detailsHeading">
<h2 id="detailsHeading">For the log</h2>
<dl class="details">
<dt>Request Id</dt><dd id="requestId">${view.requestId}</dd>
<dt>Correlation Id</dt><dd id="correlationId">${view.correlationId}</dd>
<dt>Timestamp</dt><dd id="timestamp">${view.timestamp}</dd>
</dl>
${explanationUrl && html`<p><a href="${harmlessUrl(explanationUrl)}">What AADSTS${code} means</a></p>`}
</section>`
  return page({ title: `AADSTS${code} – Sign in to your account`, body, nonce: view.nonce, width: 'wide' })
}

/** What was sent set against what is known, the places where they part marked. */
export function differenceSection(differences: readonly Difference[]): Html {
  return html`<section aria-labelledby="differenceHeading"><h2 id="differenceHeading">What differs</h2>${differences.map(comparison)}</section>`
}

function comparison({ subject, inWords, rows }: Difference): Html {
  return html`<div class="difference">
<h3>${subject}</h3>
<p>${inWords}</p>
<dl class="sides">
${rows.map(side)}
</dl>
</div>`
}

function side({ label, parts }: DifferenceRow): Html {
  return html`<dt>${label}</dt><dd><bdi>${parts.map(({ text, differs }) => (differs ? html`<mark>${breakable(text)}</mark>` : html`${breakable(text)}`))}</bdi></dd>
`
}
