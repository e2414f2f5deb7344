import { hiddenFields } from './form.ts'
import { harmlessUrl, html, trusted } from './html.ts'
import { type PageView, page } from './page.ts'

export interface FormPostView extends PageView {
  /** The redirect URI. */
  readonly action: string
  /** The authorization response: `code`, `id_token`, `state` … */
  readonly fields: Readonly<Record<string, string>>
}

/** Asked of the prototype, because a field that is named `submit` hides the form's own. */
const submitAtOnce = 'HTMLFormElement.prototype.submit.call(document.forms[0])'

/** OAuth 2.0 Form Post Response Mode: carries the answer to the application by itself; by a button without script. */
export function formPostPage({ action, fields, nonce }: FormPostView): string {
  const body = html`<h1>Working …</h1>
<form method="post" action="${harmlessUrl(action)}" name="hiddenform">
${hiddenFields(fields)}
<noscript><p>This browser runs no scripts. Press Continue to go on to the application.</p>
<input type="submit" class="button primary" value="Continue"></noscript>
</form>
<script nonce="${nonce}">${trusted(submitAtOnce)}</script>`
  return page({ title: 'Working...', body, nonce })
}
