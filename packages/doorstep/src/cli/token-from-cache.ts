import type { CommandIO } from './command.ts'
import { namedProfile } from './login/choose-profile.ts'
import { findConfigFile } from './login/config-file.ts'
import { readLogin } from './login/login-record.ts'
import { freshTokenOf } from './login/login-token.ts'
import { defaultProfileName } from './login/profile-name.ts'
import { openTokenStore } from './login/token-store.ts'
import { formatToken, type TokenFormat, tokenFormats } from './token-format.ts'

/**
 * The short way of `doorstep token`, which scripts run again and again: what parses command lines, reads YAML or talks
 * to an authority is not loaded for a token that is kept. It does what `commands/token.ts` does, or nothing at all.
 *
 * @param words after `token`
 * @returns whether it has printed the token
 */
export async function printTokenFromCache(words: readonly string[], io: CommandIO): Promise<boolean> {
  const said = readWords(words)
  if (said === undefined || (said.scopes.length > 0 && said.resource !== undefined)) return false
  const { environment, terminal } = io
  const { AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_SUBSCRIPTION_ID } = environment
  // Where the environment or a file has a say, the long way listens to them.
  if (AZURE_CLIENT_ID || AZURE_TENANT_ID) return false
  const notes: string[] = []
  try {
    if ((await findConfigFile(process.cwd(), environment)) !== undefined) return false
    const store = await openTokenStore({ environment, terminal: { ...terminal, note: (text) => notes.push(text) } })
    const login = await readLogin(store.folder, namedProfile(said.profile, environment) ?? defaultProfileName)
    if (login === undefined) return false
    const isDefault = said.scopes.length === 0 && said.resource === undefined
    const answer = await freshTokenOf(login, store, isDefault ? login : said)
    if (answer === undefined) return false
    for (const text of notes) terminal.note(text)
    const account = { tenantId: login.tenantId, subscriptionId: AZURE_SUBSCRIPTION_ID || login.subscriptionId }
    terminal.print(formatToken(answer, said.format, account))
    return true
  } catch {
    return false // the long way meets the same trouble, and says what it is
  }
}

interface Said {
  readonly profile: string | undefined
  readonly scopes: readonly string[]
  readonly resource: string | undefined
  readonly format: TokenFormat
}

/** The words of the plainest command lines; undefined for all others, right or wrong. */
function readWords(words: readonly string[]): Said | undefined {
  const values = new Map<string, string[]>()
  const json = words.filter((word) => word === '--json').length
  const rest = words.filter((word) => word !== '--json')
  for (let index = 0; index < rest.length; index += 2) {
    const [option = '', value] = rest.slice(index, index + 2)
    if (!/^--(profile|scope|resource|format)$/.test(option) || !value || value.startsWith('-')) return undefined
    values.set(option, [...(values.get(option) ?? []), value])
  }
  const once = (option: string) => values.get(option)?.at(-1)
  const format = tokenFormats.find((known) => known === (once('--format') ?? 'raw'))
  if (format === undefined || (json > 0 && values.has('--format'))) return undefined
  return {
    profile: once('--profile'),
    scopes: values.get('--scope') ?? [],
    resource: once('--resource'),
    format: json > 0 ? 'json' : format,
  }
}
