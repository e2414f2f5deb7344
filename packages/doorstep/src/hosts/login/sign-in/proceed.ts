import type { FastifyReply } from 'fastify'
import type { Application } from '../../../directory/application.ts'
import { originOf } from '../../../protocol/authority.ts'
import type { ConsentDecision } from '../../../protocol/consent.ts'
import { EntraError, type RefusalName } from '../../../protocol/errors.ts'
import { shownPermissions } from '../../../protocol/listed-permissions.ts'
import { decideSession, type SignedInAccount } from '../../../protocol/prompt.ts'
import { firstResource } from '../../../protocol/requested-scopes.ts'
import { askedOrigin } from '../../host.ts'
import type { LoginParts } from '../login-parts.ts'
import { accountPickerPage } from '../pages/account-picker.ts'
import { adminNeededPage } from '../pages/admin-needed.ts'
import { consentPage } from '../pages/consent.ts'
import { passwordPage } from '../pages/password.ts'
import { userNamePage } from '../pages/user-name.ts'
import { accountNamed, signedInAccounts } from './accounts.ts'
import { type Asking, consentFor, type Presence, presenceOf, refuseWithoutAssignment } from './authorization.ts'
import { consentRecords } from './consent-records.ts'
import { decidedAgain } from './decide-again.ts'
import { differencesOf } from './differences.ts'
import type { SignInPurpose } from './purpose.ts'
import { purposeOf } from './purposes.ts'
import { loggedSignIn, type SignInKind } from './sign-in-log.ts'
import { userInTenant } from './user-in-tenant.ts'
import { formOf, showPage, showRefusal, type Visit } from './visit.ts'

/** Refusals that a person is shown though whoever asked could be told. */
const shownAsPage: ReadonlySet<RefusalName> = new Set<RefusalName>([
  'userNotInTenant',
  'userNotAssigned',
  'personalAccountNotAllowed',
  'applicationNotFound',
])

/**
 * Takes a sign-in as far as it goes without a person: to its end, or to the page that asks what is missing. It is
 * decided anew after each page, so no step can be skipped or repeated to effect.
 */
export function proceed(visit: Visit, parts: LoginParts): Promise<FastifyReply> {
  return withRefusals(visit, parts, (purpose) => decide(visit, purpose, parts))
}

/** The person left before signing in. */
export function leaveCancelled(visit: Visit, parts: LoginParts): Promise<FastifyReply> {
  return withRefusals(visit, parts, (purpose) => purpose.cancel(visit))
}

/** Ends a sign-in with a refusal of the person's own, such as declined consent. */
export function refuseSignIn(visit: Visit, refusal: EntraError, parts: LoginParts): Promise<FastifyReply> {
  return withRefusals(visit, parts, async () => {
    throw refusal
  })
}

/** Records what the person agreed to, for himself or as an administrator for everybody, and goes on. */
export function giveConsent(visit: Visit, forEverybody: boolean, parts: LoginParts): Promise<FastifyReply> {
  return withRefusals(visit, parts, async (purpose) => {
    const accounts = await signedInAccounts(visit.session, parts)
    const signedIn = accounts.find(({ account }) => account.homeUserId === visit.flow.chosen?.userId)
    if (!signedIn) return decide(visit, purpose, parts)
    const { asking, presence } = await askingFor(signedIn, { ...visit.flow, consentAnswered: false }, purpose, parts)
    const consent = await consentFor(asking, presence, parts)
    if (consent.kind === 'ask') {
      const isForAll =
        consent.grantsFor === 'organization' || (consent.grantsFor === 'userOrOrganization' && forEverybody)
      const principalId = isForAll ? null : asking.user.id
      await parts.commit([
        ...presence.changes,
        ...(await consentRecords(consent.permissions, principalId, asking, presence, parts)),
      ])
    }
    return decide({ ...visit, flow: { ...visit.flow, consentAnswered: true } }, purpose, parts)
  })
}

