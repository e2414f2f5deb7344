import { type Row, UnusableDatabase } from '../database.ts'
import { directoryMigration } from './0001-directory.ts'
import { signInMigration } from './0002-sign-in.ts'
import { revocationMigration } from './0003-revocation.ts'
import { guestHomesMigration } from './0004-guest-homes.ts'
import { redirectUriMigration } from './0005-redirect-uris.ts'
import { redirectUriKeyMigration } from './0006-redirect-uri-keys.ts'
import { signInLogMigration } from './0007-sign-in-log.ts'
import { orderedListsMigration } from './0008-ordered-lists.ts'
import { ownersAndDeletionsMigration } from './0009-owners-and-deletions.ts'
import { peopleMigration } from './0010-people.ts'
import { wordsMigration } from './0011-words.ts'
import { groupOwnersMigration } from './0012-group-owners.ts'
import { createTable, type SchemaWords } from './schema.ts'

/** One statement of a migration. */
export interface MigrationStep {
  readonly sql: string
  /** Of its parameters, in their order. */
  readonly values?: readonly string[]
}

type MigrationSteps = Generator<MigrationStep, void, readonly Row[]>

export type Migration = {
  /** Four digits and a word: the order, and the name under which the database remembers it. */
  readonly name: string
} & (
  | { readonly statements: (words: SchemaWords) => readonly string[] }
  /** For what SQL alone cannot do; each step is resumed with its rows. */
  | { readonly steps: (words: SchemaWords) => MigrationSteps }
)

/** Every migration there is, in the order in which they are applied. There is no way back. */
export const migrations: readonly Migration[] = [
  directoryMigration,
  signInMigration,
  revocationMigration,
  guestHomesMigration,
  redirectUriMigration,
  redirectUriKeyMigration,
  signInLogMigration,
  orderedListsMigration,
  ownersAndDeletionsMigration,
  peopleMigration,
  wordsMigration,
  groupOwnersMigration,
]

/**
 * The statements that bring a database to the newest form, one after the other; each is resumed with its rows. The
 * engine runs them, synchronously or not, inside one transaction that no other process can enter.
 *
 * @param ledgerExists whether the table of applied migrations is there
 * @throws {UnusableDatabase} when the database knows a migration that this program does not
 */
export function* migrationSteps(
  words: SchemaWords,
  ledgerExists: boolean,
  known: readonly Migration[] = migrations,
): MigrationSteps {
  if (!ledgerExists) {
    yield { sql: createTable(words, 'schema_migration', { columns: { name: 'text' }, primaryKey: ['name'] }) }
  }
  const applied = (yield { sql: 'select name from schema_migration order by name' }).map((row) => String(row.name))
  const unknown = applied.find((name) => !known.some((migration) => migration.name === name))
  if (unknown !== undefined) {
    throw new UnusableDatabase(
      `The database was written by a newer version of Doorstep (it holds the change '${unknown}', which this version ` +
        'does not know). Update Doorstep, or use another data folder or database.',
    )
  }
  for (const migration of known) {
    if (applied.includes(migration.name)) continue
    if ('steps' in migration) yield* migration.steps(words)
    else for (const sql of migration.statements(words)) yield { sql }
    yield { sql: `insert into schema_migration (name) values ('${migration.name}')` }
  }
}
