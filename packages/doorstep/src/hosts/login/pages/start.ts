import { html } from './html.ts'
import { type PageView, page } from './page.ts'

/** What whoever opens the bare address is told: what this is, and what one comes here for. */
export function startPage({ nonce }: PageView): string {
  const body = html`<h1>This is a local cloud</h1>
<p class="lead">Doorstep, the Microsoft identity platform on this machine. People come here when an application sends them to sign in; there is nothing to do by yourself, but for one thing:</p>
<p><a href="/common/oauth2/deviceauth">Type the code of a device</a></p>
<h2>For those who build</h2>
<p><code>doorstep status</code> says which tenant this is, <code>doorstep app create</code> registers an application, and <code>doorstep run -- CMD</code> lets a program see this cloud under the real names.</p>`
  return page({ title: 'Doorstep', body, nonce })
}

/** A sign-in page that was opened again by its address alone: what it was about came with a form and is gone. */
export function interruptedPage({ nonce }: PageView): string {
  const body = html`<h1>This sign-in was interrupted</h1>
<p>Go back to the application and sign in again from there. Nothing was lost but what had been typed.</p>`
  return page({ title: 'Sign-in interrupted', body, nonce })
}
