import { accountLine } from './application-line.ts'
import { answerButtons, type FormView, postForm } from './form.ts'
import { type Html, harmlessUrl, html } from './html.ts'
import { page } from './page.ts'
import { type PermissionInWords, permissionList } from './permission-list.ts'

export interface ConsentingApplication {
  readonly name: string
  /** Name of the verified publisher; `unverified` is shown without one. */
  readonly publisher?: string
  /** Host of the first redirect URI or the home page, so that a false name is noticed. */
  readonly website?: string
  readonly termsOfServiceUrl?: string
  readonly privacyStatementUrl?: string
}

/** Posts `cancel` when declined, and `adminConsent` when the tick box of an administrator is set. */
export interface ConsentView extends FormView {
  readonly userName: string
  readonly application: ConsentingApplication
  readonly permissions: readonly PermissionInWords[]
  /**
   * For whom consent is recorded: the person alone, the person or (tick box) everybody, or everybody as on the
   * admin-consent endpoint.
   */
  readonly grantsFor: 'user' | 'userOrOrganization' | 'organization'
  /** Display name of the tenant. */
  readonly organization: string
}

/** Asks a person or an administrator for the permissions an application wants. */
export function consentPage(view: ConsentView): string {
  const { application, organization, grantsFor, permissions } = view
  const body = html`${accountLine(view.userName)}
<h1 id="consentHeader">Permissions requested</h1>
${
  grantsFor === 'organization' &&
  html`<p class="lead">Review for your organization, <bdi class="name">${organization}</bdi></p>`
}
${applicationCard(application)}
<h2>This app would like to:</h2>
${permissionList(permissions)}
${postForm({
  form: view,
  body: html`${grantsFor === 'userOrOrganization' && organizationTick(organization)}
${grantsFor === 'organization' && html`<p>If you accept, this app gets these permissions for everybody in <bdi>${organization}</bdi>. Nobody else will be asked.</p>`}
<p class="quiet">Accepting means that you trust this app with what is listed above${terms(application)}. An administrator can take it back later.</p>
${answerButtons('Accept', { label: 'Cancel', name: 'cancel' })}`,
})}`
  return page({ title: 'Permissions requested – Sign in to your account', body, nonce: view.nonce })
}

function applicationCard({ name, publisher, website }: ConsentingApplication): Html {
  return html`<div class="application">
<span class="initial" aria-hidden="true">${[...name.trim()][0]?.toLocaleUpperCase('en') ?? '?'}</span>
<p class="who"><bdi class="name" id="consentAppName">${name}</bdi>
<span class="quiet">${publisher === undefined ? 'unverified' : html`<bdi>${publisher}</bdi>`}</span>
${website && html`<bdi class="quiet">${website}</bdi>`}</p>
</div>`
}

function organizationTick(organization: string): Html {
  return html`<label class="tick boxed" for="adminConsentCheckbox"><input type="checkbox" id="adminConsentCheckbox" name="adminConsent" value="true" aria-describedby="adminConsentHint">
<span>Consent on behalf of your organization
<span class="quiet" id="adminConsentHint">For everybody in <bdi>${organization}</bdi>. Without it, for you alone.</span></span></label>`
}

function terms({ termsOfServiceUrl, privacyStatementUrl }: ConsentingApplication): Html | undefined {
  const links = [
    termsOfServiceUrl && documentLink(termsOfServiceUrl, 'terms of service'),
    privacyStatementUrl && documentLink(privacyStatementUrl, 'privacy statement'),
  ].filter((link) => link !== undefined && link !== '')
  if (links.length === 0) return undefined
  return html`, and that you agree to its ${links[0]}${links[1] && html` and its ${links[1]}`}`
}

function documentLink(url: string, label: string): Html {
  return html`<a href="${harmlessUrl(url)}" target="_blank" rel="noopener noreferrer">${label}</a>`
}
