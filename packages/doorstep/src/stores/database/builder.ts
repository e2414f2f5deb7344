import { DummyDriver, Kysely, type KyselyPlugin, type QueryCompiler, SqliteAdapter, SqliteIntrospector } from 'kysely'
import type { StatementBuilder } from './database.ts'
import type { Tables } from './tables.ts'

const noPlugins: KyselyPlugin[] = []

/**
 * A builder for one engine's placeholders and quotes. Its driver does nothing: Kysely's own transactions await
 * between statements, and on an embedded database another request's write would slip into them.
 */
export function statementBuilder(compiler: () => QueryCompiler): StatementBuilder {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (builder) => new SqliteIntrospector(builder),
      createQueryCompiler: compiler,
    },
    plugins: noPlugins,
  })
}
