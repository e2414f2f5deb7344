import { listLogins } from '@doorstep/client'
import type { CommandIO } from '../command.ts'
import { readConfigFile } from './config-file.ts'
import { openTokenStore } from './token-store.ts'

/** The profiles that somebody is signed in as, and those that `doorstep.config.yaml` names; sorted. Never throws. */
export async function profileNames(environment: CommandIO['environment']): Promise<readonly string[]> {
  const configured = await readConfigFile(environment).catch(() => undefined)
  const logins = await openTokenStore({ terminal: { note: () => {} } })
    .then(({ folder }) => listLogins(folder))
    .catch(() => [])
  const names = [...logins.map(({ profile }) => profile), ...Object.keys(configured?.config.profiles ?? {})]
  return [...new Set(names)].sort()
}
