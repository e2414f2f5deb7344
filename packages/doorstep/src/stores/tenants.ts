import { ConcurrentChange } from '../directory/changes.ts'
import type { Tenant, TenantStore } from '../directory/tenant.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, Statement, StatementBuilder } from './database/database.ts'
import { folded, instant, unlessMissing } from './directory-object.ts'

export const uniqueTenantValues: UniqueValues = {
  tenant__id: ['tenant', 'id'],
  tenant_domain__name: ['tenant', 'verifiedDomains'],
}

export function tenantStore(database: Database): TenantStore {
  const tenants = () => database.builder.selectFrom('tenant').select('tenant.record')
  return {
    byId: async (id) => {
      const rows = await database.query(tenants().where('id', '=', folded(id)).compile())
      return rows[0] && tenantOf(rows[0])
    },
    byDomain: async (name) => {
      const query = tenants().innerJoin('tenant_domain', 'tenant_domain.tenant_id', 'tenant.id')
      const rows = await database.query(query.where('tenant_domain.name', '=', folded(name)).compile())
      return rows[0] && tenantOf(rows[0])
    },
    list: async () => (await database.query(tenants().orderBy('created_at').orderBy('id').compile())).map(tenantOf),
  }
}

function tenantOf(row: { record: string }): Tenant {
  return JSON.parse(row.record)
}

export function statementsForTenants(builder: StatementBuilder): StatementsFor<'createTenant' | 'updateTenant'> {
  return {
    createTenant: ({ tenant }) => [
      { query: builder.insertInto('tenant').values(columnsOf(tenant)).compile() },
      ...domainStatements(builder, tenant),
    ],
    updateTenant: ({ tenant, before }) => [
      {
        query: builder.selectFrom('tenant').select('id').where('id', '=', folded(tenant.id)).compile(),
        refusal: unlessMissing('tenant', tenant.id),
      },
      {
        query: builder
          .updateTable('tenant')
          .set(columnsOf(tenant))
          .where('id', '=', folded(tenant.id))
          .where('record', '=', JSON.stringify(before))
          .returning('id')
          .compile(),
        refusal: (row) =>
          row ? undefined : new ConcurrentChange(`The tenant ${tenant.id} has been changed since it was read.`),
      },
      { query: builder.deleteFrom('tenant_domain').where('tenant_id', '=', folded(tenant.id)).compile() },
      ...domainStatements(builder, tenant),
    ],
  }
}

function columnsOf(tenant: Tenant) {
  return { id: folded(tenant.id), created_at: instant(tenant.createdDateTime), record: JSON.stringify(tenant) }
}

function domainStatements(builder: StatementBuilder, tenant: Tenant): readonly Statement[] {
  const names = new Set(tenant.verifiedDomains.map((domain) => folded(domain.name)))
  const rows = [...names].map((name) => ({ name, tenant_id: folded(tenant.id) }))
  return rows.length === 0 ? [] : [{ query: builder.insertInto('tenant_domain').values(rows).compile() }]
}
