import { z } from 'zod'
import { guestPrincipalName } from '../../directory/guest.ts'
import { firstProblem } from '../../directory/property-problem.ts'
import { defaultDomain, type Tenant } from '../../directory/tenant.ts'
import { newUser, type User } from '../../directory/user.ts'
import type { Entity, GraphAnswer, GraphCall } from './call.ts'
import { requestBadRequest } from './errors.ts'
import { callersTenant } from './organization.ts'
import { propertyRefusal } from './parsed-properties.ts'

const resource = 'Invitation'

const invitationSchema = z.strictObject({
  invitedUserEmailAddress: z.email({ error: 'Expected an e-mail address' }),
  inviteRedirectUrl: z.url({ protocol: /^https?$/, error: 'Expected an address that begins with https://' }),
  invitedUserDisplayName: z.string().max(256, 'Expected at most 256 characters').nullish(),
  invitedUserType: z.literal('Guest', { error: 'Expected Guest: members are made by POST /users' }).nullish(),
  sendInvitationMessage: z.boolean().nullish(),
  resetRedemption: z.literal(false, { error: 'There is no redemption here that could be reset' }).nullish(),
  invitedUserMessageInfo: z.record(z.string(), z.unknown()).nullish(),
})

type Invitation = z.output<typeof invitationSchema>

/**
 * `POST /invitations`: makes a guest. Who has an account in another tenant of this local cloud signs in with it at
 * once. Nothing that is answered or kept for the inviter tells whether there is such an account: anybody may invite,
 * and other tenants' people are none of his business. No mail is sent.
 */
export async function createInvitation(call: GraphCall): Promise<GraphAnswer> {
  const parsed = invitationSchema.safeParse(call.body)
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), resource)
  const invitation = parsed.data
  const tenant = await callersTenant(call)
  requireOutsider(invitation.invitedUserEmailAddress, tenant)
  const principalName = guestPrincipalName(invitation.invitedUserEmailAddress, defaultDomain(tenant))
  const guest =
    (await call.parts.users.byPrincipalName(tenant.id, principalName)) ??
    (await newGuest(invitation, principalName, call))
  return {
    kind: 'entity',
    context: 'invitations/$entity',
    entity: invitationEntity(invitation, guest, call),
    created: '',
  }
}

function requireOutsider(emailAddress: string, { verifiedDomains }: Tenant): void {
  const domain = emailAddress.split('@')[1]?.toLowerCase()
  if (!verifiedDomains.some(({ name }) => name.toLowerCase() === domain)) return
  throw requestBadRequest(
    'The invited user already exists in the directory as object or its address has a verified domain of this directory.',
  )
}

async function newGuest(invitation: Invitation, principalName: string, call: GraphCall): Promise<User> {
  const { parts, caller, now } = call
  const { invitedUserEmailAddress: mail, invitedUserDisplayName } = invitation
  const home = await homeOf(mail, call)
  const guest = newUser(
    {
      userPrincipalName: principalName,
      displayName: invitedUserDisplayName || (mail.split('@')[0] ?? mail),
      mail,
      otherMails: [mail],
      userType: 'Guest',
      externalUserState: 'PendingAcceptance',
      home: home ? { tenantId: home.tenantId, userId: home.id } : null,
    },
    { id: parts.newId(), tenantId: caller.tenantId, createdDateTime: now },
  )
  await parts.commit([{ change: 'createUser', user: guest }])
  return guest
}

/** The account that the address belongs to in another tenant here. */
async function homeOf(emailAddress: string, { parts }: GraphCall): Promise<User | undefined> {
  const tenant = await parts.tenants.byDomain(emailAddress.split('@')[1] ?? '')
  return tenant && parts.users.byPrincipalName(tenant.id, emailAddress)
}

function invitationEntity(invitation: Invitation, guest: User, { parts, caller }: GraphCall): Entity {
  const id = parts.newId()
  const redeem = new URLSearchParams({ tenant: caller.tenantId, user: guest.id, ver: '2.0' })
  return {
    id,
    inviteRedeemUrl: `https://login.microsoftonline.com/redeem?rd=${encodeURIComponent(`https://invitations.microsoft.com/redeem/?${redeem}`)}`,
    invitedUserDisplayName: invitation.invitedUserDisplayName ?? null,
    invitedUserType: 'Guest',
    invitedUserEmailAddress: invitation.invitedUserEmailAddress,
    sendInvitationMessage: invitation.sendInvitationMessage ?? false,
    resetRedemption: false,
    inviteRedirectUrl: invitation.inviteRedirectUrl,
    status: guest.externalUserState === 'PendingAcceptance' ? 'PendingAcceptance' : 'Completed',
    invitedUserMessageInfo: invitation.invitedUserMessageInfo ?? {
      messageLanguage: null,
      customizedMessageBody: null,
      ccRecipients: [{ emailAddress: { name: null, address: null } }],
    },
    invitedUser: { id: guest.id },
  }
}
