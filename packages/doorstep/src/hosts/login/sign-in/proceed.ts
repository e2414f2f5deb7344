import type { FastifyReply } from 'fastify'
import type { Application } from '../../../directory/application.ts'
import { decidedAgain } from '../../../directory/decided-again.ts'
import { originOf } from '../../../protocol/authority.ts'
import { type ConsentDecision, consentFingerprint } from '../../../protocol/consent.ts'
import { EntraError, type RefusalName } from '../../../protocol/errors.ts'
import { shownPermissions } from '../../../protocol/listed-permissions.ts'
import { decideSession, type SignedInAccount } from '../../../protocol/prompt.ts'
import { firstResource } from '../../../protocol/requested-scopes.ts'
import { loggedSignIn } from '../../../protocol/sign-in-log.ts'
import type { SessionAccount } from '../../../protocol/sign-in-records.ts'
import { askedOrigin } from '../../host.ts'
import type { LoginParts } from '../login-parts.ts'
import { accountPickerPage } from '../pages/account-picker.ts'
import { adminNeededPage } from '../pages/admin-needed.ts'
import { consentPage } from '../pages/consent.ts'
import { passwordPage } from '../pages/password.ts'
import { userNamePage } from '../pages/user-name.ts'
import { accountNamed, signedInAccounts } from './accounts.ts'
import { type Asking, consentFor, refuseWithoutAssignment } from './authorization.ts'
import { consentRecords } from './consent-records.ts'
import { detailsOf } from './differences.ts'
import { isOvertakenSignIn } from './overtaken.ts'
import { type Presence, presenceOf } from './presence.ts'
import type { SignInPurpose } from './purpose.ts'
import { purposeOf } from './purposes.ts'
import { kindOf, logRefusal } from './sign-in-log.ts'
import { userInTenant } from './user-in-tenant.ts'
import { formOf, showPage, showRefusal, type Visit } from './visit.ts'

/** Refusals that a person is shown though whoever asked could be told. */
const shownAsPage: ReadonlySet<RefusalName> = new Set<RefusalName>([
  'userNotInTenant',
  'userNotAssigned',
  'personalAccountNotAllowed',
  'applicationNotFound',
  'applicationDisabled',
])

/**
 * Takes a sign-in as far as it goes without a person: to its end, or to the page that asks what is missing. It is
 * decided anew after each page, so no step can be skipped or repeated to effect.
 */
export function proceed(visit: Visit, parts: LoginParts): Promise<FastifyReply> {
  return withRefusals(visit, parts, decide)
}

/** The person left before signing in. */
export function leaveCancelled(visit: Visit, parts: LoginParts): Promise<FastifyReply> {
  return withRefusals(visit, parts, ({ purpose, visit }) => purpose.cancel(visit))
}

/** Ends a sign-in with a refusal of the person's own, such as declined consent. */
export function refuseSignIn(visit: Visit, refusal: EntraError, parts: LoginParts): Promise<FastifyReply> {
  return withRefusals(visit, parts, async () => {
    throw refusal
  })
}

/**
 * Records what the person agreed to, for himself or as an administrator for everybody, and goes on. Agreed is what the
 * page showed: where it would show something else by now, it is shown again.
 */
export function giveConsent(visit: Visit, forEverybody: boolean, parts: LoginParts): Promise<FastifyReply> {
  return withRefusals(visit, parts, async (step) => {
    const { purpose, visit } = step
    const accounts = await signedInAccounts(visit.session, parts)
    const signedIn = accounts.find(({ account }) => account.homeUserId === visit.flow.chosen?.userId)
    if (!signedIn) return decide(step)
    step.isAbout(signedIn.account)
    const { asking, presence } = await askingFor(signedIn, { ...visit.flow, consentAnswered: false }, purpose, parts)
    await refuseWithoutAssignment(asking, presence, parts)
    const consent = await consentFor(asking, presence, parts)
    if (consent.kind === 'ask') {
      if (visit.flow.consentShown !== consentFingerprint(asking.user.id, consent)) return decide(step)
      const isForAll =
        consent.grantsFor === 'organization' || (consent.grantsFor === 'userOrOrganization' && forEverybody)
      const principalId = isForAll ? null : asking.user.id
      await parts.commit([
        ...presence.changes,
        ...(await consentRecords(consent.permissions, principalId, asking, presence, parts)),
      ])
    }
    return decide({ ...step, visit: { ...visit, flow: { ...visit.flow, consentAnswered: true } } })
  })
}

