import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestToken } from '../login/request-token.ts'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import {
  allSignedIn,
  azureCli,
  expectDenied,
  expectError,
  reader,
  type SendToGraph,
  signedIn,
  staffSeed,
} from './staff.ts'

let doorstep: RunningDoorstep
let send: Readonly<Record<'global' | 'member' | 'visitor', SendToGraph>>

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: staffSeed() })
  send = await allSignedIn(doorstep, ['global', 'member', 'visitor'])
})
afterAll(() => doorstep?.stop())

const inviteRedirectUrl = 'https://myapplications.microsoft.com'
const invite = (person: SendToGraph, invitedUserEmailAddress: unknown, more: object = {}) =>
  person('POST', '/invitations', { invitedUserEmailAddress, inviteRedirectUrl, ...more })

describe('invitations', () => {
  it('make a guest, once, who stays invited until there is an account', async () => {
    const { status, body, text } = await invite(send.member, 'pat@elsewhere.example', {
      invitedUserDisplayName: 'Pat',
      sendInvitationMessage: true,
      invitedUserMessageInfo: { customizedMessageBody: 'Welcome' },
    })
    expect(status, text).toBe(201)
    expect(body).toMatchObject({
      '@odata.context': expect.stringMatching(/#invitations\/\$entity$/),
      invitedUserEmailAddress: 'pat@elsewhere.example',
      inviteRedirectUrl,
      inviteRedeemUrl: expect.stringMatching(/^https:\/\/login\.microsoftonline\.com\/redeem\?rd=/),
      invitedUserType: 'Guest',
      status: 'PendingAcceptance',
    })
    const { id } = body.invitedUser
    const select = 'userPrincipalName,userType,mail,externalUserState,creationType,displayName'
    expect((await send.global('GET', `/users/${id}?$select=${select}`)).body).toMatchObject({
      userPrincipalName: 'pat_elsewhere.example#EXT#@contoso.example',
      userType: 'Guest',
      mail: 'pat@elsewhere.example',
      displayName: 'Pat',
      externalUserState: 'PendingAcceptance',
      creationType: 'Invitation',
    })
    expect((await invite(send.member, 'Pat@elsewhere.example')).body.invitedUser).toEqual({ id })
    expect((await send.global('GET', '/users/pat_elsewhere.example%23EXT%23@contoso.example')).body.id).toBe(id)
  })

  it('bring in the account of another tenant here, which is a guest at its next token', async () => {
    const { userPrincipalName, password = '' } = doorstep.administrator
    const { status, body, text } = await invite(send.visitor, userPrincipalName)
    expect(status, text).toBe(201)
    // Whether somebody is at home elsewhere, and by what name, is not the inviter's to learn.
    const unknown = await invite(send.visitor, userPrincipalName.replace('@', '-nobody@'))
    expect(body.status).toBe(unknown.body.status)
    const select = 'displayName,externalUserState'
    const seen = await send.global('GET', `/users/${body.invitedUser.id}?$select=${select}`)
    expect(seen.body).toMatchObject({
      displayName: userPrincipalName.split('@')[0],
      externalUserState: 'PendingAcceptance',
    })
    const client = { client_id: azureCli.appId, scope: 'https://graph.microsoft.com/.default offline_access' }
    const atHome = await requestToken(
      doorstep,
      { ...client, grant_type: 'password', username: userPrincipalName, password },
      { tenant: doorstep.tenantId },
    )
    expect(atHome.status, atHome.text).toBe(200)
    const refresh = { ...client, grant_type: 'refresh_token', refresh_token: atHome.body.refresh_token }
    const answer = await requestToken(doorstep, refresh)
    expect(answer.status, answer.text).toBe(200)
    const claims = JSON.parse(Buffer.from(answer.body.access_token.split('.')[1], 'base64url').toString('utf8'))
    expect(claims.oid).toBe(body.invitedUser.id)
  })

  it.each<[string, unknown, object, RegExp]>([
    ['nobody', undefined, {}, /'invitedUserEmailAddress'/],
    ['what is no address', 'pat', {}, /'invitedUserEmailAddress'/],
    ['people of the tenant itself', 'member@contoso.example', {}, /already exists in the directory/],
    ['nowhere to go', 'a@b.example', { inviteRedirectUrl: undefined }, /'inviteRedirectUrl'/],
    ['a redirect that is no address', 'a@b.example', { inviteRedirectUrl: 'x' }, /'inviteRedirectUrl'/],
    ['a script to go to', 'a@b.example', { inviteRedirectUrl: 'javascript:alert(1)' }, /'inviteRedirectUrl'/],
    ['members', 'a@b.example', { invitedUserType: 'Member' }, /'invitedUserType'/],
    ['a property nobody knows', 'a@b.example', { colour: 'red' }, /Invalid property 'colour'/],
  ])('are refused with %s', async (_what, mail, more, message) => {
    expectError(await invite(send.global, mail, more), 400, 'Request_BadRequest', message)
  })

  it('need the permission of the application', async () => {
    expectDenied(await invite(await signedIn(doorstep, 'global', reader.appId), 'a@b.example'))
  })
})
