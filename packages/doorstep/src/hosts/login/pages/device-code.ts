import { fixSection } from './fix.ts'
import { type FormView, postForm, primaryButton } from './form.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import { type FieldError, textField } from './text-field.ts'

/** Posts `otc`. */
export interface DeviceCodeView extends FormView {
  /** What was typed before. */
  readonly code?: string
  readonly error?: FieldError
}

/** Where a person types the code a device shows (RFC 8628 §3.3). */
export function deviceCodePage(view: DeviceCodeView): string {
  const body = html`<h1 id="loginHeader">Enter code</h1>
<p class="lead">Type the code that your app or device shows.</p>
${postForm({
  form: view,
  body: html`${textField({
    id: 'otc',
    name: 'otc',
    type: 'text',
    label: 'Code',
    spokenLabel: 'Enter code',
    placeholder: 'Code',
    autocomplete: 'one-time-code',
    maxLength: 32,
    hint: 'Never type a code that somebody sent you: it signs in their device, as you.',
    isCode: true,
    error: view.error,
    errorId: 'otcError',
    ...(view.code !== undefined && { value: view.code }),
  })}
<div class="buttons">
${primaryButton('Next')}
</div>`,
})}
${view.error?.fix && fixSection(view.error.fix)}`
  return page({ title: `${view.error ? 'Error – ' : ''}Enter code – Sign in to your account`, body, nonce: view.nonce })
}
