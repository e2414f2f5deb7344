import { accountLine } from './application-line.ts'
import { answerButtons, type FormView, postForm } from './form.ts'
import { html } from './html.ts'
import { page } from './page.ts'

/** Posts `cancel` when it was not the person's doing. */
export interface DeviceConfirmView extends FormView {
  readonly userName: string
  readonly application: string
  /** The code typed, to be compared with the device (RFC 8628 §5.4). */
  readonly code?: string
}

/** The last question of a device sign-in, which stops codes that were sent by somebody else. */
export function deviceConfirmPage(view: DeviceConfirmView): string {
  const body = html`${accountLine(view.userName)}
<h1 id="appConfirmTitle">Are you trying to sign in to <bdi>${view.application}</bdi>?</h1>
<p>Continue only if you started this sign-in yourself, on a device of yours.</p>
${view.code && html`<p>The device should show this code: <code class="device-code">${view.code}</code></p>`}
${postForm({ form: view, body: answerButtons('Continue', { label: 'Cancel', name: 'cancel' }) })}`
  return page({ title: 'Confirm – Sign in to your account', body, nonce: view.nonce })
}
