import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import {
  contoso,
  development,
  fabrikam,
  foreign,
  production,
  robot,
  robotic,
  signedIn,
  stopped,
  stranger,
  subscribersSeed,
} from './subscribers.ts'

const version = 'api-version=2022-12-01'
const unknown = '9a4b5c6d-7e8f-4091-a2b3-c4d5e6f70809'

let doorstep: RunningDoorstep
beforeAll(async () => {
  doorstep = await startDoorstep({ seed: subscribersSeed })
})
afterAll(() => doorstep?.stop())

const names = ({ status, text, body }: Answer): string[] => {
  expect(status, text).toBe(200)
  return body.value.map(({ displayName }: { displayName: string }) => displayName).sort()
}

function expectError({ status, text, body, headers }: Answer, expected: number, code: string): string {
  expect(status, text).toBe(expected)
  expect(Object.keys(body)).toEqual(['error'])
  expect(body.error).toEqual({ code, message: expect.any(String) })
  expect(headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  return body.error.message
}

describe('GET /subscriptions', () => {
  it.each([
    ['own roles show', 'owner', ['Development', 'Stopped']],
    ['roles of a group in a group show', 'nested', ['Production']],
    ['a role at a resource group shows', 'narrow', ['Development']],
    ['nothing but a group that is no security group shows nothing to', 'nobody', []],
  ])('%s their subscriptions: %s', async (_how, name, expected) => {
    const ask = await signedIn(doorstep, name)
    expect(names(await ask('GET', `/subscriptions?${version}`))).toEqual(expected)
  })

  it('shows an application what its groups hold, and one without roles an empty list', async () => {
    expect(names(await (await robotic(doorstep, robot))('GET', `/subscriptions?${version}`))).toEqual(['Production'])
    const { status, body } = await (await robotic(doorstep, stranger))('GET', `/subscriptions?${version}`)
    expect([status, body]).toEqual([200, { value: [], count: { type: 'Total', value: 0 } }])
  })

  it('shows a guest what he holds in the tenant of the token, and nothing of his home', async () => {
    const ask = await signedIn(doorstep, 'owner', fabrikam.tenantId)
    expect(names(await ask('GET', `/subscriptions?${version}`))).toEqual(['Foreign'])
  })

  it('is answered as by the real service', async () => {
    const { headers, body } = await (await signedIn(doorstep, 'nested'))('GET', `/subscriptions?${version}`)
    expect(body).toEqual({
      value: [
        {
          id: `/subscriptions/${production}`,
          authorizationSource: 'RoleBased',
          managedByTenants: [],
          subscriptionId: production,
          tenantId: contoso.tenantId,
          displayName: 'Production',
          state: 'Enabled',
          subscriptionPolicies: {
            locationPlacementId: 'Public_2014-09-01',
            quotaId: 'PayAsYouGo_2014-09-01',
            spendingLimit: 'Off',
          },
        },
      ],
      count: { type: 'Total', value: 1 },
    })
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-cache',
      'x-ms-routing-request-id': expect.stringMatching(/^DOORSTEP:\d{8}T\d{6}Z:[0-9a-f-]{36}$/),
    })
  })

  it('is found with two slashes in front and in any case', async () => {
    const ask = await robotic(doorstep, robot)
    expect(names(await ask('GET', `//SUBSCRIPTIONS/?Api-Version=2016-06-01`))).toEqual(['Production'])
  })
})

