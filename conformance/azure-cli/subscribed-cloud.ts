import { type RunningDoorstep, startDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'

export const contoso = { tenantId: '2d8e4f60-5a7b-4c91-8e2d-3f4a5b6c7d81', domain: 'contoso.example' }
export const subscription = { id: '3d8e4f60-5a7b-4c91-8e2d-3f4a5b6c7d82', name: 'Development' }

/** Global Administrator, and Owner of the subscription. */
export const alice = { name: 'alice@contoso.example', password: 'Correct-horse-7-battery' }
/** May do nothing that others may not. */
export const bob = { name: 'bob@contoso.example', password: 'Another-horse-8-staple' }

/** A group that Bob is a member of. */
export const readers = 'Readers'

/** Has a secret, maybe a certificate, and a role. */
export const robot = { appId: '4d8e4f60-5a7b-4c91-8e2d-3f4a5b6c7d83', secret: 'Rob8Q~secret-of-the-robot-000000001' }
/** Has a secret and no role. */
export const stranger = { appId: '5d8e4f60-5a7b-4c91-8e2d-3f4a5b6c7d84', secret: 'Str8Q~secret-of-the-stranger-000001' }

/** A local cloud with a subscription. @param keyCredentials - of the robot, as the seed file takes them */
export function startSubscribedCloud(keyCredentials: readonly object[] = []): Promise<RunningDoorstep> {
  const tenant = {
    tenantId: contoso.tenantId,
    displayName: 'Contoso',
    domain: contoso.domain,
    users: [
      {
        userPrincipalName: alice.name,
        displayName: 'Alice',
        password: alice.password,
        directoryRoles: ['Global Administrator'],
      },
      { userPrincipalName: bob.name, displayName: 'Bob', password: bob.password },
    ],
    groups: [{ displayName: readers, members: [bob.name] }],
    applications: [
      {
        displayName: 'robot',
        appId: robot.appId,
        passwordCredentials: [{ secretText: robot.secret }],
        keyCredentials,
      },
      { displayName: 'stranger', appId: stranger.appId, passwordCredentials: [{ secretText: stranger.secret }] },
    ],
    subscriptions: [
      {
        displayName: subscription.name,
        subscriptionId: subscription.id,
        roleAssignments: [
          { principal: alice.name, role: 'Owner' },
          { principal: 'robot', role: 'Reader' },
        ],
      },
    ],
  }
  return startDoorstep({ seed: JSON.stringify({ tenants: [tenant] }) })
}
