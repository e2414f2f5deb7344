import type { ResourceGroup, Subscription, SubscriptionStore } from '../rbac/role-assignment.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { folded } from './directory-object.ts'

export const uniqueSubscriptionValues: UniqueValues = {
  subscription__id: ['subscription', 'id'],
}

export function subscriptionStore(database: Database): SubscriptionStore {
  const subscriptions = () => database.builder.selectFrom('subscription').select('record')
  return {
    byId: async (id) => {
      const rows = await database.query(subscriptions().where('id', '=', folded(id)).compile())
      return rows[0] && subscriptionOf(rows[0])
    },
    byTenant: async (tenantId) => {
      const ofTenant = subscriptions().where('tenant_id', '=', folded(tenantId)).orderBy('id')
      return (await database.query(ofTenant.compile())).map(subscriptionOf)
    },
    resourceGroups: async (subscriptionId) => {
      const query = database.builder.selectFrom('resource_group').select('record')
      const ofSubscription = query.where('subscription_id', '=', folded(subscriptionId)).orderBy('name')
      return (await database.query(ofSubscription.compile())).map(resourceGroupOf)
    },
  }
}

function subscriptionOf(row: { record: string }): Subscription {
  return JSON.parse(row.record)
}

function resourceGroupOf(row: { record: string }): ResourceGroup {
  return JSON.parse(row.record)
}

export function statementsForSubscriptions(
  builder: StatementBuilder,
): StatementsFor<'createSubscription' | 'putResourceGroup'> {
  return {
    createSubscription: ({ subscription }) => [
      {
        query: builder
          .insertInto('subscription')
          .values({
            id: folded(subscription.id),
            tenant_id: folded(subscription.tenantId),
            record: JSON.stringify(subscription),
          })
          .compile(),
      },
    ],
    putResourceGroup: ({ resourceGroup }) => {
      const record = JSON.stringify(resourceGroup)
      return [
        {
          query: builder
            .insertInto('resource_group')
            .values({ subscription_id: folded(resourceGroup.subscriptionId), name: folded(resourceGroup.name), record })
            .onConflict((conflict) => conflict.columns(['subscription_id', 'name']).doUpdateSet({ record }))
            .compile(),
        },
      ]
    },
  }
}
