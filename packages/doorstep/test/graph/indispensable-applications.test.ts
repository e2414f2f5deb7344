import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { azureCli, expectError, type SendToGraph, signedIn, staffSeed } from './staff.ts'

let cloud: RunningDoorstep
let send: SendToGraph
beforeAll(async () => {
  cloud = await startDoorstep({ seed: staffSeed() })
  send = await signedIn(cloud, 'global')
})
afterAll(() => cloud?.stop())

const microsoftGraph = '00000003-0000-0000-c000-000000000000'
const resourceManager = '797f4846-ba00-4fd7-ba43-dac1f8f63013'
const denied = 'Authorization_RequestDenied'

describe('the service principals of the platform', () => {
  it.each([microsoftGraph, resourceManager, azureCli.appId])('cannot be deleted: %s', async (appId) => {
    const path = `/servicePrincipals(appId='${appId}')`
    expectError(await send('DELETE', path), 403, denied, /^The service principal '.+' is one of the platform's own/)
    expect((await send('GET', path)).status).toBe(200)
  })

  it('are changed otherwise, and disabled: all but Microsoft Graph', async () => {
    const disabled = { accountEnabled: false }
    expect((await send('PATCH', `/servicePrincipals(appId='${resourceManager}')`, disabled)).status).toBe(204)
    const path = `/servicePrincipals(appId='${microsoftGraph}')`
    expectError(await send('PATCH', path, disabled), 403, denied, /'Microsoft Graph' cannot be disabled/)
    expect((await send('PATCH', path, { notes: 'ours' })).status).toBe(204)
  })

  it('of a cluster of Cognite Data Fusion can be deleted', async () => {
    const filter = "$filter=startswith(displayName,'CDF ')"
    const [cdf] = (await send('GET', `/servicePrincipals?${filter}`)).body.value
    expect((await send('DELETE', `/servicePrincipals/${cdf.id}`)).status).toBe(204)
  })
})

describe('the bootstrap application', () => {
  const graph = (...sent: Parameters<RunningDoorstep['graph']['request']>) => cloud.graph.request(...sent)
  const rule = /^The application 'Doorstep bootstrap' is Doorstep's own: .* cannot be changed or deleted\.$/

  it('is neither changed nor deleted, nor loses its secret, by whoever it is', async () => {
    const path = `/v1.0/applications(appId='${cloud.bootstrap.clientId}')`
    const { passwordCredentials } = (await graph('GET', path)).body
    const keyId = passwordCredentials[0].keyId
    for (const [method, where, body] of [
      ['DELETE', path, undefined],
      ['PATCH', path, { signInAudience: 'AzureADMyOrg' }],
      ['POST', `${path}/removePassword`, { keyId }],
      ['POST', `${path}/addPassword`, {}],
    ] as const) {
      expectError(await graph(method, where, body), 403, denied, rule)
    }
    expect((await graph('GET', path)).body.passwordCredentials).toEqual(passwordCredentials)
  })

  it('keeps its presence and its permissions, in every tenant', async () => {
    const path = `/servicePrincipals(appId='${cloud.bootstrap.clientId}')`
    expectError(await send('DELETE', path), 403, denied, rule)
    expectError(await send('PATCH', path, { accountEnabled: false }), 403, denied, rule)
    const { value } = (await send('GET', `${path}/appRoleAssignments`)).body
    expect(value).not.toEqual([])
    expectError(await send('DELETE', `${path}/appRoleAssignments/${value[0].id}`), 403, denied, rule)
    expectError(await graph('DELETE', `/v1.0${path}`), 403, denied, rule)
    expect((await send('GET', `${path}/appRoleAssignments`)).body.value).toEqual(value)
  })
})
