import type { SigningKeyStore, StoredSigningKey } from '../tokens/signing-keys.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { instant } from './directory-object.ts'

export const uniqueSigningKeyValues: UniqueValues = {
  signing_key__key_id: ['signingKey', 'keyId'],
}

export function signingKeyStore(database: Database): SigningKeyStore {
  return {
    list: async () => {
      const query = database.builder.selectFrom('signing_key').select('record').orderBy('created_at').orderBy('key_id')
      return (await database.query(query.compile())).map(keyOf)
    },
  }
}

function keyOf(row: { record: string }): StoredSigningKey {
  return JSON.parse(row.record)
}

export function statementsForSigningKeys(builder: StatementBuilder): StatementsFor<'addSigningKey'> {
  return {
    addSigningKey: ({ key }) => [
      {
        query: builder
          .insertInto('signing_key')
          .values({ key_id: key.keyId, created_at: instant(key.createdDateTime), record: JSON.stringify(key) })
          .compile(),
      },
    ],
  }
}
