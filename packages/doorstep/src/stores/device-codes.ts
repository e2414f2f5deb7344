import type { DeviceCode, DeviceCodeStore } from '../protocol/sign-in-records.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { folded, unlessMissing } from './directory-object.ts'
import { purge, purgeBeforeCode } from './expired-rows.ts'

export const uniqueDeviceCodeValues: UniqueValues = {
  device_code__id: ['deviceCode', 'id'],
  device_code__user_code: ['deviceCode', 'userCode'],
}

export function deviceCodeStore(database: Database): DeviceCodeStore {
  const codes = () => database.builder.selectFrom('device_code').select(['record', 'answer'])
  return {
    byId: async (id) => {
      const rows = await database.query(codes().where('id', '=', id).compile())
      return rows[0] && codeOf(rows[0])
    },
    byUserCode: async (userCode, now) => {
      const unexpired = codes().where('user_code', '=', folded(userCode)).where('expires_at', '>', now)
      const rows = await database.query(unexpired.compile())
      return rows[0] && codeOf(rows[0])
    },
    pendingOfRun: async (runId, now) => {
      const pending = codes().where('run_id', '=', runId).where('answer', 'is', null).where('expires_at', '>', now)
      return (await database.query(pending.orderBy('expires_at').orderBy('id').compile())).map(codeOf)
    },
  }
}

function codeOf(row: { record: string; answer: string | null }): DeviceCode {
  return { ...JSON.parse(row.record), answer: row.answer === null ? { kind: 'pending' } : JSON.parse(row.answer) }
}

/** The answer changes alone, so it has a column of its own; none is given while the code is pending. */
function answerColumn(answer: DeviceCode['answer']): string | null {
  return answer.kind === 'pending' ? null : JSON.stringify(answer)
}

export function statementsForDeviceCodes(
  builder: StatementBuilder,
): StatementsFor<'addDeviceCode' | 'answerDeviceCode' | 'consumeDeviceCode'> {
  return {
    addDeviceCode: ({ code }) => [
      purge(builder, 'device_code', 'expires_at', purgeBeforeCode(code.expiresAt)),
      {
        query: builder
          .insertInto('device_code')
          .values({
            id: code.id,
            user_code: folded(code.userCode),
            run_id: code.runId,
            expires_at: code.expiresAt,
            answer: answerColumn(code.answer),
            record: JSON.stringify({ ...code, answer: undefined }),
          })
          .compile(),
      },
    ],
    answerDeviceCode: ({ id, answer }) => [
      {
        query: builder
          .updateTable('device_code')
          .set({ answer: answerColumn(answer) })
          .where('id', '=', id)
          .where('answer', 'is', null)
          .returning('id')
          .compile(),
        refusal: unlessMissing('pending deviceCode', id),
      },
    ],
    consumeDeviceCode: ({ id }) => [
      {
        query: builder.deleteFrom('device_code').where('id', '=', id).returning('id').compile(),
        refusal: unlessMissing('deviceCode', id),
      },
    ],
  }
}
