import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alice, bob, type CloudOfPeople, startCloudOfPeople } from '../support/cloud-of-people.ts'

const manager = { appId: '6d8e4f60-5a7b-4c91-8e2d-3f4a5b6c7d85', secret: 'Man8Q~secret-of-the-manager-000001' }
const visitor = { appId: '7d8e4f60-5a7b-4c91-8e2d-3f4a5b6c7d86', secret: 'Vis8Q~secret-of-the-visitor-000001' }
const others = ['user1', 'user2', 'user3', 'user4', 'user5'].map((name) => `${name}@contoso.example`)

describe('@microsoft/microsoft-graph-client', () => {
  let cloud: CloudOfPeople

  beforeAll(async () => {
    cloud = await startCloudOfPeople([
      {
        displayName: 'manager',
        appId: manager.appId,
        passwordCredentials: [{ secretText: manager.secret }],
        applicationPermissions: ['Microsoft Graph/Application.ReadWrite.All', 'Microsoft Graph/User.ReadWrite.All'],
        adminConsent: true,
      },
      { displayName: 'visitor', appId: visitor.appId, passwordCredentials: [{ secretText: visitor.secret }] },
    ])
  })
  afterAll(() => cloud?.stop())

  const environmentOf = ({ appId, secret }: typeof manager) => ({ AZURE_CLIENT_ID: appId, AZURE_CLIENT_SECRET: secret })
  const words = (program: string, ...rest: readonly string[]) => [
    process.execPath,
    fileURLToPath(new URL(program, import.meta.url)),
    ...rest,
  ]
  const run = async (program: string, ...rest: readonly string[]) => {
    const { code, stdout, stderr } = await cloud.run(words(program, ...rest), environmentOf(manager))
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout)
  }

  it('reads page by page', async () => {
    for (const userPrincipalName of others) {
      const passwordProfile = { password: 'Third-horse-9-staple' }
      const user = { userPrincipalName, displayName: userPrincipalName, mailNickname: userPrincipalName.split('@')[0] }
      const path = '/graph/v1.0/users'
      const { status, text } = await cloud.doorstep.request(
        'POST',
        path,
        { ...user, accountEnabled: true, passwordProfile },
        await authorizationOf(manager),
      )
      expect(status, text).toBe(201)
    }
    const { firstPage, names, count, complete } = await run('page-through-users.mjs')
    expect([firstPage, count, complete]).toEqual([2, others.length, true])
    expect(names.toSorted()).toEqual([alice.name, bob.name, ...others].toSorted())
  })

  it('registers an application that can sign in, changes and deletes it', async () => {
    const { appId, secretText, read } = await run('register-application.mjs', 'by the client')
    expect(read).toMatchObject({ displayName: 'by the client', notes: 'registered by a program' })
    const { body } = await cloud.doorstep.request(
      'POST',
      `/${cloud.tenantId}/oauth2/v2.0/token`,
      tokenForm(appId, secretText),
    )
    expect(body.token_type).toBe('Bearer')
    expect(await run('delete-application.mjs', appId)).toEqual({
      statusCode: 404,
      code: 'Request_ResourceNotFound',
      message: expect.stringContaining(appId),
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  it('sends several requests as one', async () => {
    const { register, users, missing } = await run('batch.mjs', 'by batch')
    expect([register.status, register.body.displayName]).toEqual([201, 'by batch'])
    expect([users.status, users.body.value.length]).toEqual([200, 1])
    expect([missing.status, missing.body.error.code]).toEqual([404, 'Request_ResourceNotFound'])
  })

  it('hears of a missing permission', async () => {
    const { code, stderr } = await cloud.run(words('register-application.mjs', 'x'), environmentOf(visitor))
    expect(code).toBe(1)
    expect(stderr).toContain('Insufficient privileges to complete the operation.')
    expect(stderr).toContain('Authorization_RequestDenied')
  })

  const tokenForm = (client_id: string, client_secret: string) =>
    new URLSearchParams({
      grant_type: 'client_credentials',
      client_id,
      client_secret,
      scope: 'https://graph.microsoft.com/.default',
    }).toString()

  const authorizationOf = async ({ appId, secret }: typeof manager) => {
    const { body } = await cloud.doorstep.request(
      'POST',
      `/${cloud.tenantId}/oauth2/v2.0/token`,
      tokenForm(appId, secret),
    )
    return { authorization: `Bearer ${body.access_token}` }
  }
})
