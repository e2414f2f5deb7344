import type { ManagementCall } from './call.ts'
import { listLocations } from './locations.ts'
import { getSubscription, listSubscriptions } from './subscriptions.ts'
import { listTenants } from './tenants.ts'

/** Every address that is served to callers with a token; all of them only read. */
export const routes: readonly {
  readonly path: string
  readonly answer: (call: ManagementCall) => Promise<object>
}[] = [
  { path: '/tenants', answer: listTenants },
  { path: '/subscriptions', answer: listSubscriptions },
  { path: '/subscriptions/:subscriptionId', answer: getSubscription },
  { path: '/subscriptions/:subscriptionId/locations', answer: listLocations },
]
