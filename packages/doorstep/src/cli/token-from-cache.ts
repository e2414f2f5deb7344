import { writeSync } from 'node:fs'
import { defaultProfileName, findConfigFile, readLogin } from '@doorstep/client'
import type { CommandIO } from './command.ts'
import { namedProfile } from './login/choose-profile.ts'
import { freshTokenOf } from './login/kept-token.ts'
import { openTokenStoreBeforehand } from './login/token-store.ts'
import { refuseUnlessUnread } from './output.ts'
import { formatToken, type TokenFormat, tokenFormats } from './token-format.ts'

/**
 * The short way of `doorstep token`, which scripts run again and again: what parses command lines, reads YAML or talks
 * to an authority is not loaded for a token that is kept. It does what `commands/token.ts` does, or nothing at all.
 *
 * @param words after `token`
 * @returns whether it has printed the token
 */
export async function printTokenFromCache(
  words: readonly string[],
  environment: CommandIO['environment'],
): Promise<boolean> {
  const said = readWords(words)
  if (said === undefined || (said.scopes.length > 0 && said.resource !== undefined)) return false
  const { AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_SUBSCRIPTION_ID } = environment
  // Where the environment or a file has a say, the long way listens to them.
  if (AZURE_CLIENT_ID || AZURE_TENANT_ID) return false
  const note = (text: string) => void writeSync(2, `${text}\n`)
  try {
    if (findConfigFile(process.cwd(), environment) !== undefined) return false
    const store = await openTokenStoreBeforehand({ note })
    const login = readLogin(store.folder, namedProfile(said.profile, environment) ?? defaultProfileName)
    if (login === undefined) return false
    const isDefault = said.scopes.length === 0 && said.resource === undefined
    const answer = await freshTokenOf(login, store, isDefault ? login : said)
    if (answer === undefined) return false
    const account = { tenantId: login.tenantId, subscriptionId: AZURE_SUBSCRIPTION_ID || login.subscriptionId }
    await write(formatToken(answer, said.format, account))
    return true
  } catch {
    return false // the long way meets the same trouble, and says what it is
  }
}

/** Past the streams of the process, whose making costs milliseconds; they take over where a pipe is full. */
async function write(text: string): Promise<void> {
  const line = `${text}\n`
  let written = 0
  try {
    written = writeSync(1, line)
  } catch (error) {
    const failure = error as NodeJS.ErrnoException
    if (failure.code === 'EPIPE') return // nobody wants to read it
    if (failure.code !== 'EAGAIN') refuseUnlessUnread(failure)
  }
  if (written === line.length) return
  process.stdout.once('error', refuseUnlessUnread)
  await new Promise((resolve) => process.stdout.write(line.slice(written), resolve))
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
  const isRepeated = (option: string) => option !== '--scope' && values.has(option)
  const json = words.filter((word) => word === '--json').length
  const rest = words.filter((word) => word !== '--json')
  for (let index = 0; index < rest.length; index += 2) {
    const [option = '', value] = rest.slice(index, index + 2)
    if (!/^--(profile|scope|resource|format)$/.test(option) || !value || value.startsWith('-') || isRepeated(option))
      return undefined
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
