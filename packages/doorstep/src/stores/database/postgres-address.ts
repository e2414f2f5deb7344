import { UnusableDatabase } from './database.ts'

export interface PostgresAddress {
  readonly connectionString: string
  /** The schema that holds the tables; undefined for the first one of the server's search path. */
  readonly schema: string | undefined
}

/**
 * Reads a connection URI (PostgreSQL manual, "Connection URIs") with one parameter of our own: `schema`, which keeps
 * several local clouds apart in one database.
 * @throws {UnusableDatabase} that never repeats the URI, since it holds a password
 */
export function postgresAddress(database: string): PostgresAddress {
  if (!/^postgres(ql)?:\/\//.test(database) || !URL.canParse(database)) {
    throw new UnusableDatabase(
      'The database must be given as postgres://user:password@host:5432/name; characters like @ or / in the password ' +
        'are written percent-encoded.',
    )
  }
  const address = new URL(database)
  const schema = address.searchParams.get('schema') ?? undefined
  if (schema === undefined) return { connectionString: database, schema }
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new UnusableDatabase(
      `The database's schema is '${schema}'; expected at most 63 lower-case letters, digits and underscores.`,
    )
  }
  address.searchParams.delete('schema')
  const options = address.searchParams.get('options')
  address.searchParams.set('options', `${options ? `${options} ` : ''}-c search_path=${schema}`)
  return { connectionString: address.href, schema }
}
