import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Answer,
  type RunningDoorstep,
  startDoorstep,
} from '../../packages/doorstep/test/support/start-doorstep.ts'

// What Az PowerShell sends, call by call: the module's own scripts (src/Resources/MSGraph.Autorest/custom in
// Azure/azure-powershell) and the calls that its tests recorded. PowerShell itself is not needed.

const azurePowerShell = '1950a258-227b-4e31-a9cf-717495945fc2'
const armVersion = 'api-version=2021-01-01'

let doorstep: RunningDoorstep
/** A request to Graph or, with the prefix `/arm`, to Resource Manager, as the administrator. */
let send: (method: string, path: string, body?: object) => Promise<Answer>

beforeAll(async () => {
  doorstep = await startDoorstep()
  const { userPrincipalName: username, password = '' } = doorstep.administrator
  const signIn = { grant_type: 'password', client_id: azurePowerShell, username, password }
  const tokenFor = async (resource: string) => {
    const { body, text } = await doorstep.login.post('/oauth2/v2.0/token', { ...signIn, scope: `${resource}/.default` })
    return body?.access_token ?? Promise.reject(new Error(text))
  }
  const [graph, arm] = await Promise.all([
    tokenFor('https://graph.microsoft.com/'),
    tokenFor('https://management.core.windows.net/'),
  ])
  send = (method, path, body) => {
    const isArm = path.startsWith('/arm/')
    const headers = {
      authorization: `Bearer ${isArm ? arm : graph}`,
      'user-agent': 'AzurePowershell/v0.0.0',
      commandname: 'New-AzADApplication',
      parametersetname: '__AllParameterSets',
    }
    return doorstep.request(method, isArm ? path : `/graph/v1.0${path}`, body, headers)
  }
})
afterAll(() => doorstep?.stop())

/** A moment as PowerShell writes it: ticks, and the zone of the machine. */
const localMoment = (date: Date) =>
  new Date(date.getTime() + 8 * 3_600_000).toISOString().replace(/(\.\d+)Z$/, '$15577+08:00')

async function created(path: string, body: object, status = 201) {
  const answer = await send('POST', path, body)
  expect(answer.status, answer.text).toBe(status)
  return answer.body
}

async function list(path: string) {
  const answer = await send('GET', path)
  expect(answer.status, answer.text).toBe(200)
  return answer.body.value
}

describe('Connect-AzAccount', () => {
  it('finds the tenants and subscriptions', async () => {
    expect(await list(`/arm/tenants?${armVersion}`)).toMatchObject([{ tenantId: doorstep.tenantId }])
    expect(await list(`/arm/subscriptions?${armVersion}`)).toMatchObject([
      { subscriptionId: doorstep.subscriptionId, tenantId: doorstep.tenantId, state: 'Enabled' },
    ])
    const one = await send('GET', `/arm/subscriptions/${doorstep.subscriptionId}?${armVersion}`)
    expect([one.status, one.body.displayName]).toEqual([200, 'Doorstep'])
  })
})

describe('the guide’s script', () => {
  it('registers the application, adds a secret, and makes its service principal', async () => {
    const place = 'https://localhost/azure-monitor'
    const application = await created('/applications', {
      displayName: 'My Azure Monitor',
      identifierUris: [place],
      signInAudience: 'AzureADMyOrg',
      web: { homePageUrl: place },
    })
    expect(application).toMatchObject({
      displayName: 'My Azure Monitor',
      identifierUris: [place],
      signInAudience: 'AzureADMyOrg',
      web: { homePageUrl: place, redirectUris: [] },
      passwordCredentials: [],
    })
    const keyId = '3a299473-3d5a-4ab5-b9ea-1e173023719f'
    const start = new Date()
    const path = `/applications/${application.id}/microsoft.graph.addPassword`
    const body = { passwordCredential: { keyId, startDateTime: localMoment(start) } }
    const credential = await created(path, body, 200)
    expect(credential).toMatchObject({ keyId, secretText: expect.any(String), displayName: null })
    expect(credential.startDateTime).toMatch(new RegExp(`^${start.toISOString().slice(0, 19)}`))

    const principal = await created('/servicePrincipals', { appId: application.appId })
    expect(principal).toMatchObject({ appId: application.appId, accountEnabled: true, homepage: place })
    const token = await doorstep.login.post('/oauth2/v2.0/token', {
      grant_type: 'client_credentials',
      client_id: application.appId,
      client_secret: credential.secretText,
      scope: 'https://management.azure.com/.default',
    })
    expect(token.status, token.text).toBe(200)
  })
})

