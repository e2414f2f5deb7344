import { ConcurrentChange } from '../directory/changes.ts'
import { type CloudSettings, type CloudSettingsStore, defaultCloudSettings } from '../directory/cloud-settings.ts'
import type { StatementsFor } from './changes.ts'
import type { Database, StatementBuilder } from './database/database.ts'

/** There is one row, or none. */
const theOnly = 1

export function cloudSettingsStore(database: Database): CloudSettingsStore {
  return {
    read: async () => {
      const query = database.builder
        .selectFrom('cloud_settings')
        .select(['record', 'version'])
        .where('id', '=', theOnly)
      const rows = await database.query(query.compile())
      return rows[0] ? settingsOf(rows[0]) : defaultCloudSettings
    },
  }
}

/** A setting that was added since the row was written has its default. */
function settingsOf(row: { record: string; version: number }): CloudSettings {
  return { ...defaultCloudSettings, ...JSON.parse(row.record), version: row.version }
}

export function statementsForCloudSettings(builder: StatementBuilder): StatementsFor<'setCloudSettings'> {
  return {
    setCloudSettings: ({ settings }) => {
      const row = { record: JSON.stringify(settings), version: settings.version + 1 }
      return [
        {
          query: builder
            .insertInto('cloud_settings')
            .values({ id: theOnly, ...row })
            .onConflict((conflict) =>
              conflict.column('id').doUpdateSet(row).where('cloud_settings.version', '=', settings.version),
            )
            .returning('version')
            .compile(),
          refusal: (written) => (written ? undefined : new ConcurrentChange('The settings have changed since.')),
        },
      ]
    },
  }
}
