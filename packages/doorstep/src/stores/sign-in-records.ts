import type { SignInRecord, SignInRecordStore } from '../protocol/sign-in-records.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { folded, instant } from './directory-object.ts'
import { dayInMilliseconds, purge } from './expired-rows.ts'

/** How long the platform keeps its sign-in log at most (Microsoft Learn, "Microsoft Entra data retention"). */
const keptMilliseconds = 30 * dayInMilliseconds

export const uniqueSignInRecordValues: UniqueValues = {
  sign_in_record__id: ['signInRecord', 'id'],
}

export function signInRecordStore(database: Database): SignInRecordStore {
  return {
    newest: async (tenantId, top) => {
      const query = database.builder.selectFrom('sign_in_record').select('record')
      const ofTenant = query.where('tenant_id', '=', folded(tenantId))
      const newestFirst = ofTenant.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(top)
      return (await database.query(newestFirst.compile())).map(recordOf)
    },
  }
}

function recordOf(row: { record: string }): SignInRecord {
  return JSON.parse(row.record)
}

export function statementsForSignInRecords(builder: StatementBuilder): StatementsFor<'addSignInRecord'> {
  return {
    addSignInRecord: ({ record }) => {
      const createdAt = instant(record.createdDateTime)
      return [
        purge(builder, 'sign_in_record', 'created_at', createdAt - keptMilliseconds),
        {
          query: builder
            .insertInto('sign_in_record')
            .values({
              id: record.id,
              tenant_id: folded(record.tenantId),
              created_at: createdAt,
              record: JSON.stringify(record),
            })
            .compile(),
        },
      ]
    },
  }
}