describe('New-AzADServicePrincipal without an application', () => {
  it('registers one, with a secret for a year', async () => {
    const displayName = 'azure-powershell-01-31-2030-12-00-00'
    const { id, appId } = await created('/applications', { displayName, signInAudience: 'AzureADMyOrg' })
    const start = new Date()
    const end = new Date(start)
    end.setUTCFullYear(end.getUTCFullYear() + 1)
    const body = {
      passwordCredential: {
        keyId: '36ac2c6c-1923-4e73-9f3d-784cf3be5557',
        startDateTime: localMoment(start),
        endDateTime: localMoment(end),
      },
    }
    const credential = await created(`/applications/${id}/microsoft.graph.addPassword`, body, 200)
    expect(credential.endDateTime.slice(0, 19)).toBe(end.toISOString().slice(0, 19))
    await created('/servicePrincipals', { appId })
    const found = await list(`/servicePrincipals?$filter=displayName%20eq%20%27${displayName}%27`)
    expect(found).toMatchObject([{ appId }])
  })
})

describe('Get-, Update-, New-…Credential and Remove-AzADApplication', () => {
  it('as the module’s tests recorded them', async () => {
    const displayName = '2030-10-12-testapp'
    const first = { homePageUrl: 'https://home1.example', redirectUris: ['https://reply1.example'] }
    const { id, appId } = await created('/applications', {
      displayName,
      signInAudience: 'AzureADMultipleOrgs',
      web: first,
    })
    const path = `/applications/${id}`
    expect(await list(`/applications?$filter=displayName%20eq%20%27${displayName}%27`)).toMatchObject([{ id }])
    expect((await send('GET', `${path}?$select=Id`)).body).toEqual({
      '@odata.context': expect.stringMatching(/\$metadata#applications\(id\)\/\$entity$/),
      id,
    })
    expect(await list(`/applications?$filter=appId%20eq%20%27${appId}%27&$select=Id`)).toEqual([{ id }])
    const second = { homePageUrl: 'https://home2.example', redirectUris: ['https://reply2.example'] }
    expect((await send('PATCH', path, { signInAudience: 'AzureADMyOrg', web: second })).status).toBe(204)
    const keyId = '5a299473-3d5a-4ab5-b9ea-1e1730237190'
    await created(`${path}/microsoft.graph.addPassword`, { passwordCredential: { keyId } }, 200)
    expect((await send('GET', path)).body).toMatchObject({
      signInAudience: 'AzureADMyOrg',
      web: second,
      passwordCredentials: [{ keyId, secretText: null }],
    })
    expect((await send('POST', `${path}/microsoft.graph.removePassword`, { keyId })).status).toBe(204)
    expect((await send('DELETE', path)).status).toBe(204)
    expect((await send('GET', path)).status).toBe(404)
  })

  it('refuses a key id that is none, and one that is taken', async () => {
    const { id } = await created('/applications', { displayName: 'with one key' })
    const path = `/applications/${id}/microsoft.graph.addPassword`
    const keyId = '6a299473-3d5a-4ab5-b9ea-1e1730237191'
    await created(path, { passwordCredential: { keyId } }, 200)
    expect((await send('POST', path, { passwordCredential: { keyId } })).status).toBe(409)
    expect((await send('POST', path, { passwordCredential: { keyId: 'mine' } })).status).toBe(400)
  })
})
