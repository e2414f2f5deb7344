import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contoso } from '../login/contoso.ts'
import { requestToken } from '../login/request-token.ts'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import {
  adminTool,
  allSignedIn,
  azureCli,
  expectDenied,
  expectError,
  groupIds,
  reader,
  robotic,
  type SendToGraph,
  signedIn,
  signInForm,
  staffSeed,
} from './staff.ts'

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const newPassword = 'Another-horse-8-battery'

const people = ['global', 'useradmin', 'helpdesk', 'member'] as const

let doorstep: RunningDoorstep
let send: Readonly<Record<(typeof people)[number], SendToGraph>>
let asRobot: SendToGraph

beforeAll(async () => {
  doorstep = await startDoorstep({ seed: staffSeed() })
  send = await allSignedIn(doorstep, people)
  asRobot = await robotic(doorstep)
})
afterAll(() => doorstep?.stop())

function expectRefused({ status, body, text }: Answer, code: number): void {
  expect({ status, error: body.error, codes: body.error_codes }, text).toEqual({
    status: 400,
    error: 'invalid_grant',
    codes: [code],
  })
}

let made = 0
const newUser = (properties: object = {}) => {
  made += 1
  return {
    accountEnabled: true,
    displayName: `User ${made}`,
    mailNickname: `user${made}`,
    userPrincipalName: `user${made}@contoso.example`,
    passwordProfile: { password: newPassword, forceChangePasswordNextSignIn: false },
    ...properties,
  }
}

