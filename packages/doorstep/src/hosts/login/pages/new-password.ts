import { accountLine } from './application-line.ts'
import { type FormView, postForm, primaryButton } from './form.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import { type FieldError, textField } from './text-field.ts'

/** Posts `oldpasswd`, `newpasswd` and `confirmnewpasswd`. */
export interface NewPasswordView extends FormView {
  readonly userName: string
  /** What is wrong, and with which of the two passwords. */
  readonly error?: FieldError & { readonly about: 'current' | 'new' }
}

/** After a password that somebody else has chosen: the person chooses one. None is ever put back into its field. */
export function newPasswordPage({ userName, error, ...view }: NewPasswordView): string {
  const secret = { type: 'password', maxLength: 256, errorId: 'newPasswordError' } as const
  const current = { ...secret, label: 'Current password', autocomplete: 'current-password' } as const
  const chosen = { ...secret, isFirst: false, autocomplete: 'new-password' } as const
  const errorOf = (about: 'current' | 'new') => (error?.about === about ? error : undefined)
  const body = html`${accountLine(userName)}
<h1 id="loginHeader">Update your password</h1>
<p class="lead">Somebody else has chosen your password. Choose one of your own before you go on.</p>
${postForm({
  form: view,
  body: html`<input type="text" name="loginfmt" value="${userName}" autocomplete="username" readonly hidden>
${textField({ ...current, id: 'currentPassword', name: 'oldpasswd', spokenLabel: 'the one you were given', placeholder: 'Current password', error: errorOf('current') })}
${textField({
  ...chosen,
  id: 'newPassword',
  name: 'newpasswd',
  label: 'New password',
  spokenLabel: 'the one you choose',
  placeholder: 'New password',
  error: errorOf('new'),
  hint: 'At least 8 characters, with three of lower case letters, upper case letters, digits and symbols.',
})}
${textField({ ...chosen, id: 'confirmNewPassword', name: 'confirmnewpasswd', label: 'Confirm password', spokenLabel: 'the new one again', placeholder: 'Confirm password', error: undefined })}
<div class="buttons">
${primaryButton('Sign in')}
</div>`,
})}`
  return page({
    title: `${error ? 'Error – ' : ''}Update your password – Sign in to your account`,
    body,
    nonce: view.nonce,
  })
}
