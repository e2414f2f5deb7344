import type { RefreshToken, RefreshTokenStore } from '../protocol/sign-in-records.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { dayInMilliseconds, purge } from './expired-rows.ts'

export const uniqueRefreshTokenValues: UniqueValues = {
  refresh_token__id: ['refreshToken', 'id'],
}

export function refreshTokenStore(database: Database): RefreshTokenStore {
  return {
    byId: async (id) => {
      const query = database.builder.selectFrom('refresh_token').select('record').where('id', '=', id)
      const rows = await database.query(query.compile())
      return rows[0] && tokenOf(rows[0])
    },
  }
}

function tokenOf(row: { record: string }): RefreshToken {
  return JSON.parse(row.record)
}

export function statementsForRefreshTokens(builder: StatementBuilder): StatementsFor<'addRefreshToken'> {
  return {
    addRefreshToken: ({ token }) => [
      purge(builder, 'refresh_token', 'expires_at', token.issuedAt - dayInMilliseconds),
      {
        query: builder
          .insertInto('refresh_token')
          .values({ id: token.id, expires_at: token.expiresAt, record: JSON.stringify(token) })
          .compile(),
      },
    ],
  }
}
