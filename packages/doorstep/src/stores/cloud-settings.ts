import { type CloudSettings, type CloudSettingsStore, defaultCloudSettings } from '../directory/cloud-settings.ts'
import type { StatementsFor } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'

/** There is one row, or none. */
const theOnly = 1

export function cloudSettingsStore(database: Database): CloudSettingsStore {
  return {
    read: async () => {
      const query = database.builder.selectFrom('cloud_settings').select('record').where('id', '=', theOnly)
      const rows = await database.query(query.compile())
      return rows[0] ? settingsOf(rows[0]) : defaultCloudSettings
    },
  }
}

/** A setting that was added since the row was written has its default. */
function settingsOf(row: { record: string }): CloudSettings {
  return { ...defaultCloudSettings, ...JSON.parse(row.record) }
}

export function statementsForCloudSettings(builder: StatementBuilder): StatementsFor<'setCloudSettings'> {
  return {
    setCloudSettings: ({ settings }) => {
      const record = JSON.stringify(settings)
      return [
        {
          query: builder
            .insertInto('cloud_settings')
            .values({ id: theOnly, record })
            .onConflict((conflict) => conflict.column('id').doUpdateSet({ record }))
            .compile(),
        },
      ]
    },
  }
}
