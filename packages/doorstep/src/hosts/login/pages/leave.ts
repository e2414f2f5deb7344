import { harmlessUrl, html } from './html.ts'
import { type PageView, page } from './page.ts'

export interface LeaveView extends PageView {
  /** The redirect URI with the authorization response in its query or fragment. */
  readonly url: string
}

/**
 * Carries the browser to the application after a form of ours, in place of a 302. Chromium holds every redirect that
 * follows a form, the application's own onward ones included, against the form's `form-action`; a page in between
 * ends that chain, so that the policy can stay narrow. Works without JavaScript.
 */
export function leavePage({ url, nonce }: LeaveView): string {
  const body = html`<h1>Back to the application</h1>
<p>Your browser goes there by itself. <a href="${harmlessUrl(url)}">Go there now</a></p>`
  return page({ title: 'Taking you back', body, nonce, moveOn: { url, seconds: 0 } })
}
