import { applicationLine } from './application-line.ts'
import { type FormView, postForm } from './form.ts'
import { type Html, html } from './html.ts'
import { page } from './page.ts'

export interface PickableAccount {
  /** Posted as `account` when this one is picked. */
  readonly key: string
  readonly displayName: string
  readonly userName: string
  readonly isSignedIn: boolean
}

/** Posts `account` with the key that was picked, or `otherAccount`. */
export interface AccountPickerView extends FormView {
  readonly purpose: 'signIn' | 'signOut'
  readonly accounts: readonly PickableAccount[]
  readonly application?: string
}

/** Several accounts, or `prompt=select_account`: which one? */
export function accountPickerPage(view: AccountPickerView): string {
  const isSignIn = view.purpose === 'signIn'
  const heading = isSignIn ? 'Pick an account' : 'Which account do you want to sign out of?'
  const body = html`<h1 id="loginHeader">${heading}</h1>
${isSignIn && applicationLine(view.application)}
${postForm({
  form: view,
  body: html`<ul class="tiles" id="tilesHolder">
${view.accounts.map(accountTile)}
${isSignIn && otherTile}
</ul>`,
})}`
  return page({ title: `${heading} – Sign ${isSignIn ? 'in to' : 'out of'} your account`, body, nonce: view.nonce })
}

function accountTile({ key, displayName, userName, isSignedIn }: PickableAccount): Html {
  return html`<li><button class="tile" name="account" value="${key}" data-test-id="${userName}">
<span class="initial" aria-hidden="true">${[...displayName.trim()][0]?.toLocaleUpperCase('en') ?? '?'}</span>
<span class="who"><bdi class="name">${displayName}</bdi> <bdi class="quiet">${userName}</bdi>
${isSignedIn && html`<span class="state">Signed in</span>`}</span>
</button></li>
`
}

const otherTile = html`<li><button class="tile" id="otherTile" name="otherAccount" value="true">
<span class="initial plus" aria-hidden="true">+</span>
<span class="who"><span class="name" id="otherTileText">Use another account</span></span>
</button></li>`