/** One try at taking a sign-in further. */
interface Step {
  readonly purpose: SignInPurpose
  readonly visit: Visit
  readonly parts: LoginParts
  /** Says whose sign-in this is, so that the log can tell of a refusal. */
  readonly isAbout: (account: SessionAccount) => void
}

/** Does a piece of work for a purpose; refusals go to whoever asked, or where that may not be to the person. */
async function withRefusals(
  visit: Visit,
  parts: LoginParts,
  work: (step: Step) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    const purpose = await purposeOf(visit.flow.purpose, parts)
    let account = visit.session?.accounts.find(({ homeUserId }) => homeUserId === visit.flow.chosen?.userId)
    const isAbout = (known: SessionAccount) => {
      account = known
    }
    try {
      return await decidedAgain(() => work({ purpose, visit, parts, isAbout }), isOvertakenSignIn)
    } catch (error) {
      if (!(error instanceof EntraError)) throw error
      const refused = { clientAppId: purpose.application.appId, errorCode: error.code }
      if (account) await logRefusal(visit, account, refused, parts)
      if (shownAsPage.has(error.refusal)) throw error
      return await purpose.refuse(visit, error)
    }
  } catch (error) {
    if (!(error instanceof EntraError)) throw error
    return showRefusal(visit, error, await detailsOf(error, visit.flow, parts))
  }
}

async function decide({ visit, purpose, parts, isAbout }: Step): Promise<FastifyReply> {
  const { application, segment } = purpose
  const { startedAt, chosen } = visit.flow
  const request = purpose.asked()
  const accounts = await signedInAccounts(visit.session, parts)
  const decision = decideSession({
    request,
    segment,
    accounts,
    chosen: chosen && accounts.find(({ account }) => account.homeUserId === chosen.userId),
    startedAt,
    now: visit.now,
  })
  switch (decision.kind) {
    case 'refuse':
      throw decision.error
    case 'signIn':
      return showSignIn(visit, application, decision.hint, parts)
    case 'pickAccount':
      return showAccounts(visit, application, decision.accounts, parts)
    case 'use':
      isAbout(decision.account.account)
      return finishFor(decision.account, visit, purpose, parts)
  }
}

/** With an account: may it, is consent there, and then the end. */
async function finishFor(
  signedIn: SignedInAccount,
  visit: Visit,
  purpose: SignInPurpose,
  parts: LoginParts,
): Promise<FastifyReply> {
  const flow = { ...visit.flow, chosen: chosenOf(signedIn) }
  const { asking, presence } = await askingFor(signedIn, flow, purpose, parts)
  await refuseWithoutAssignment(asking, presence, parts)
  const consent = await consentFor(asking, presence, parts)
  if (consent.kind !== 'granted') {
    const consentShown = consentFingerprint(asking.user.id, consent)
    return showConsent({ ...visit, flow: { ...flow, consentShown } }, asking, consent, parts)
  }
  const { tenant, user, application } = asking
  const logged = loggedSignIn(
    {
      kind: kindOf(visit, signedIn.account),
      user,
      tenantId: tenant.id,
      clientAppId: application.appId,
      resourceAppId: await askedApi(asking, parts),
      errorCode: 0,
      correlationId: flow.correlationId,
      now: visit.now,
    },
    parts,
  )
  return purpose.complete(
    { ...visit, flow },
    {
      signedIn,
      tenant,
      user,
      servicePrincipal: presence.servicePrincipal,
      changes: [
        ...presence.changes,
        ...(await consentRecords(consent.unrecorded, user.id, asking, presence, parts)),
        logged,
      ],
    },
  )
}

