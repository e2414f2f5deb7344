import { html } from './html.ts'
import { type PageView, page } from './page.ts'

export interface AdminConsentDoneView extends PageView {
  readonly application: string
  /** Display name of the tenant. */
  readonly organization: string
}

/** The end of an administrator's consent to an application that has no address to return to. */
export function adminConsentDonePage({ application, organization, nonce }: AdminConsentDoneView): string {
  const body = html`<h1 id="adminConsentDoneHeader">Permissions granted</h1>
<p id="message"><bdi class="name">${application}</bdi> has what it asks for, for everybody in <bdi class="name">${organization}</bdi>. You may now close this window.</p>`
  return page({ title: 'Permissions granted', body, nonce })
}
