import type { Fix } from './fix.ts'
import { type Html, html } from './html.ts'

/** Why the answer to a field was not taken and, below the form, what to do about it. */
export interface FieldError {
  readonly text: string
  readonly fix?: Fix
}

interface TextField {
  readonly id: string
  readonly name: string
  readonly type: 'email' | 'password' | 'text'
  readonly label: string
  /** Said after the label to screen readers, and found by UI tests written for Entra's page. */
  readonly spokenLabel: string
  readonly placeholder: string
  readonly autocomplete: 'username' | 'current-password' | 'new-password' | 'one-time-code'
  readonly value?: string
  readonly maxLength: number
  readonly hint?: string
  readonly error: FieldError | undefined
  readonly errorId: string
  /** Whether it takes the focus; the first field of a page does. */
  readonly isFirst?: boolean
  /** A code that is copied letter by letter, not a word that a phone should correct. */
  readonly isCode?: boolean
}

/** A labelled field, with its refusal in words above it when there is one. */
export function textField(field: TextField): Html {
  const hintId = `${field.id}Hint`
  const describedBy = [field.error && field.errorId, field.hint && hintId].filter(Boolean).join(' ')
  return html`<div class="field">
<label for="${field.id}">${field.label}<span class="unseen"> – ${field.spokenLabel}</span></label>
${field.error && html`<p class="field-error" id="${field.errorId}" role="alert">${field.error.text}</p>`}
<input id="${field.id}" name="${field.name}" type="${field.type}" class="${field.isCode ? 'text code-entry' : 'text'}"
 value="${field.value ?? ''}" placeholder="${field.placeholder}" maxlength="${field.maxLength}"
 autocomplete="${field.autocomplete}" autocapitalize="${field.isCode ? 'characters' : 'none'}" autocorrect="off"
 spellcheck="false" required${(field.isFirst ?? true) ? html` autofocus` : ''}${field.error ? html` aria-invalid="true"` : ''}${
   describedBy ? html` aria-describedby="${describedBy}"` : ''
 }>
${field.hint && html`<p class="hint" id="${hintId}">${field.hint}</p>`}
</div>`
}
