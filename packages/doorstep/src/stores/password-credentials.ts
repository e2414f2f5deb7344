import type { PasswordCredentialStore, StoredPasswordCredential } from '../directory/password-credential.ts'
import type { StatementsFor, UniqueValues } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'
import { folded, instant, mustBeLive, unlessMissing } from './directory-object.ts'

export const uniquePasswordCredentialValues: UniqueValues = {
  password_credential__owner_id__key_id: ['passwordCredential', 'keyId'],
}

export function passwordCredentialStore(database: Database): PasswordCredentialStore {
  return {
    byOwner: async (ownerId) => {
      const query = database.builder.selectFrom('password_credential').select('record')
      const ofOwner = query.where('owner_id', '=', folded(ownerId)).orderBy('start_at').orderBy('key_id')
      return (await database.query(ofOwner.compile())).map(credentialOf)
    },
  }
}

function credentialOf(row: { record: string }): StoredPasswordCredential {
  return JSON.parse(row.record)
}

export function statementsForPasswordCredentials(
  builder: StatementBuilder,
): StatementsFor<'addPasswordCredential' | 'removePasswordCredential'> {
  return {
    addPasswordCredential: ({ credential }) => [
      ...mustBeLive(builder, ['application', 'service_principal'], 'owner', credential.ownerId),
      {
        query: builder
          .insertInto('password_credential')
          .values({
            owner_id: folded(credential.ownerId),
            key_id: folded(credential.keyId),
            start_at: instant(credential.startDateTime),
            record: JSON.stringify(credential),
          })
          .compile(),
      },
    ],
    removePasswordCredential: ({ ownerId, keyId }) => [
      {
        query: builder
          .deleteFrom('password_credential')
          .where('owner_id', '=', folded(ownerId))
          .where('key_id', '=', folded(keyId))
          .returning('key_id')
          .compile(),
        refusal: unlessMissing('passwordCredential', keyId),
      },
    ],
  }
}
