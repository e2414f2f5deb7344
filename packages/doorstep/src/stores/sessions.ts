import { ConcurrentChange } from '../directory/changes.ts'
import type { BrowserSession, SessionStore } from '../protocol/sign-in-records.ts'
import type { StatementsFor } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { dayInMilliseconds, purge } from './expired-rows.ts'

export function sessionStore(database: Database): SessionStore {
  return {
    byId: async (id) => {
      const query = database.builder.selectFrom('browser_session').select('record').where('id', '=', id)
      const rows = await database.query(query.compile())
      return rows[0] && sessionOf(rows[0])
    },
  }
}

function sessionOf(row: { record: string }): BrowserSession {
  return JSON.parse(row.record)
}

export function statementsForSessions(
  builder: StatementBuilder,
): StatementsFor<'putSession' | 'updateSession' | 'deleteSession'> {
  return {
    putSession: ({ session }) => {
      const columns = { expires_at: session.expiresAt, record: JSON.stringify(session) }
      return [
        // Exact for a new session; an old one that is put again purges less, and adds no row.
        purge(builder, 'browser_session', 'expires_at', session.createdAt - dayInMilliseconds),
        {
          query: builder
            .insertInto('browser_session')
            .values({ id: session.id, ...columns })
            .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
            .compile(),
        },
      ]
    },
    updateSession: ({ session, before }) => [
      {
        query: builder
          .updateTable('browser_session')
          .set({ expires_at: session.expiresAt, record: JSON.stringify(session) })
          .where('id', '=', session.id)
          .where('record', '=', JSON.stringify(before))
          .compile(),
      },
      {
        query: builder.selectFrom('browser_session').select('record').where('id', '=', session.id).compile(),
        refusal: (row) =>
          row && row.record !== JSON.stringify(session)
            ? new ConcurrentChange('The session has been changed since it was read.')
            : undefined,
      },
    ],
    // No refusal: who signs out twice, or of a session that was purged, is signed out.
    deleteSession: ({ id }) => [{ query: builder.deleteFrom('browser_session').where('id', '=', id).compile() }],
  }
}