async function askingFor(
  signedIn: SignedInAccount,
  { consentAnswered = false }: Visit['flow'],
  purpose: SignInPurpose,
  parts: LoginParts,
): Promise<{ readonly asking: Asking; readonly presence: Presence }> {
  const { application, segment } = purpose
  const { tenant, user } = await userInTenant(signedIn.account, segment, application, parts)
  const asking: Asking = { application, tenant, user, request: purpose.asked(), consentAnswered }
  return { asking, presence: await presenceOf(asking, parts) }
}

async function askedApi({ request, tenant }: Asking, parts: LoginParts): Promise<string | null> {
  const { identifier } = firstResource(request.requested)
  return (await parts.servicePrincipals.byResourceIdentifier(tenant.id, identifier))?.appId ?? null
}

const chosenOf = ({ account }: SignedInAccount) => ({ tenantId: account.homeTenantId, userId: account.homeUserId })

/** The first page, or with a known user name the second. */
async function showSignIn(
  visit: Visit,
  application: Application,
  hint: string | undefined,
  parts: LoginParts,
): Promise<FastifyReply> {
  const known = hint === undefined ? undefined : await accountNamed(hint, parts)
  const asked = { ...visit, flow: { ...visit.flow, application: application.displayName } }
  if (!known) {
    const form = formOf(asked, 'userName', parts)
    const view = { ...form, application: application.displayName, canCancel: true }
    return showPage(visit, (nonce) => userNamePage({ nonce, ...view, ...(hint !== undefined && { userName: hint }) }))
  }
  const userName = known.user.userPrincipalName
  const form = formOf({ ...asked, flow: { ...asked.flow, userName } }, 'password', parts)
  return showPage(visit, (nonce) => passwordPage({ nonce, ...form, userName, application: application.displayName }))
}

function showAccounts(
  visit: Visit,
  application: Application,
  accounts: readonly SignedInAccount[],
  parts: LoginParts,
): FastifyReply {
  const pickable = accounts.map(({ account, userPrincipalName, displayName }) => ({
    key: account.homeUserId,
    displayName,
    userName: userPrincipalName,
    isSignedIn: true,
  }))
  const flow = { ...visit.flow, application: application.displayName }
  const view = {
    ...formOf({ ...visit, flow }, 'pick', parts),
    application: application.displayName,
    accounts: pickable,
  }
  return showPage(visit, (nonce) => accountPickerPage({ nonce, purpose: 'signIn', ...view }))
}

function showConsent(
  visit: Visit,
  asking: Asking,
  consent: Exclude<ConsentDecision, { readonly kind: 'granted' }>,
  parts: LoginParts,
): FastifyReply {
  const { application, tenant, user } = asking
  const view = {
    ...formOf(visit, 'consent', parts),
    userName: user.userPrincipalName,
    permissions: shownPermissions(consent.permissions),
  }
  if (consent.kind === 'adminNeeded') {
    const fix = {
      text: 'An administrator who opens this address is asked for them:',
      command: adminConsentAddress(visit, asking),
    }
    return showPage(visit, (nonce) => adminNeededPage({ nonce, ...view, application: application.displayName, fix }))
  }
  const about = { name: application.displayName }
  const { grantsFor } = consent
  const organization = tenant.displayName
  return showPage(visit, (nonce) => consentPage({ nonce, ...view, application: about, grantsFor, organization }))
}

/** Where an administrator grants what this request asks for: by its scopes, or on v1.0 all that is listed. */
function adminConsentAddress({ request }: Visit, { application, tenant, request: asked }: Asking): string {
  const scope = asked.requested.resources.flatMap(({ identifier, scopes }) =>
    scopes === 'default' ? [`${identifier}/.default`] : scopes.map((name) => `${identifier}/${name}`),
  )
  const isNamed = asked.endpoint === 'v2' && scope.length > 0
  const query = new URLSearchParams({ client_id: application.appId, ...(isNamed && { scope: scope.join(' ') }) })
  const path = `${tenant.id}/${isNamed ? 'v2.0/' : ''}adminconsent`
  return `${originOf(askedOrigin(request.raw))}/${path}?${query}`
}