describe('one subscription', () => {
  it('is read by whoever holds a role at it, above or below', async () => {
    const [owner, narrow] = await Promise.all([signedIn(doorstep, 'owner'), signedIn(doorstep, 'narrow')])
    for (const ask of [owner, narrow]) {
      const { status, body } = await ask('GET', `/subscriptions/${development.toUpperCase()}?${version}`)
      expect([status, body.subscriptionId, body.displayName]).toEqual([200, development, 'Development'])
    }
    expect((await owner('GET', `/subscriptions/${stopped}?${version}`)).body.state).toBe('Disabled')
  })

  it.each(['', '/locations'])('%s is refused without a role, with the name of the caller', async (rest) => {
    const path = `/subscriptions/${production}${rest}?${version}`
    const message = expectError(await (await signedIn(doorstep, 'owner'))('GET', path), 403, 'AuthorizationFailed')
    expect(message).toMatch(/^The client 'owner@contoso\.example' with object id '[0-9a-f-]{36}' does not have auth/)
    expect(message).toContain(`over scope '/subscriptions/${production}'`)
    expect(message).toContain(`Microsoft.Resources/subscriptions${rest}/read`)
    const byApp = expectError(await (await robotic(doorstep, stranger))('GET', path), 403, 'AuthorizationFailed')
    expect(byApp).toContain(`The client '${stranger.appId}'`)
  })

  it.each(['', '/locations'])('%s of another tenant says which tenant to sign in to', async (rest) => {
    const ask = await signedIn(doorstep, 'owner')
    const answer = await ask('GET', `/subscriptions/${foreign}${rest}?${version}`)
    const message = expectError(answer, 401, 'InvalidAuthenticationTokenTenant')
    expect(message).toContain(`https://sts.windows.net/${contoso.tenantId}/`)
    expect(message).toContain(`https://sts.windows.net/${fabrikam.tenantId}/`)
    expect(answer.headers['www-authenticate']).toContain(`authorization_uri="${doorstep.url}/${fabrikam.tenantId}"`)
    expect(answer.text).not.toContain('Foreign')
  })

  it('that does not exist is not found', async () => {
    const ask = await signedIn(doorstep, 'owner')
    const message = expectError(await ask('GET', `/subscriptions/${unknown}?${version}`), 404, 'SubscriptionNotFound')
    expect(message).toBe(`The subscription '${unknown}' could not be found.`)
    expectError(await ask('GET', `/subscriptions/mine?${version}`), 400, 'InvalidSubscriptionId')
  })

  it('has locations', async () => {
    const { status, body } = await (await signedIn(doorstep, 'owner'))(
      'GET',
      `/subscriptions/${development}/locations?${version}`,
    )
    expect(status).toBe(200)
    expect(body.value).toContainEqual({
      id: `/subscriptions/${development}/locations/westeurope`,
      name: 'westeurope',
      type: 'Region',
      displayName: 'West Europe',
      regionalDisplayName: '(Europe) West Europe',
      metadata: {
        regionType: 'Physical',
        regionCategory: 'Recommended',
        geographyGroup: 'Europe',
        longitude: '4.9',
        latitude: '52.3667',
        physicalLocation: 'Netherlands',
        pairedRegion: [{ name: 'northeurope', id: `/subscriptions/${development}/locations/northeurope` }],
      },
    })
  })
})

describe('GET /tenants', () => {
  it('shows a user his home and the tenants that he is a guest of', async () => {
    const ask = await signedIn(doorstep, 'owner')
    const { status, body } = await ask('GET', `/tenants?${version}`)
    expect(status).toBe(200)
    expect(body.value).toHaveLength(2)
    expect(body.value[0]).toEqual({
      id: `/tenants/${contoso.tenantId}`,
      tenantId: contoso.tenantId,
      countryCode: 'NO',
      displayName: 'Contoso',
      domains: [contoso.domain],
      tenantCategory: 'Home',
      defaultDomain: contoso.domain,
      tenantType: 'AAD',
    })
    expect(body.value[1]).toMatchObject({ tenantId: fabrikam.tenantId, displayName: 'Fabrikam' })
  })

  it('shows the same to a guest, and no more than ids in the first version', async () => {
    const ask = await signedIn(doorstep, 'owner', fabrikam.tenantId)
    const { body } = await ask('GET', '/tenants?api-version=2016-06-01')
    expect(body.value).toEqual([contoso, fabrikam].map(({ tenantId }) => ({ id: `/tenants/${tenantId}`, tenantId })))
  })

  it('shows others their own tenant alone', async () => {
    for (const ask of [await signedIn(doorstep, 'nobody'), await robotic(doorstep, stranger)]) {
      expect((await ask('GET', `/tenants?${version}`)).body.value).toMatchObject([{ tenantId: contoso.tenantId }])
    }
  })
})

