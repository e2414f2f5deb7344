import { html } from './html.ts'
import { type PageView, page } from './page.ts'

export interface OutOfBandView extends PageView {
  /** What an application would have been sent, in order. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

/**
 * `urn:ietf:wg:oauth:2.0:oob`: the answer is for a program that reads the title of its window, and for a person who
 * copies it.
 */
export function outOfBandPage({ parameters, nonce }: OutOfBandView): string {
  const isGranted = parameters.some(([name]) => name === 'code')
  const answer = parameters.map(([name, value]) => `${name}=${value}`).join('&')
  const code = parameters.find(([name]) => name === 'code')?.[1]
  const body = html`<h1 id="outOfBandHeader">${isGranted ? 'You’re signed in' : 'You’re not signed in'}</h1>
${code && html`<p>Copy this code to the application, if it does not take it by itself:</p><pre class="command"><code id="code">${code}</code></pre>`}
<p class="quiet">You may now close this window.</p>`
  return page({ title: `${isGranted ? 'Success' : 'Denied'} ${answer}`, body, nonce })
}
