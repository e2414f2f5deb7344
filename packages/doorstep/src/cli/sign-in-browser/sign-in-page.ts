/** A form as it stands on a page of ours: where it goes, and the fields that nobody sees. */
export interface PageForm {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

/** What a page of the login host wants. */
export type SignInPage =
  /** Somebody has to say who he is: a user name, a password, or one of several accounts. */
  | { readonly kind: 'signIn'; readonly form: PageForm }
  | { readonly kind: 'consent'; readonly form: PageForm; readonly application: string }
  /** The permissions are an administrator's to give. */
  | { readonly kind: 'adminNeeded'; readonly form: PageForm }
  /** The answer to the application, as a form that a browser sends by itself. */
  | { readonly kind: 'formPost'; readonly form: PageForm }
  /** The page moves on by itself. */
  | { readonly kind: 'moveOn'; readonly address: string }
  | { readonly kind: 'error'; readonly message: string; readonly fix: string | undefined }
  | { readonly kind: 'other'; readonly title: string }

const signInSteps = new Set(['userName', 'password', 'pick'])

/**
 * Reads a page of our own login host. No reader for HTML in general: it knows how `hosts/login/pages` writes, with all
 * attributes in double quotes and the element ids of Entra.
 */
export function readSignInPage(html: string): SignInPage {
  const error = contentOf(html, 'exceptionMessageContainer')
  if (error !== undefined) return { kind: 'error', message: error, fix: fixOf(html) }
  const form = formOf(html)
  if (form) {
    const { step = '' } = form.fields
    if (/<form[^>]* name="hiddenform"/.test(html)) return { kind: 'formPost', form }
    if (signInSteps.has(step)) return { kind: 'signIn', form }
    if (contentOf(html, 'adminNeededHeader') !== undefined) return { kind: 'adminNeeded', form }
    const application = contentOf(html, 'consentAppName')
    if (application !== undefined) return { kind: 'consent', form, application }
  }
  const [, address] = /<meta http-equiv="refresh" content="\d+;url=([^"]*)">/.exec(html) ?? []
  if (address) return { kind: 'moveOn', address: decoded(address) }
  return { kind: 'other', title: textOf(/<title>(.*?)<\/title>/s.exec(html)?.[1] ?? '') }
}

/** The form that a browser would send: its hidden fields, and what was filled in or pressed. */
export function filledForm({ fields }: PageForm, filledIn: Readonly<Record<string, string>> = {}): string {
  return new URLSearchParams({ ...fields, ...filledIn }).toString()
}

function formOf(html: string): PageForm | undefined {
  const [, attributes = '', body = ''] = /<form\b([^>]*)>(.*?)<\/form>/s.exec(html) ?? []
  const action = attributeOf(attributes, 'action')
  if (action === undefined) return undefined
  const fields: Record<string, string> = {}
  for (const [input] of body.matchAll(/<input type="hidden"[^>]*>/g)) {
    const name = attributeOf(input, 'name')
    if (name !== undefined) fields[name] = attributeOf(input, 'value') ?? ''
  }
  return { action, fields }
}

function attributeOf(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]
  return value === undefined ? undefined : decoded(value)
}

/** The text of the element with an id, of an element that holds none of its own name. */
function contentOf(html: string, id: string): string | undefined {
  const content = new RegExp(`<(\\w+)[^>]* id="${id}"[^>]*>(.*?)</\\1>`, 's').exec(html)?.[2]
  return content === undefined ? undefined : textOf(content)
}

function fixOf(html: string): string | undefined {
  const content = /<section class="fix"[^>]*>.*?<p>(.*?)<\/p>/s.exec(html)?.[1]
  return content === undefined ? undefined : textOf(content)
}

function textOf(html: string): string {
  return decoded(html.replace(/<[^>]*>/g, ''))
    .replace(/\s+/g, ' ')
    .trim()
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#96;': '`',
  '&amp;': '&',
}

function decoded(text: string): string {
  return text.replace(/&(?:lt|gt|quot|amp|#39|#96);/g, (entity) => entities[entity] ?? entity)
}