describe('requests that are refused', () => {
  const bare = (path: string, headers: Record<string, string> = {}) =>
    doorstep.request('GET', `/arm${path}`, undefined, headers)

  it('without a token, with the tenant of a subscription that they name', async () => {
    const answer = await bare(`/subscriptions/${foreign}?${version}`)
    const message = expectError(answer, 401, 'AuthenticationFailed')
    expect(message).toBe("Authentication failed. The 'Authorization' header is missing.")
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer authorization_uri="${doorstep.url}/${fabrikam.tenantId}", error="invalid_token", ` +
        `error_description="The authentication failed because of missing 'Authorization' header."`,
    )
    const nowhere = await bare(`/subscriptions?${version}`)
    expect(nowhere.headers['www-authenticate']).toContain(`authorization_uri="${doorstep.url}/"`)
  })

  it.each(['/tenants', '/subscriptions', `/subscriptions/${unknown}`, '/nothing/here'])(
    'without a token, before anything is told about %s',
    async (path) => {
      expectError(await bare(path), 401, 'AuthenticationFailed')
      expectError(await bare(path, { authorization: 'Bearer nonsense' }), 401, 'InvalidAuthenticationToken')
    },
  )

  it('with a token for another API', async () => {
    const ask = await robotic(doorstep, robot, 'https://graph.microsoft.com/')
    const message = expectError(await ask('GET', `/tenants?${version}`), 401, 'InvalidAuthenticationTokenAudience')
    expect(message).toContain("wrong audience or resource 'https://graph.microsoft.com/'. It should exactly match")
  })

  it('with a token that has run out', async () => {
    const ask = await robotic(doorstep, robot)
    await doorstep.control.request('POST', '/clock', { advanceSeconds: 7200 })
    try {
      const message = expectError(await ask('GET', `/tenants?${version}`), 401, 'ExpiredAuthenticationToken')
      expect(message).toMatch(/^The access token expiry UTC time '\d{4}-.*Z' is earlier than current UTC time '/)
    } finally {
      await doorstep.control.request('POST', '/clock', { reset: true })
    }
  })

  it.each([
    'https://management.azure.com',
    'https://management.azure.com/',
    'https://management.core.windows.net',
    'https://management.core.windows.net/',
  ])('not with one for %s', async (resource) => {
    const ask = await robotic(doorstep, robot, resource)
    expect((await ask('GET', `/tenants?${version}`)).status).toBe(200)
  })

  it('without a version, and with one that is none', async () => {
    const ask = await robotic(doorstep, robot)
    const message = expectError(await ask('GET', '/subscriptions'), 400, 'MissingApiVersionParameter')
    expect(message).toBe('The api-version query parameter (?api-version=) is required for all requests.')
    expectError(await ask('GET', '/subscriptions?api-version='), 400, 'MissingApiVersionParameter')
    for (const wrong of ['latest', '2022-13-01', '2022-12-01-', '22-12-01']) {
      const refused = await ask('GET', `/subscriptions?api-version=${wrong}`)
      expect(expectError(refused, 400, 'InvalidApiVersionParameter')).toContain(`'${wrong}'`)
    }
    for (const right of ['2018-06-01', '2022-04-01-preview']) {
      expect((await ask('GET', `/subscriptions?api-version=${right}`)).status).toBe(200)
    }
  })

  it('for what is not there', async () => {
    const ask = await signedIn(doorstep, 'owner')
    const group = `/subscriptions/${development}/resourceGroups/rg-001`
    const message = expectError(
      await ask('GET', `${group}/providers/Microsoft.Compute/virtualMachines?${version}`),
      404,
      'InvalidResourceType',
    )
    expect(message).toContain("'virtualMachines' could not be found in the namespace 'Microsoft.Compute'")
    expectError(await ask('GET', `${group}/nothing?${version}`), 404, 'ResourceNotFound')
    expectError(await ask('POST', `/subscriptions?${version}`), 404, 'ResourceNotFound')
    expectError(await ask('GET', `/subscriptions/%zz?${version}`), 400, 'InvalidRequestUri')
  })
})

describe('GET /metadata/endpoints', () => {
  const metadata = (apiVersion: string) => doorstep.request('GET', `/arm/metadata/endpoints?api-version=${apiVersion}`)

  it('says without a token where the services of the local cloud are', async () => {
    const { status, body } = await metadata('2015-01-01')
    expect(status).toBe(200)
    expect(body.authentication).toEqual({
      loginEndpoint: `${doorstep.url}/`,
      audiences: ['https://management.core.windows.net/', 'https://management.azure.com/'],
    })
    const [cloud] = (await metadata('2022-09-01')).body
    expect(cloud).toMatchObject({ name: 'AzureCloud', resourceManager: `${doorstep.url}/arm` })
    expect(cloud.microsoftGraphResourceId).toBe('https://graph.microsoft.com/')
  })

  it('needs a version too', async () => {
    expectError(await doorstep.request('GET', '/arm/metadata/endpoints'), 400, 'MissingApiVersionParameter')
  })
})

describe('a page of another origin', () => {
  it('may ask', async () => {
    const { status, headers } = await doorstep.request('OPTIONS', `/arm/subscriptions?${version}`, undefined, {
      origin: 'https://app.contoso.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    })
    expect([status, headers['access-control-allow-origin'], headers['access-control-allow-headers']]).toEqual([
      200,
      '*',
      'authorization',
    ])
  })
})
