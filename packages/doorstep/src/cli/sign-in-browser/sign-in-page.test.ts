import { describe, expect, it } from 'vitest'
import { accountPickerPage } from '../../hosts/login/pages/account-picker.ts'
import { adminNeededPage } from '../../hosts/login/pages/admin-needed.ts'
import { consentPage } from '../../hosts/login/pages/consent.ts'
import { errorPage } from '../../hosts/login/pages/error.ts'
import { formPostPage } from '../../hosts/login/pages/form-post.ts'
import { passwordPage } from '../../hosts/login/pages/password.ts'
import { signedOutPage } from '../../hosts/login/pages/signed-out.ts'
import { userNamePage } from '../../hosts/login/pages/user-name.ts'
import { filledForm, readSignInPage } from './sign-in-page.ts'

const nonce = 'bm9uY2Vub25jZQ'
const userName = 'alice@contoso.example'
const formOf = (step: string) => ({ nonce, action: '/common/login', fields: { flow: 'sealed "<&>\'`', step } })

describe('the browser without a person', () => {
  it.each([
    ['user name', userNamePage(formOf('userName'))],
    ['password', passwordPage({ ...formOf('password'), userName })],
    ['account', accountPickerPage({ ...formOf('pick'), purpose: 'signIn', accounts: [] })],
  ])('knows the page that asks for the %s, and sends its hidden fields as they were', (_name, html) => {
    const page = readSignInPage(html)
    if (page.kind !== 'signIn') throw new Error(`It was taken for ${page.kind}.`)
    expect(page.form.action).toBe('/common/login')
    const sent = new URLSearchParams(filledForm(page.form, { account: 'a&b' }))
    expect(sent.get('flow')).toBe('sealed "<&>\'`')
    expect(sent.get('account')).toBe('a&b')
    expect(sent.has('cancel')).toBe(false)
  })

  it('tells consent that a person may give from consent that is an administrator’s', () => {
    const permissions = [{ name: 'Read', value: 'User.Read', resource: 'Microsoft Graph' }]
    const organization = 'Contoso'
    const asked = {
      ...formOf('consent'),
      userName,
      permissions,
      organization,
      grantsFor: 'userOrOrganization',
    } as const
    const consent = readSignInPage(consentPage({ ...asked, application: { name: 'my <b>app</b>' } }))
    expect(consent).toMatchObject({ kind: 'consent', application: 'my <b>app</b>' })
    const admin = readSignInPage(adminNeededPage({ ...formOf('consent'), userName, permissions, application: 'app' }))
    expect(admin).toMatchObject({ kind: 'adminNeeded', form: { fields: { step: 'consent' } } })
  })

  it('reads an answer that posts itself, whatever its fields hold', () => {
    const fields = { code: '1.A&b', state: '"quoted" <state> &amp; more' }
    const page = readSignInPage(formPostPage({ nonce, action: 'http://localhost:5000/?a=1&b=2', fields }))
    expect(page).toEqual({ kind: 'formPost', form: { action: 'http://localhost:5000/?a=1&b=2', fields } })
  })

  it('follows a page that moves on by itself', () => {
    const url = 'http://localhost:5000/?code=1&state=2'
    expect(readSignInPage(signedOutPage({ nonce, frontChannelLogoutUrls: [], postLogoutRedirectUri: url }))).toEqual({
      kind: 'moveOn',
      address: url,
    })
  })

  it('reads code, sentence and fix of a refusal', () => {
    const ids = { requestId: 'r', correlationId: 'c', timestamp: 't' }
    const text = 'The redirect URI \'https://a.example/b?c=d\' is "not" registered.'
    const html = errorPage({ nonce, code: 50011, text, ...ids, fix: { text: 'Register it.' } })
    expect(readSignInPage(html)).toEqual({ kind: 'error', message: `AADSTS50011: ${text}`, fix: 'Register it.' })
  })

  it('leaves other pages to people', () => {
    expect(readSignInPage('<!doctype html><title>A &amp; B</title>')).toEqual({ kind: 'other', title: 'A & B' })
  })
})
