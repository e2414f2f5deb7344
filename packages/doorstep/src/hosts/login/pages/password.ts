import { accountLine, applicationLine } from './application-line.ts'
import { type Fix, fixBody, fixSection } from './fix.ts'
import { type FormView, postForm, primaryButton } from './form.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import { type FieldError, textField } from './text-field.ts'

/** Posts `loginfmt` (as given) and `passwd`; `back` as well when another user name is wanted. */
export interface PasswordView extends FormView {
  readonly userName: string
  readonly application?: string
  readonly error?: FieldError
  /** What to do when the password is forgotten; the line is left out without it. */
  readonly forgottenPassword?: Fix
}

/** The second page of a sign-in. The password itself is never put back into the field. */
export function passwordPage(view: PasswordView): string {
  const { userName, error, forgottenPassword } = view
  const body = html`${accountLine(userName)}
<h1 id="loginHeader">Enter password</h1>
${applicationLine(view.application)}
${postForm({
  form: view,
  body: html`<input type="text" name="loginfmt" value="${userName}" autocomplete="username" readonly hidden>
${textField({
  id: 'i0118',
  name: 'passwd',
  type: 'password',
  label: 'Password',
  spokenLabel: `Enter the password for ${userName}`,
  placeholder: 'Password',
  autocomplete: 'current-password',
  maxLength: 256,
  error,
  errorId: 'passwordError',
})}
<div class="buttons">
${primaryButton('Sign in')}
<button id="idBtn_Back" class="button secondary" name="back" value="true">Back</button>
</div>`,
})}
${error?.fix && fixSection(error.fix)}
${
  forgottenPassword &&
  html`<details class="more"><summary id="idA_PWD_ForgotPassword">Forgot my password</summary>
${fixBody(forgottenPassword)}
</details>`
}`
  return page({
    title: `${error ? 'Error – ' : ''}Enter password – Sign in to your account`,
    body,
    nonce: view.nonce,
  })
}
