import { applicationLine } from './application-line.ts'
import { fixSection } from './fix.ts'
import { type FormView, postForm, primaryButton } from './form.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import { type FieldError, textField } from './text-field.ts'

/** Posts `loginfmt`; `cancel` instead when the person turns back and `canCancel` is set. */
export interface UserNameView extends FormView {
  /** Name of the application that asked for the sign-in. */
  readonly application?: string
  /** What stands in the field: a hint of the request, or what was typed before. */
  readonly userName?: string
  readonly error?: FieldError
  /** Whether there is a way back to the application. */
  readonly canCancel?: boolean
}

/** The first page of a sign-in: who are you? */
export function userNamePage(view: UserNameView): string {
  const body = html`<h1 id="loginHeader">Sign in</h1>
${applicationLine(view.application)}
${postForm({
  form: view,
  body: html`${textField({
    id: 'i0116',
    name: 'loginfmt',
    type: 'email',
    label: 'User name',
    spokenLabel: 'Enter your email, phone, or Skype.',
    placeholder: 'Email, phone, or Skype',
    autocomplete: 'username',
    maxLength: 113,
    error: view.error,
    errorId: 'usernameError',
    ...(view.userName !== undefined && { value: view.userName }),
  })}
<div class="buttons">
${primaryButton('Next')}
${view.canCancel && html`<button id="idBtn_Back" class="button secondary" name="cancel" value="true">Cancel</button>`}
</div>`,
})}
${view.error?.fix && fixSection(view.error.fix)}`
  return page({
    title: view.error ? 'Error – Sign in to your account' : 'Sign in to your account',
    body,
    nonce: view.nonce,
  })
}
