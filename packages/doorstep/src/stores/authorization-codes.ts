import type { AuthorizationCode, AuthorizationCodeStore } from '../protocol/sign-in-records.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { unlessMissing } from './directory-object.ts'
import { purge, purgeBeforeCode } from './expired-rows.ts'

export const uniqueAuthorizationCodeValues: UniqueValues = {
  authorization_code__id: ['authorizationCode', 'id'],
}

export function authorizationCodeStore(database: Database): AuthorizationCodeStore {
  return {
    byId: async (id) => {
      const query = database.builder.selectFrom('authorization_code').select(['record', 'consumed'])
      const rows = await database.query(query.where('id', '=', id).compile())
      return rows[0] && { code: codeOf(rows[0]), consumed: rows[0].consumed === 1 }
    },
  }
}

function codeOf(row: { record: string }): AuthorizationCode {
  return JSON.parse(row.record)
}

export function statementsForAuthorizationCodes(
  builder: StatementBuilder,
): StatementsFor<'addAuthorizationCode' | 'consumeAuthorizationCode'> {
  return {
    addAuthorizationCode: ({ code }) => [
      purge(builder, 'authorization_code', 'expires_at', purgeBeforeCode(code.expiresAt)),
      {
        query: builder
          .insertInto('authorization_code')
          // A hash in base64url, where the case counts.
          .values({ id: code.id, consumed: 0, expires_at: code.expiresAt, record: JSON.stringify(code) })
          .compile(),
      },
    ],
    consumeAuthorizationCode: ({ id }) => [
      {
        query: builder
          .updateTable('authorization_code')
          .set({ consumed: 1 })
          .where('id', '=', id)
          .where('consumed', '=', 0)
          .returning('id')
          .compile(),
        refusal: unlessMissing('unused authorizationCode', id),
      },
    ],
  }
}