/** Does a piece of work for a purpose; refusals go to whoever asked, or where that may not be to the person. */
async function withRefusals(
  visit: Visit,
  parts: LoginParts,
  work: (purpose: SignInPurpose) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    const purpose = await purposeOf(visit.flow.purpose, parts)
    try {
      return await decidedAgain(() => work(purpose))
    } catch (error) {
      if (!(error instanceof EntraError)) throw error
      await logRefusal(visit, purpose, error, parts)
      if (shownAsPage.has(error.refusal)) throw error
      return await purpose.refuse(visit, error)
    }
  } catch (error) {
    if (!(error instanceof EntraError)) throw error
    return showRefusal(visit, error, await differencesOf(error, visit.flow, parts))
  }
}

/** What is refused to somebody known stands in the sign-in log. */
async function logRefusal(visit: Visit, { application }: SignInPurpose, { code }: EntraError, parts: LoginParts) {
  const { chosen } = visit.flow
  const user = chosen && (await parts.users.byId(chosen.userId))
  if (!user) return
  const { correlationId } = visit.flow
  const facts = { kind: kindOf(visit), user, tenantId: user.tenantId, correlationId, now: visit.now }
  const clientAppId = application.appId
  await parts.commit([loggedSignIn({ ...facts, clientAppId, resourceAppId: null, errorCode: code }, parts)])
}

function kindOf({ flow }: Visit, signedIn?: SignedInAccount): SignInKind {
  if (signedIn?.account.method === 'control') return 'control'
  return flow.purpose.kind === 'device' ? 'device code' : 'interactive'
}

async function decide(visit: Visit, purpose: SignInPurpose, parts: LoginParts): Promise<FastifyReply> {
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
  if (consent.kind !== 'granted') return showConsent({ ...visit, flow }, asking, consent, parts)
  const { tenant, user, application } = asking
  const logged = loggedSignIn(
    {
      kind: kindOf(visit, signedIn),
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
  if (!known) {
    const form = formOf(visit, 'userName', parts)
    const view = { ...form, application: application.displayName, canCancel: true }
    return showPage(visit, (nonce) => userNamePage({ nonce, ...view, ...(hint !== undefined && { userName: hint }) }))
  }
  const userName = known.user.userPrincipalName
  const form = formOf({ ...visit, flow: { ...visit.flow, userName } }, 'password', parts)
  return showPage(visit, (nonce) => passwordPage({ nonce, ...form, userName, application: application.displayName }))
}

function showAccounts(
  visit: Visit,
  application: Application,
  accounts: readonly SignedInAccount[],
  parts: LoginParts,
): FastifyReply {
  const pickable = accounts.map(({ account, userPrincipalName }) => ({
    key: account.homeUserId,
    displayName: userPrincipalName,
    userName: userPrincipalName,
    isSignedIn: true,
  }))
  const view = { ...formOf(visit, 'pick', parts), application: application.displayName, accounts: pickable }
  return showPage(visit, (nonce) => accountPickerPage({ nonce, purpose: 'signIn', ...view }))
}

function showConsent(
  visit: Visit,
  { application, tenant, user }: Asking,
  consent: Exclude<ConsentDecision, { readonly kind: 'granted' }>,
  parts: LoginParts,
): FastifyReply {
  const view = {
    ...formOf(visit, 'consent', parts),
    userName: user.userPrincipalName,
    permissions: shownPermissions(consent.permissions),
  }
  if (consent.kind === 'adminNeeded') {
    const origin = originOf(askedOrigin(visit.request.raw))
    const fix = {
      text: 'An administrator who opens this address is asked for all that the application lists:',
      command: `${origin}/${tenant.id}/adminconsent?client_id=${application.appId}`,
    }
    return showPage(visit, (nonce) => adminNeededPage({ nonce, ...view, application: application.displayName, fix }))
  }
  const about = { name: application.displayName }
  const { grantsFor } = consent
  const organization = tenant.displayName
  return showPage(visit, (nonce) => consentPage({ nonce, ...view, application: about, grantsFor, organization }))
}
