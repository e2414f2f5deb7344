import { harmlessUrl, html } from './html.ts'
import { type PageView, page } from './page.ts'

export interface SignedOutView extends PageView {
  readonly userName?: string
  /** Each application's `logoutUrl`, with `iss` and `sid`; loaded unseen. The response's policy must name them. */
  readonly frontChannelLogoutUrls: readonly string[]
  /** The registered address the request wants the browser sent to. */
  readonly postLogoutRedirectUri?: string
}

/** Long enough for the applications to hear of it, short enough not to be waited for. */
const secondsBeforeReturn = 1

/** The end of a session (OpenID Connect Front-Channel Logout 1.0): tells every application, then says so. */
export function signedOutPage(view: SignedOutView): string {
  const { userName, frontChannelLogoutUrls, postLogoutRedirectUri } = view
  const body = html`<h1 id="SignOutStatusMessage">You signed out of your account</h1>
${userName && html`<p><bdi class="name">${userName}</bdi> is signed out of this browser.</p>`}
${
  postLogoutRedirectUri
    ? html`<p>Taking you back to the application … <a href="${harmlessUrl(postLogoutRedirectUri)}">Go there now</a></p>`
    : html`<p>On a machine that others use, close all browser windows as well.</p>`
}
${frontChannelLogoutUrls.map((url) => html`<iframe src="${harmlessUrl(url)}" title="Signing out of an application" hidden></iframe>`)}`
  return page({
    title: 'Signed out',
    body,
    nonce: view.nonce,
    ...(postLogoutRedirectUri && { moveOn: { url: postLogoutRedirectUri, seconds: secondsBeforeReturn } }),
  })
}
