import { describe, expect, it } from 'vitest'
import { formPostPage } from './form-post.ts'
import { harmlessUrl, html } from './html.ts'
import { pageSamples } from './page-samples.ts'
import { signedOutPage } from './signed-out.ts'
import { userNamePage } from './user-name.ts'

const nonce = 'bm9uY2Utbm9uY2U='
const pages = Object.entries(pageSamples(nonce))
const pageNamed = (name: string) => pageSamples(nonce)[name] ?? ''

interface Tag {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
}

/** The opening tags of a document, read the way a browser reads them: attributes end at their own quote. */
function tags(document: string): readonly Tag[] {
  const markup = document.replace(/(<style[^>]*>).*?(<\/style>)/gs, '$1$2')
  return [...markup.matchAll(/<([a-z][a-z0-9]*)((?:\s+[^\s=>"'/]+(?:="[^"]*")?)*)\s*\/?>/gi)].map(
    ([, name = '', rest = '']) => ({
      name: name.toLowerCase(),
      attributes: new Map(
        [...rest.matchAll(/([^\s=>"'/]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => [
          key.toLowerCase(),
          value,
        ]),
      ),
    }),
  )
}

const shape = (document: string) =>
  tags(document)
    .filter((tag) => tag.name !== 'wbr')
    .map((tag) => `${tag.name} ${[...tag.attributes.keys()].join(' ')}`)
const elements = (document: string, name: string) => tags(document).filter((tag) => tag.name === name)
const byId = (document: string, id: string) => tags(document).find((tag) => tag.attributes.get('id') === id)

describe('escaping', () => {
  it('escapes everything but HTML made by the template itself', () => {
    expect(html`<p title="${`"'<&>\``}">${html`<b>${1}</b>`}${undefined}${false}</p>`.text).toBe(
      '<p title="&quot;&#39;&lt;&amp;&gt;&#96;"><b>1</b></p>',
    )
  })

  const hostile = [
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    '</title></style></script><script>alert(1)</script>',
    '<!--',
    ']]>&lt;script&gt;',
    '"\u2028\n\t\u0000 style=color:red',
  ]
  it.each(hostile)('keeps the shape of every page whatever the values are: %j', (attack) => {
    const attacked = pageSamples(nonce, (value) => value + attack)
    const harmless = pageSamples(nonce, (value) => `${value}harmless`)
    expect(Object.keys(attacked).length).toBeGreaterThan(20)
    for (const [name, document] of Object.entries(harmless)) {
      // What a redirect URI is cut into for its marks depends on its signs, so those alone may number otherwise.
      const unmarked = (text: string) => text.replace(/<\/?mark>/g, '')
      expect(shape(unmarked(attacked[name] ?? '')), name).toEqual(shape(unmarked(document)))
      expect(attacked[name], name).not.toContain('<img')
      expect(attacked[name]?.match(/<script/g)?.length ?? 0, name).toBe(document.match(/<script/g)?.length ?? 0)
    }
  })

  it('never links, frames, posts to or moves on to an address that runs a script', () => {
    const attack = [
      'javascript:alert(1)',
      ' JaVa\tScript:alert(1)',
      'data:text/html,x',
      '\u0001vbscript:x',
      'blob:https://x/1',
    ]
    for (const url of attack) {
      expect(harmlessUrl(url)).toBe('about:blank')
      for (const document of Object.values(pageSamples(nonce, () => url))) {
        for (const { name, attributes } of tags(document)) {
          if (name === 'link') continue
          for (const key of ['href', 'src', 'action', 'content'])
            expect(attributes.get(key) ?? '').not.toMatch(/(javascript|vbscript|data|blob):/i)
        }
      }
    }
    expect(harmlessUrl('msauth.com.contoso.app://auth')).toBe('msauth.com.contoso.app://auth')
    expect(harmlessUrl('/common/login?next=javascript:1')).toBe('/common/login?next=javascript:1')
  })
})

describe('every page', () => {
  it.each(pages)('%s is a whole document that says its language, title and scale', (_name, document) => {
    expect(document).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(document.match(/<title>[^<]+<\/title>/g)).toHaveLength(1)
    expect(document).toContain('charset="utf-8"')
    expect(document).not.toMatch(/undefined|\[object|NaN/)
  })

  it.each(pages.filter(([name]) => name !== 'native-client'))(
    '%s is one card with one heading, and says whose it is',
    (_name, document) => {
      expect(elements(document, 'main')).toHaveLength(1)
      expect(elements(document, 'h1')).toHaveLength(1)
      expect(document).toContain('width=device-width, initial-scale=1')
      expect(document).toContain('content="light dark"')
      expect(document).toContain('Doorstep local cloud – not Microsoft')
    },
  )

  it.each(pages)('%s runs no style and no script but by nonce, and loads nothing', (_name, document) => {
    for (const { name, attributes } of tags(document)) {
      for (const key of attributes.keys()) expect(key).not.toMatch(/^(on|style$)/)
      if (name === 'style' || name === 'script') expect(attributes.get('nonce')).toBe(nonce)
      if (name === 'link') expect(attributes.get('href')).toMatch(/^data:image\/svg\+xml,/)
      if (name !== 'iframe') expect(attributes.has('src')).toBe(false)
    }
    expect(document).not.toMatch(/@import|url\(/)
  })

  it.each(pages)(
    '%s ties every label and every description to an element, and uses each id once',
    (_name, document) => {
      const ids = tags(document).flatMap(({ attributes }) => attributes.get('id') ?? [])
      expect(new Set(ids).size).toBe(ids.length)
      for (const { attributes } of tags(document))
        for (const key of ['for', 'aria-describedby', 'aria-labelledby'])
          for (const id of attributes.get(key)?.split(' ') ?? []) expect(ids).toContain(id)
      const labelled = elements(document, 'label').map(({ attributes }) => attributes.get('for'))
      for (const { attributes } of elements(document, 'input')) {
        const isSeen = !/^(hidden|submit)$/.test(attributes.get('type') ?? '') && !attributes.has('hidden')
        if (isSeen) expect(labelled).toContain(attributes.get('id'))
      }
    },
  )

  it.each(pages.filter(([, document]) => document.includes('<form')))(
    '%s posts its hidden fields',
    (_name, document) => {
      for (const { attributes } of elements(document, 'form')) expect(attributes.get('method')).toBe('post')
      const hidden = elements(document, 'input').filter(({ attributes }) => attributes.get('type') === 'hidden')
      expect(hidden.map(({ attributes }) => attributes.get('name'))).toContain('state')
    },
  )
})

describe('the elements that UI tests for Entra look for', () => {
  const expected: readonly (readonly [page: string, id: string, tag: string, attributes: Record<string, string>])[] = [
    ['user-name', 'i0116', 'input', { name: 'loginfmt', type: 'email', autocomplete: 'username' }],
    ['user-name', 'idSIButton9', 'input', { type: 'submit', value: 'Next' }],
    ['user-name-error', 'usernameError', 'p', { role: 'alert' }],
    ['password', 'i0118', 'input', { name: 'passwd', type: 'password', autocomplete: 'current-password' }],
    ['password', 'idSIButton9', 'input', { type: 'submit', value: 'Sign in' }],
    ['password', 'idBtn_Back', 'button', { name: 'back' }],
    ['password', 'idA_PWD_ForgotPassword', 'summary', {}],
    ['password-error', 'passwordError', 'p', { role: 'alert' }],
    ['stay-signed-in', 'KmsiCheckboxField', 'input', { name: 'DontShowAgain', type: 'checkbox' }],
    ['stay-signed-in', 'idSIButton9', 'input', { value: 'Yes' }],
    ['stay-signed-in', 'idBtn_Back', 'input', { value: 'No', name: 'decline' }],
    ['account-picker', 'otherTile', 'button', { name: 'otherAccount' }],
    ['consent', 'idSIButton9', 'input', { value: 'Accept' }],
    ['consent', 'idBtn_Back', 'input', { value: 'Cancel', name: 'cancel' }],
    ['device-code', 'otc', 'input', { name: 'otc', autocomplete: 'one-time-code' }],
    ['device-code', 'idSIButton9', 'input', { value: 'Next' }],
    ['device-confirm', 'idSIButton9', 'input', { value: 'Continue' }],
    ['device-confirm', 'idBtn_Back', 'input', { value: 'Cancel', name: 'cancel' }],
  ]
  it.each(expected)('%s has #%s', (page, id, tag, attributes) => {
    const element = byId(pageNamed(page), id)
    expect(element?.name).toBe(tag)
    for (const [key, value] of Object.entries(attributes)) expect(element?.attributes.get(key)).toBe(value)
  })

  it('finds the primary button first, so that Enter and input[type=submit] press it', () => {
    for (const [name, document] of pages) {
      const submits = tags(document).filter(
        (tag) =>
          tag.attributes.get('type') === 'submit' || (tag.name === 'button' && !tag.attributes.has('data-test-id')),
      )
      const hasPrimary = submits.some(({ attributes }) => attributes.get('id') === 'idSIButton9')
      if (hasPrimary) expect(submits[0]?.attributes.get('id'), name).toBe('idSIButton9')
    }
  })

  it('marks a refused field as invalid and describes it by its refusal', () => {
    const field = byId(pageNamed('user-name-error'), 'i0116')
    expect(field?.attributes.get('aria-invalid')).toBe('true')
    expect(field?.attributes.get('aria-describedby')).toBe('usernameError')
    expect(byId(pageNamed('user-name'), 'i0116')?.attributes.has('aria-invalid')).toBe(false)
    expect(byId(pageNamed('device-code-error'), 'otc')?.attributes.get('aria-describedby')).toBe('otcError otcHint')
  })

  it('leaves out the way back when there is none, and never repeats a password', () => {
    const document = userNamePage({ nonce, action: '/login', fields: {} })
    expect(byId(document, 'idBtn_Back')).toBeUndefined()
    expect(byId(pageNamed('password-error'), 'i0118')?.attributes.get('value')).toBe('')
  })

  it('offers consent for the organization only to those who may give it', () => {
    expect(byId(pageNamed('consent'), 'adminConsentCheckbox')).toBeUndefined()
    expect(byId(pageNamed('consent-organization'), 'adminConsentCheckbox')).toBeUndefined()
    expect(byId(pageNamed('consent-administrator'), 'adminConsentCheckbox')?.attributes.get('name')).toBe(
      'adminConsent',
    )
    expect(pageNamed('consent-administrator')).toContain('Consent on behalf of your organization')
  })
})

describe('pages that act by themselves', () => {
  it('posts an authorization response by script, and by a button without', () => {
    const document = formPostPage({
      nonce,
      action: 'https://app.example/cb?x=1&y=2',
      fields: { code: 'a&b', submit: 'x' },
    })
    expect(document).toContain('action="https://app.example/cb?x=1&amp;y=2"')
    expect(document).toContain('<input type="hidden" name="code" value="a&amp;b">')
    expect(document).toContain('HTMLFormElement.prototype.submit.call(document.forms[0])</script>')
    expect(document).toMatch(/<noscript>.*value="Continue".*<\/noscript>/s)
  })

  it('loads the sign-out addresses unseen and goes back by itself when told where', () => {
    const document = signedOutPage({
      nonce,
      frontChannelLogoutUrls: ['https://a.example/out?sid=1&iss=2', 'https://b.example/out'],
      postLogoutRedirectUri: 'https://a.example/bye?a=1&b=2',
    })
    const frames = elements(document, 'iframe')
    expect(frames.map(({ attributes }) => attributes.get('src'))).toEqual([
      'https://a.example/out?sid=1&amp;iss=2',
      'https://b.example/out',
    ])
    for (const { attributes } of frames) expect(attributes.has('hidden')).toBe(true)
    expect(document).toContain('<meta http-equiv="refresh" content="5;url=https://a.example/bye?a=1&amp;b=2">')
    expect(elements(document, 'script')).toHaveLength(1)
    expect(elements(pageNamed('signed-out'), 'script')).toHaveLength(0)
    expect(pageNamed('signed-out')).not.toContain('http-equiv="refresh"')
    expect(pageNamed('signed-out-not-returned')).not.toContain('http-equiv="refresh"')
  })
})

describe('the error page', () => {
  it('shows the marks and the sentence on the page', () => {
    const document = pageNamed('error-redirect-uri')
    expect(document).toContain('<mark>callback</mark>')
    expect(document).toContain('The path differs from the nearest one registered.')
    expect(document.replaceAll('<wbr>', '')).toContain('doorstep app add-redirect-uri fleet-telemetry')
    expect(pageNamed('error-plain')).not.toContain('What differs')
  })
})
