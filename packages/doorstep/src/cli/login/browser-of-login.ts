import { chooseBrowser } from '../browser-session.ts'
import type { CommandIO } from '../command.ts'
import { launcherPath } from '../installed-files.ts'

/**
 * Has pages of the local cloud open in `doorstep browse`, which trusts it, unless the person has named a browser. The
 * client library takes it from the variable BROWSER of this process.
 *
 * @returns why there is no browser here, where there is none
 */
export async function useLocalBrowser(
  dataDirectory: string,
  environment: CommandIO['environment'],
): Promise<string | undefined> {
  if (environment.BROWSER) return undefined
  const choice = await chooseBrowser({ environment, extra: [] }, environment.DOORSTEP_BROWSER || undefined)
  if ('reason' in choice) return choice.reason.replace(/\.$/, '')
  const words = [process.execPath, launcherPath, 'browse', '--data', dataDirectory]
  // The variable is a list, and knows no escapes: with such a path, the system's browser has to do.
  if (words.some((word) => word.includes(process.platform === 'win32' ? ';' : ':') || word.includes('"')))
    return undefined
  process.env.BROWSER = words.map((word) => `"${word}"`).join(' ')
  return undefined
}
