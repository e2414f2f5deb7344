import { type Html, harmlessUrl, html } from './html.ts'
import type { PageView } from './page.ts'

/** A page that is answered by a POST. */
export interface FormView extends PageView {
  readonly action: string
  /** Sent back unseen, among them the token that ties the answer to this browser and this sign-in. */
  readonly fields: Readonly<Record<string, string>>
}

interface FormParts {
  readonly form: Pick<FormView, 'action' | 'fields'>
  readonly body: Html
}

/** The form of a page. The browser checks nothing: refusals come from the server, in words beside the field. */
export function postForm({ form, body }: FormParts): Html {
  return html`<form method="post" action="${harmlessUrl(form.action)}" novalidate>
${hiddenFields(form.fields)}
${body}
</form>`
}

export function hiddenFields(fields: Readonly<Record<string, string>>): readonly Html[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">
`,
  )
}

/**
 * The answer a page hopes for, and the way out. The first submit button in the document is the one that Enter presses
 * and that UI tests find by `input[type=submit]`, so the primary one comes first.
 */
export function answerButtons(primary: string, wayOut: { readonly label: string; readonly name: string }): Html {
  return html`<div class="buttons">
${primaryButton(primary)}
<input type="submit" id="idBtn_Back" class="button secondary" name="${wayOut.name}" value="${wayOut.label}">
</div>`
}

export function primaryButton(label: string): Html {
  return html`<input type="submit" id="idSIButton9" class="button primary" value="${label}">`
}
