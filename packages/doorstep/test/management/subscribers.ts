import { accessTokenOf, requestToken } from '../login/request-token.ts'
import type { Answer, RunningDoorstep } from '../support/start-doorstep.ts'

/** Two tenants with subscriptions, and people who hold roles there in every way, or none. */

export const contoso = { tenantId: '1f2a3b4c-5d6e-4f70-8a91-b2c3d4e5f601', domain: 'contoso.example' }
export const fabrikam = { tenantId: '2f2a3b4c-5d6e-4f70-8a91-b2c3d4e5f602', domain: 'fabrikam.example' }

export const development = '3a4b5c6d-7e8f-4091-a2b3-c4d5e6f70801'
export const production = '4a4b5c6d-7e8f-4091-a2b3-c4d5e6f70802'
export const stopped = '5a4b5c6d-7e8f-4091-a2b3-c4d5e6f70803'
export const foreign = '6a4b5c6d-7e8f-4091-a2b3-c4d5e6f70804'

export const robot = { appId: '7b5c6d7e-8f90-41a2-b3c4-d5e6f7081905', secret: 'Rob8Q~secret-of-a-robot-with-a-role-01' }
export const stranger = {
  appId: '8b5c6d7e-8f90-41a2-b3c4-d5e6f7081906',
  secret: 'Str8Q~secret-of-one-without-a-role-01',
}

const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const password = 'Correct-horse-7-battery'
const person = (name: string, more: object = {}) => ({
  userPrincipalName: `${name}@contoso.example`,
  displayName: name,
  password,
  ...more,
})

export const subscribersSeed = JSON.stringify({
  tenants: [
    {
      tenantId: contoso.tenantId,
      displayName: 'Contoso',
      domain: contoso.domain,
      countryLetterCode: 'NO',
      users: [person('owner'), person('nested'), person('narrow'), person('nobody')],
      groups: [
        { displayName: 'Readers', members: ['Inner readers'] },
        { displayName: 'Inner readers', members: ['nested@contoso.example', 'robot'] },
        {
          displayName: 'Letters',
          securityEnabled: false,
          mailEnabled: true,
          members: ['nobody@contoso.example'],
        },
      ],
      applications: [
        { displayName: 'robot', appId: robot.appId, passwordCredentials: [{ secretText: robot.secret }] },
        { displayName: 'stranger', appId: stranger.appId, passwordCredentials: [{ secretText: stranger.secret }] },
      ],
      subscriptions: [
        {
          displayName: 'Development',
          subscriptionId: development,
          resourceGroups: [{ name: 'rg-001', location: 'westeurope' }],
          roleAssignments: [
            { principal: 'owner@contoso.example', role: 'Owner' },
            { principal: 'narrow@contoso.example', role: 'Reader', scope: '/resourceGroups/rg-001' },
            { principal: 'Letters', role: 'Reader' },
          ],
        },
        {
          displayName: 'Production',
          subscriptionId: production,
          roleAssignments: [{ principal: 'Readers', role: 'Reader' }],
        },
        {
          displayName: 'Stopped',
          subscriptionId: stopped,
          state: 'Disabled',
          roleAssignments: [{ principal: 'owner@contoso.example', role: 'Reader' }],
        },
      ],
    },
    {
      tenantId: fabrikam.tenantId,
      displayName: 'Fabrikam',
      domain: fabrikam.domain,
      guests: ['owner@contoso.example'],
      subscriptions: [
        {
          displayName: 'Foreign',
          subscriptionId: foreign,
          roleAssignments: [{ principal: 'owner@contoso.example', role: 'Contributor' }],
        },
      ],
    },
  ],
})

export type Ask = (method: string, path: string) => Promise<Answer>

/** How somebody asks Resource Manager through Azure CLI's own client id, at Contoso or as a guest at `tenant`. */
export async function signedIn(cloud: RunningDoorstep, name: string, tenant = contoso.tenantId): Promise<Ask> {
  const scope = 'https://management.core.windows.net//.default offline_access'
  const form = { client_id: azureCli, scope }
  const byPassword = { ...form, grant_type: 'password', username: `${name}@contoso.example`, password }
  const home = await requestToken(cloud, byPassword, { tenant: contoso.tenantId })
  if (tenant === contoso.tenantId) return bearing(cloud, home)
  const refresh = { ...form, grant_type: 'refresh_token', refresh_token: home.body.refresh_token }
  return bearing(cloud, await requestToken(cloud, refresh, { tenant }))
}

/** How an application asks, with a token for `resource`. */
export async function robotic(
  cloud: RunningDoorstep,
  { appId, secret }: { readonly appId: string; readonly secret: string },
  resource = 'https://management.azure.com/',
): Promise<Ask> {
  const form = { grant_type: 'client_credentials', client_id: appId, client_secret: secret, resource }
  return bearing(cloud, await requestToken(cloud, form, { tenant: contoso.tenantId, version: 'v1' }))
}

function bearing(cloud: RunningDoorstep, answer: Answer): Ask {
  const authorization = `Bearer ${accessTokenOf(answer)}`
  return (method, path) => cloud.request(method, `/arm${path}`, undefined, { authorization })
}
