import { html } from './html.ts'
import { type PageView, page } from './page.ts'

export interface DeviceDoneView extends PageView {
  readonly application: string
  readonly outcome: 'approved' | 'declined'
}

/** The end of a device sign-in, either way. */
export function deviceDonePage({ application, outcome, nonce }: DeviceDoneView): string {
  const name = html`<bdi class="name">${application}</bdi>`
  const body =
    outcome === 'approved'
      ? html`<h1 id="deviceDoneHeader">You’re signed in</h1>
<p id="message">You have signed in to the ${name} application on your device. You may now close this window.</p>`
      : html`<h1 id="deviceDoneHeader">Nobody was signed in</h1>
<p id="message">You declined to sign in to the ${name} application on your device. You may now close this window.</p>`
  return page({ title: outcome === 'approved' ? 'Signed in' : 'Sign-in declined', body, nonce })
}
