import type { Difference } from './difference.ts'
import { differenceSection } from './error.ts'
import { type Fix, fixSection } from './fix.ts'
import { type Html, harmlessUrl, html, trusted } from './html.ts'
import { type PageView, page } from './page.ts'

/** Why the browser stays here, though the request wanted it sent on. */
export interface NotReturned {
  readonly text: string
  readonly difference?: Difference
  readonly fix: Fix
}

export interface SignedOutView extends PageView {
  readonly userName?: string
  /** Each application's `logoutUrl`, with `iss` and `sid`; loaded unseen. The response's policy must name them. */
  readonly frontChannelLogoutUrls: readonly string[]
  /** The registered address the request wants the browser sent to. */
  readonly postLogoutRedirectUri?: string
  readonly notReturned?: NotReturned
}

/** Long enough for the applications to hear of it, short enough not to be waited for. */
const secondsForApplications = 5

/** The frames are loaded when the page is; those that never answer are not waited for beyond the refresh. */
const moveOnWhenLoaded =
  'addEventListener("load", () => location.replace(document.getElementById("postLogoutRedirect").href))'

/** The end of a session (OpenID Connect Front-Channel Logout 1.0): tells every application, then says so. */
export function signedOutPage(view: SignedOutView): string {
  const { userName, frontChannelLogoutUrls: frames, postLogoutRedirectUri, notReturned, nonce } = view
  const body = html`<h1 id="SignOutStatusMessage">You signed out of your account</h1>
${userName && html`<p><bdi class="name">${userName}</bdi> is signed out of this browser.</p>`}
${
  postLogoutRedirectUri
    ? html`<p>Taking you back to the application … <a id="postLogoutRedirect" href="${harmlessUrl(postLogoutRedirectUri)}">Go there now</a></p>`
    : html`<p>On a machine that others use, close all browser windows as well.</p>`
}
${notReturned && whyHere(notReturned)}
${frames.map((url) => html`<iframe src="${harmlessUrl(url)}" title="Signing out of an application" hidden></iframe>`)}
${postLogoutRedirectUri && frames.length > 0 && html`<script nonce="${nonce}">${trusted(moveOnWhenLoaded)}</script>`}`
  return page({
    title: 'Signed out',
    body,
    nonce,
    ...(notReturned && { width: 'wide' }),
    ...(postLogoutRedirectUri && {
      moveOn: { url: postLogoutRedirectUri, seconds: frames.length > 0 ? secondsForApplications : 0 },
    }),
  })
}

function whyHere({ text, difference, fix }: NotReturned): Html {
  return html`<h2>Why you were not sent back to the application</h2>
<p class="refusal">${text}</p>
${difference && differenceSection([difference])}
${fixSection(fix)}`
}
