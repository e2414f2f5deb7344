import { accountLine } from './application-line.ts'
import { type Fix, fixSection } from './fix.ts'
import { answerButtons, type FormView, postForm } from './form.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import { type PermissionInWords, permissionList } from './permission-list.ts'

/** Posts nothing but its fields when another account is wanted, and `cancel` to go back to the application. */
export interface AdminNeededView extends FormView {
  readonly userName: string
  readonly application: string
  /** Those that only an administrator can grant. */
  readonly permissions: readonly PermissionInWords[]
  /** The command an administrator types. */
  readonly fix?: Fix
}

/** AADSTS90094: the permissions asked for are not this person's to give. */
export function adminNeededPage(view: AdminNeededView): string {
  const body = html`${accountLine(view.userName)}
<h1 id="adminNeededHeader">Need admin approval</h1>
<p><bdi class="name">${view.application}</bdi> asks for permissions that only an administrator of your organization can grant:</p>
${permissionList(view.permissions)}
${postForm({
  form: view,
  body: html`<p>Ask an administrator to grant them, or sign in with an account that may.</p>
${answerButtons('Use an admin account', { label: 'Return to the app', name: 'cancel' })}`,
})}
${view.fix && fixSection(view.fix)}
<p class="quiet"><code>AADSTS90094</code></p>`
  return page({ title: 'Need admin approval – Sign in to your account', body, nonce: view.nonce })
}
