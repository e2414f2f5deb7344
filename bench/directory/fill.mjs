/**
 * Fills a tenant by SQL: copies of objects that were made through Graph, under other ids and names. Both engines are
 * filled by the same statements but for the making of an id.
 *
 * @typedef {object} Filler
 * @property {(sql: string) => Promise<Record<string, unknown>[]>} run
 * @property {(number: string) => string} hex SQL of eight hexadecimal digits
 * @property {(table: string) => Promise<string[]>} columnsOf
 * @property {(table: string) => Promise<{ name: string, definition: string }[]>} indexesOf those that are no constraints
 * @property {() => Promise<void>} close
 */
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import pg from 'pg'

/**
 * @param {string} dataDirectory of a local cloud, which may be running
 * @returns {Filler}
 */
export function sqliteFiller(dataDirectory) {
  const connection = new DatabaseSync(join(dataDirectory, 'doorstep.db'), { timeout: 60_000 })
  connection.exec('pragma synchronous = off')
  connection.exec('pragma cache_size = -262144')
  const run = async (/** @type {string} */ sql) => connection.prepare(sql).all()
  return {
    run,
    hex: (number) => `printf('%08x', ${number})`,
    columnsOf: async (table) =>
      (await run(`select name from pragma_table_info('${table}')`)).map(({ name }) => `${name}`),
    indexesOf: async (table) => {
      const sql = `select name, sql from sqlite_master where type = 'index' and tbl_name = '${table}' and sql is not null`
      return (await run(sql)).map(({ name, sql: definition }) => ({ name: `${name}`, definition: `${definition}` }))
    },
    close: async () => connection.close(),
  }
}

/**
 * @param {string} url
 * @returns {Promise<Filler>}
 */
export async function postgresFiller(url) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const run = async (/** @type {string} */ sql) => (await client.query(sql)).rows
  return {
    run,
    hex: (number) => `lpad(to_hex(${number}), 8, '0')`,
    columnsOf: async (table) =>
      (
        await run(
          `select column_name from information_schema.columns where table_name = '${table}' and table_schema = current_schema()`,
        )
      ).map(({ column_name: name }) => `${name}`),
    indexesOf: async (table) => {
      const own = `schemaname = current_schema() and tablename = '${table}'`
      const sql = `select indexname, indexdef from pg_indexes where ${own}
        and not exists (select 1 from pg_constraint where conname = indexname)`
      return (await run(sql)).map(({ indexname, indexdef }) => ({ name: `${indexname}`, definition: `${indexdef}` }))
    },
    close: () => client.end(),
  }
}

/**
 * @typedef {{ id: string, appId?: string, displayName: string, userPrincipalName?: string }} Template an object as
 *   Graph shows it; its name is one that stands nowhere else
 */

/** Where the objects of each kind are, and which digits begin the ids of copies. */
const kinds = /** @type {const} */ ({
  users: { table: 'directory_user', digits: 'a' },
  groups: { table: 'directory_group', digits: 'b' },
  applications: { table: 'application', digits: 'c' },
  servicePrincipals: { table: 'service_principal', digits: 'd' },
})

/** @typedef {keyof typeof kinds} Kind */

/** Name of the copy with this number: `bulk 0000077`. */
export const copyName = (/** @type {number} */ number) => `bulk ${`${number}`.padStart(7, '0')}`

/** Scatters ids over the index, as random ones are. */
const scattered = '(n * 2654435761) % 4294967296'

/**
 * Adds the copies with the numbers from `first` to `last`.
 * @param {Filler} filler
 * @param {Kind} kind
 * @param {Template} template
 * @param {number} first
 * @param {number} last
 */
export async function addCopies(filler, kind, template, first, last) {
  const { table, digits } = kinds[kind]
  const id = (/** @type {string} */ digit) =>
    `${filler.hex(scattered)} || '-${digit}000-4000-8000-0000' || ${filler.hex('n')}`
  const number = "substr('0000000' || cast(n as text), length(cast(n as text)) + 1)"
  const name = `'bulk ' || ${number}`
  const domain = template.userPrincipalName?.split('@')[1]
  const changes = /** @type {Record<string, string>} */ ({
    id: id(digits),
    display_name: name,
    mail_nickname: `'bulk' || ${number}`,
    user_principal_name: `'bulk' || ${number} || '@${domain}'`,
    app_id: id('e'),
    unique_name: 'null',
  })
  const replacements = [
    [template.id, changes.id],
    [template.displayName, name],
    ...(template.appId ? [[template.appId, changes.app_id]] : []),
    ...(template.userPrincipalName ? [[template.userPrincipalName, changes.user_principal_name]] : []),
  ]
  changes.record = replacements.reduce((text, [old, made]) => `replace(${text}, '${old}', ${made})`, 'template.record')
  const columns = await filler.columnsOf(table)
  const values = columns.map((column) => changes[column] ?? `template.${column}`)
  // An index that is made afterwards is made in a tenth of the time.
  const indexes = await filler.indexesOf(table)
  for (const { name } of indexes) await filler.run(`drop index ${name}`)
  await filler.run(`
    insert into ${table} (${columns.join(', ')})
    with recursive numbers (n) as (
      select cast(${first} as bigint) union all select n + 1 from numbers where n < ${last})
    select ${values.join(', ')} from numbers, ${table} as template where template.id = '${template.id}'`)
  for (const { definition } of indexes) await filler.run(definition)
}