describe('/me', () => {
  it('is the signed-in user in the properties that Graph shows unasked, or those selected', async () => {
    const { body } = await send.member('GET', '/me')
    expect(Object.keys(body)).toEqual([
      '@odata.context',
      'businessPhones',
      'displayName',
      'givenName',
      'jobTitle',
      'mail',
      'mobilePhone',
      'officeLocation',
      'preferredLanguage',
      'surname',
      'userPrincipalName',
      'id',
    ])
    expect(body).toMatchObject({
      userPrincipalName: 'member@contoso.example',
      givenName: 'Mem',
      id: expect.stringMatching(guid),
    })
    expect(body['@odata.context']).toMatch(/\/v1\.0\/\$metadata#users\/\$entity$/)
    const selected = await send.member('GET', '/me?$select=id,userType,accountEnabled')
    expect(selected.body).toEqual({
      '@odata.context': expect.stringMatching(/#users\(id,userType,accountEnabled\)\/\$entity$/),
      id: body.id,
      userType: 'Member',
      accountEnabled: true,
    })
    expect((await send.member('GET', '/me?$select=colour')).body.error.message).toContain("'colour'")
  })

  it('is nobody for an application that acts as itself', async () => {
    const { status, body } = await asRobot('GET', '/me')
    expect(status).toBe(400)
    expect(body.error).toMatchObject({
      code: 'BadRequest',
      message: '/me request is only valid with delegated authentication flow.',
    })
  })

  it('belongs to groups and holds directory roles', async () => {
    const { body } = await send.member('GET', '/me/memberOf')
    expect(body['@odata.context']).toMatch(/#directoryObjects$/)
    expect(body.value.map(({ displayName }: { displayName: string }) => displayName).sort()).toEqual([
      'Inner',
      'Letters',
    ])
    expect(body.value[0]['@odata.type']).toBe('#microsoft.graph.group')
    const transitive = await send.member('GET', '/me/transitiveMemberOf?$select=id')
    expect(transitive.body.value).toContainEqual({ '@odata.type': '#microsoft.graph.group', id: groupIds.outer })
    const roles = await send.useradmin('GET', '/me/memberOf')
    expect(roles.body.value).toMatchObject([
      { '@odata.type': '#microsoft.graph.directoryRole', displayName: 'User Administrator' },
    ])
    const all = await send.member('POST', '/me/getMemberGroups', { securityEnabledOnly: false })
    expect(all.body.value.sort()).toEqual(Object.values(groupIds).sort())
    const security = await send.member('POST', '/me/getMemberGroups', { securityEnabledOnly: true })
    expect(security.body).toMatchObject({ '@odata.context': expect.stringMatching(/#Collection\(Edm\.String\)$/) })
    expect(security.body.value.sort()).toEqual([groupIds.inner, groupIds.outer].sort())
    expect((await send.member('POST', '/me/getMemberGroups', { securityEnabledOnly: 'x' })).status).toBe(400)
  })
})

describe('users', () => {
  it('are found by id and by principal name in any case, and listed with filters and pages', async () => {
    const { body } = await send.member('GET', '/users/COLLEAGUE@contoso.example')
    for (const path of [`/users/${body.id}`, `/users('${body.id}')`, "/users('colleague%40contoso.example')"]) {
      expect((await asRobot('GET', path)).body.id, path).toBe(body.id)
    }
    expect((await send.member('GET', '/users/nobody@contoso.example')).status).toBe(404)
    const admin = await doorstep.graph.request('GET', `/v1.0/users/${body.id}`)
    expect(admin.status, 'of another tenant').toBe(404)
    const listed = await send.member('GET', "/users?$filter=startswith(displayName,'colle')&$select=displayName,id")
    expect(listed.body.value).toEqual([{ displayName: 'colleague', id: body.id }])
    const page = await send.member('GET', '/users?$top=2')
    expect(page.body.value).toHaveLength(2)
    expect(page.body['@odata.nextLink']).toContain('$skiptoken=')
  })

  it('are seen by themselves alone where the application may read no more', async () => {
    const through = await signedIn(doorstep, 'member', reader.appId)
    const { id } = (await through('GET', '/me')).body
    expect((await through('GET', `/users/${id}`)).body.id).toBe(id)
    expect((await through('GET', '/users/member@contoso.example/memberOf')).status).toBe(200)
    expectDenied(await through('GET', '/users/colleague@contoso.example'))
    expectDenied(await through('GET', '/users/nobody@contoso.example'))
    expectDenied(await through('POST', '/me/revokeSignInSessions'))
  })

  it('are made with a password that signs them in, changed and deleted', async () => {
    const wanted = newUser({ userPrincipalName: 'New.User@contoso.example', mailNickname: 'newuser' })
    const { status, body, headers } = await send.useradmin('POST', '/users', wanted)
    expect(status, JSON.stringify(body)).toBe(201)
    expect(body).toMatchObject({
      id: expect.stringMatching(guid),
      userPrincipalName: 'New.User@contoso.example',
      mail: null,
    })
    expect(JSON.stringify(body)).not.toContain(newPassword)
    expect(headers.location).toContain(`${body.id}/Microsoft.DirectoryServices.User`)
    const signIn = () => requestToken(doorstep, signInForm('new.user', reader.appId, newPassword))
    expect((await signIn()).status).toBe(200)

    const path = `/users/${body.id}`
    expect((await send.useradmin('PATCH', path, { jobTitle: 'Clerk', accountEnabled: false })).status).toBe(204)
    expect((await send.useradmin('GET', path)).body.jobTitle).toBe('Clerk')
    expectRefused(await signIn(), 50057)
    expect((await send.useradmin('DELETE', path)).status).toBe(204)
    expect((await send.useradmin('GET', path)).status).toBe(404)
    expect((await send.useradmin('DELETE', path)).status).toBe(404)
    expectRefused(await signIn(), 50034)
  })

  it('must change the password at the first sign-in unless the request says otherwise', async () => {
    const wanted = newUser({ passwordProfile: { password: newPassword } })
    expect((await asRobot('POST', '/users', wanted)).status).toBe(201)
    const answer = await requestToken(doorstep, signInForm(wanted.userPrincipalName, reader.appId, newPassword))
    expectRefused(answer, 50055)
  })

  it.each<[string, object, RegExp]>([
    ['no password', { passwordProfile: undefined }, /A value is required for property 'passwordProfile'/],
    ['a weak password', { passwordProfile: { password: 'password' } }, /'passwordProfile\.password'.*complexity/],
    [
      'a foreign domain',
      { userPrincipalName: 'a@fabrikam.example' },
      /'userPrincipalName'.*verified domain names.*contoso\.example/,
    ],
    ['no domain', { userPrincipalName: 'a' }, /'userPrincipalName'.*alice@contoso\.example/],
    ['an id', { id: groupIds.inner }, /'id' is read-only/],
    ['a property nobody knows', { colour: 'red' }, /Invalid property 'colour'/],
    ['a nickname with blanks', { mailNickname: 'a b' }, /'mailNickname'/],
  ])('are refused with %s', async (_what, wrong, message) => {
    const { status, body } = await send.useradmin('POST', '/users', newUser(wrong))
    expect({ status, ...body.error }).toMatchObject({
      status: 400,
      code: 'Request_BadRequest',
      message: expect.stringMatching(message),
    })
  })

  it('have names of their own', async () => {
    const { status, body } = await send.useradmin(
      'POST',
      '/users',
      newUser({ userPrincipalName: 'Member@contoso.example' }),
    )
    expect(status).toBe(400)
    expect(body.error).toMatchObject({
      code: 'Request_BadRequest',
      message: 'Another object with the same value for property userPrincipalName already exists.',
      details: [{ code: 'ObjectConflict', target: 'userPrincipalName' }],
    })
  })

  it('are managed by those whose role reaches so far', async () => {
    expectDenied(await send.member('POST', '/users', newUser()))
    expectDenied(await send.helpdesk('POST', '/users', newUser()))
    const { id } = (await send.global('POST', '/users', newUser())).body
    const passwordProfile = { password: 'Third-horse-9-battery' }
    expectDenied(await send.member('PATCH', `/users/${id}`, { jobTitle: 'x' }))
    expectDenied(await send.member('DELETE', `/users/${id}`))
    expectDenied(await send.helpdesk('PATCH', `/users/${id}`, { jobTitle: 'x' }))
    expectDenied(await send.helpdesk('PATCH', `/users/${id}`, { passwordProfile, accountEnabled: false }))
    expectDenied(await send.helpdesk('DELETE', `/users/${id}`))
    expect((await send.helpdesk('PATCH', `/users/${id}`, { passwordProfile })).status).toBe(204)
    // Nobody takes over the account of somebody who may do more.
    const chief = '/users/global@contoso.example'
    expect((await send.useradmin('PATCH', chief, { jobTitle: 'Chief' })).status).toBe(204)
    expectDenied(await send.useradmin('PATCH', chief, { passwordProfile }))
    expectDenied(await send.useradmin('PATCH', chief, { accountEnabled: false }))
    expectDenied(await send.useradmin('DELETE', chief))
    expectDenied(await send.useradmin('POST', `${chief}/revokeSignInSessions`))
    expectDenied(await send.helpdesk('PATCH', '/users/useradmin@contoso.example', { passwordProfile }))
  })
})

describe('what tools send', () => {
  it('is kept and read back', async () => {
    const kept = {
      ageGroup: 'Adult',
      city: 'Bergen',
      companyName: 'Contoso',
      country: 'Norway',
      employeeId: '42',
      employeeType: 'Employee',
      faxNumber: '1',
      onPremisesImmutableId: 'x==',
      otherMails: ['other@elsewhere.example'],
      passwordPolicies: 'DisablePasswordExpiration, DisableStrongPassword',
      postalCode: '5003',
      state: 'Vestland',
      streetAddress: 'Bryggen 1',
    }
    const wanted = newUser(kept)
    const { body, status, text } = await send.useradmin('POST', '/users', wanted)
    expect(status, text).toBe(201)
    const select = Object.keys(kept).join(',')
    expect((await send.useradmin('GET', `/users/${body.id}?$select=${select}`)).body).toMatchObject(kept)
    expect((await send.useradmin('PATCH', `/users/${body.id}`, { city: null, otherMails: [] })).status).toBe(204)
    const after = await send.useradmin('GET', `/users/${body.id}?$select=city,otherMails,country`)
    expect(after.body).toMatchObject({ city: null, otherMails: [], country: 'Norway' })
  })

  it.each<[string, object, RegExp]>([
    ['identities of its own', { identities: [{ signInType: 'emailAddress' }] }, /'identities'.*does not keep/],
    ['a policy nobody knows', { passwordPolicies: 'Weak' }, /'passwordPolicies'/],
    ['a mail that is none', { otherMails: ['x'] }, /'otherMails\[0\]'/],
    ['a profile without a password', { passwordProfile: {} }, /'passwordProfile\.password'/],
    ['the state of an invitation', { externalUserState: 'Accepted' }, /'externalUserState' is read-only/],
  ])('is refused with %s', async (_what, wrong, message) => {
    expectError(await send.useradmin('POST', '/users', newUser(wrong)), 400, 'Request_BadRequest', message)
  })

  it('may be that the password must be changed, without another password', async () => {
    const wanted = newUser()
    const { id } = (await send.useradmin('POST', '/users', wanted)).body
    const signIn = () => requestToken(doorstep, signInForm(wanted.userPrincipalName, reader.appId, newPassword))
    const must = { passwordProfile: { forceChangePasswordNextSignIn: true } }
    expect((await send.useradmin('PATCH', `/users/${id}`, must)).status).toBe(204)
    expectRefused(await signIn(), 50055)
    expectDenied(await send.member('PATCH', `/users/${id}`, must))
  })
})

describe('one’s own account', () => {
  it('is one’s own to change in a few properties', async () => {
    const member = await signedIn(doorstep, 'member')
    expect((await member('PATCH', '/me', { mobilePhone: '+47 1', preferredLanguage: 'nb-NO' })).status).toBe(204)
    const { id, mobilePhone, preferredLanguage } = (await member('GET', '/me')).body
    expect({ mobilePhone, preferredLanguage }).toEqual({ mobilePhone: '+47 1', preferredLanguage: 'nb-NO' })
    expect((await member('PATCH', `/users/${id}`, { businessPhones: ['+47 2'] })).status).toBe(204)
    expectDenied(await member('PATCH', '/me', { jobTitle: 'Chief' }))
    expectDenied(await member('PATCH', '/me', { mobilePhone: '+47 3', accountEnabled: true }))
    expectDenied(await member('PATCH', '/me', { passwordProfile: { password: newPassword } }))
    const through = await signedIn(doorstep, 'member', reader.appId)
    expectDenied(await through('PATCH', '/me', { mobilePhone: '+47 4' }))
    expect((await asRobot('PATCH', '/me', { mobilePhone: '+47 4' })).status).toBe(400)
  })

  it('has its password changed by who knows the old one', async () => {
    const wanted = newUser()
    await send.useradmin('POST', '/users', wanted)
    const name = wanted.userPrincipalName
    const token = await requestToken(doorstep, signInForm(name, azureCli.appId, newPassword))
    expect(token.status, token.text).toBe(200)
    const change = (body: object) =>
      doorstep.request('POST', '/graph/v1.0/me/changePassword', body, {
        authorization: `Bearer ${token.body.access_token}`,
      })
    const next = 'Fifth-horse-11-battery'
    const wrong = await change({ currentPassword: 'Wrong-horse-1-battery', newPassword: next })
    expectError(wrong, 400, 'Request_BadRequest', /does not match/)
    const weak = await change({ currentPassword: newPassword, newPassword: 'weak' })
    expectError(weak, 400, 'Request_BadRequest', /'newPassword'.*complexity/)
    expectError(await change({ newPassword: next }), 400, 'Request_BadRequest', /'currentPassword'/)
    expect((await change({ currentPassword: newPassword, newPassword: next })).status).toBe(204)
    expectRefused(await requestToken(doorstep, signInForm(name, reader.appId, newPassword)), 50126)
    expect((await requestToken(doorstep, signInForm(name, reader.appId, next))).status).toBe(200)
    expectDenied(await send.member('POST', '/me/changePassword', { currentPassword: 'x', newPassword: next }))
    expect((await asRobot('POST', '/me/changePassword', {})).status).toBe(400)
  })
})

describe('managers', () => {
  it('are given, seen from both sides, and taken', async () => {
    const [chief, clerk] = [
      (await send.useradmin('POST', '/users', newUser())).body.id,
      (await send.useradmin('POST', '/users', newUser())).body.id,
    ]
    const reference = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/users/${id}` })
    const path = `/users/${clerk}/manager`
    expect((await send.member('GET', path)).status).toBe(404)
    expectDenied(await send.member('PUT', `${path}/$ref`, reference(chief)))
    expect((await send.useradmin('PUT', `${path}/$ref`, reference(chief))).status).toBe(204)
    expect((await send.member('GET', path)).body).toMatchObject({ '@odata.type': '#microsoft.graph.user', id: chief })
    expect((await send.member('GET', `/users/${chief}/directReports`)).body.value).toMatchObject([{ id: clerk }])
    expect((await send.member('GET', '/me/directReports')).body.value).toEqual([])
    const itself = await send.useradmin('PUT', `${path}/$ref`, reference(clerk))
    expectError(itself, 400, 'Request_BadRequest', /own manager/)
    const group = await send.useradmin('PUT', `${path}/$ref`, reference(groupIds.inner))
    expectError(group, 400, 'Request_BadRequest', /expected a user/)
    for (const [method, rest] of [
      ['GET', ''],
      ['PUT', '/$ref'],
      ['DELETE', '/$ref'],
    ] as const) {
      const body = method === 'PUT' ? reference(chief) : undefined
      const foreign = await doorstep.graph.request(method, `/v1.0${path}${rest}`, body)
      expectError(foreign, 404, 'Request_ResourceNotFound', /does not exist/)
    }
    expect((await send.useradmin('DELETE', `${path}/$ref`)).status).toBe(204)
    expect((await send.useradmin('DELETE', `${path}/$ref`)).status).toBe(404)
    expect((await send.member('GET', `/users/${chief}/directReports`)).body.value).toEqual([])
  })
})

describe('what a sign-in led to', () => {
  /** Somebody's refresh token, and what its redemption answers. */
  async function refreshable(name: string, password?: string) {
    const { body, text } = await requestToken(doorstep, signInForm(name, adminTool.appId, password))
    expect(body.refresh_token, text).toEqual(expect.any(String))
    return () =>
      requestToken(doorstep, {
        grant_type: 'refresh_token',
        client_id: adminTool.appId,
        refresh_token: body.refresh_token,
        scope: 'https://graph.microsoft.com/.default',
      })
  }

  async function newPerson() {
    const wanted = newUser()
    const { body } = await send.useradmin('POST', '/users', wanted)
    return { id: body.id, name: wanted.userPrincipalName }
  }

  it('ends when the sessions are revoked, by oneself or by others, and begins anew', async () => {
    const { id, name } = await newPerson()
    const ways: [SendToGraph, string][] = [
      [send.useradmin, `/users/${id}/revokeSignInSessions`],
      [send.helpdesk, `/users/${name}/revokeSignInSessions`],
      [asRobot, `/users/${id}/revokeSignInSessions`],
    ]
    for (const [revoke, path] of ways) {
      const redeem = await refreshable(name, newPassword)
      expect((await redeem()).status).toBe(200)
      await doorstep.control.request('POST', '/clock', { advanceSeconds: 1 })
      const answer = await revoke('POST', path)
      expect(answer.status, answer.text).toBe(200)
      expect(answer.body).toEqual({ '@odata.context': expect.stringMatching(/#Edm\.Boolean$/), value: true })
      expectRefused(await redeem(), 50173)
    }
    const own = await refreshable('colleague')
    await doorstep.control.request('POST', '/clock', { advanceSeconds: 1 })
    expect((await (await signedIn(doorstep, 'colleague'))('POST', '/me/revokeSignInSessions')).status).toBe(200)
    expectRefused(await own(), 50173)
    await doorstep.control.request('POST', '/clock', { advanceSeconds: 1 })
    expect((await (await refreshable('colleague'))()).status).toBe(200)
    const { body } = await send.useradmin('GET', `/users/${id}?$select=signInSessionsValidFromDateTime,createdDateTime`)
    expect(body.signInSessionsValidFromDateTime > body.createdDateTime).toBe(true)
  })

  it('ends when the password is changed, which the new one outlives', async () => {
    const { id, name } = await newPerson()
    const redeem = await refreshable(name, newPassword)
    await doorstep.control.request('POST', '/clock', { advanceSeconds: 1 })
    const password = 'Fourth-horse-10-battery'
    const passwordProfile = { password, forceChangePasswordNextSignIn: false }
    expect((await send.useradmin('PATCH', `/users/${id}`, { passwordProfile })).status).toBe(204)
    expectRefused(await redeem(), 50173)
    expectRefused(await requestToken(doorstep, signInForm(name, adminTool.appId, newPassword)), 50126)
    expect((await (await refreshable(name, password))()).status).toBe(200)
  })

  it('ends nobody else’s', async () => {
    const redeem = await refreshable('auditor')
    const { id } = await newPerson()
    await doorstep.control.request('POST', '/clock', { advanceSeconds: 1 })
    await send.useradmin('POST', `/users/${id}/revokeSignInSessions`)
    expect((await redeem()).status).toBe(200)
  })
})

describe('groups and domains', () => {
  it('are read', async () => {
    const { body } = await send.member('GET', `/groups/${groupIds.outer}`)
    expect(body).toMatchObject({ id: groupIds.outer, displayName: 'Outer', securityEnabled: true, groupTypes: [] })
    expect(body.securityIdentifier).toMatch(/^S-1-12-1(-\d+){4}$/)
    const listed = await asRobot('GET', "/groups?$filter=displayName eq 'Inner'&$select=id")
    expect(listed.body.value).toEqual([{ id: groupIds.inner }])
    const inner = await send.member('GET', `/groups/${groupIds.inner}/members`)
    expect(inner.body.value).toMatchObject([
      { '@odata.type': '#microsoft.graph.user', userPrincipalName: 'member@contoso.example' },
    ])
    const outer = await send.member('GET', `/groups/${groupIds.outer}/members?$select=displayName`)
    expect(outer.body.value).toEqual([{ '@odata.type': '#microsoft.graph.group', displayName: 'Inner' }])
    expect((await send.member('GET', `/groups/${contoso.tenantId}`)).status).toBe(404)

    const domains = await send.member('GET', '/domains')
    expect(domains.body.value).toMatchObject([
      { id: 'contoso.example', isDefault: true, authenticationType: 'Managed' },
    ])
    expect((await send.member('GET', '/domains/contoso.example')).body.id).toBe('contoso.example')
    expect((await send.member('GET', '/domains/fabrikam.example')).status).toBe(404)
    expectDenied(await asRobot('GET', '/domains'))
  })
})

describe('the sign-in log', () => {
  it('is for those whose role reads it, through an application that may', async () => {
    expectDenied(await send.member('GET', '/auditLogs/signIns'))
    expectDenied(await send.useradmin('GET', '/auditLogs/signIns'))
    expectDenied(await asRobot('GET', '/auditLogs/signIns'))
    expectDenied(await (await signedIn(doorstep, 'global', reader.appId))('GET', '/auditLogs/signIns'))
    const auditor = await signedIn(doorstep, 'auditor')
    expect((await auditor('GET', '/auditLogs/signIns')).body.value).toEqual(expect.any(Array))
    expect((await send.global('GET', '/auditLogs/signIns')).status).toBe(200)
  })
})
