import { accountLine } from './application-line.ts'
import { answerButtons, type FormView, postForm } from './form.ts'
import { html } from './html.ts'
import { page } from './page.ts'

/** Posts `decline` when the answer is no, and `DontShowAgain` when the question shall not come again. */
export interface StaySignedInView extends FormView {
  readonly userName: string
}

/** Asks whether the session outlives the browser. */
export function staySignedInPage(view: StaySignedInView): string {
  const body = html`${accountLine(view.userName)}
<h1 id="kmsiTitle">Stay signed in?</h1>
<p id="KmsiDescription">Then this browser asks you less often. Say no on a machine that others use.</p>
${postForm({
  form: view,
  body: html`<label class="tick" for="KmsiCheckboxField"><input type="checkbox" id="KmsiCheckboxField" name="DontShowAgain" value="true">
<span>Don’t show this again</span></label>
${answerButtons('Yes', { label: 'No', name: 'decline' })}`,
})}`
  return page({ title: 'Stay signed in? – Sign in to your account', body, nonce: view.nonce })
}
