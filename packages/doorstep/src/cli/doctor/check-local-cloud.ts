import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { dataFolderInUse, readCaCertificate } from '../../data-folder.ts'
import { localhostRootIn } from '../../interceptor/trust/root-certificate.ts'
import { trustState } from '../../interceptor/trust/trust-plan.ts'
import { findTrustStores } from '../../interceptor/trust/trust-stores.ts'
import { chooseBrowser } from '../browser-session.ts'
import type { CommandIO } from '../command.ts'
import { askControl, type LocalCloud, readLocalCloud } from '../control-client.ts'
import { messageOf } from '../failure.ts'
import { nextCommand } from '../next-command.ts'
import { shellWord } from '../shell-word.ts'
import type { CheckedAuthority } from './check-authority.ts'
import { type Finding, note, ok, problem, warning } from './finding.ts'

/** Whether others can look into the folder where keys and secrets are. */
export async function checkDataFolder(folder: string): Promise<Finding> {
  const found = await stat(folder).catch(() => undefined)
  if (found === undefined) return note('data folder', `${folder} is made by the first start.`)
  const user = process.getuid?.()
  if (user === undefined) return ok('data folder', `${folder}.`)
  if (user !== 0 && found.uid !== user) {
    return problem(
      'data folder',
      `${folder} belongs to another user.`,
      'Choose another with --data DIR or DOORSTEP_DATA.',
    )
  }
  for (const name of ['.', 'bootstrap.json', 'control-token', 'master-key']) {
    const mode = (await stat(join(folder, name)).catch(() => undefined))?.mode ?? 0
    if ((mode & 0o077) === 0) continue
    const path = join(folder, name)
    return problem('data folder', `Other users can read ${path}.`, `chmod -R go= ${shellWord(folder)}`)
  }
  return ok('data folder', `${folder} is closed to other users.`)
}

export interface LocalCloudFindings {
  readonly findings: readonly Finding[]
  /** Undefined when it does not run. */
  readonly authority: CheckedAuthority | undefined
}

/** Whether a local cloud runs for the folder. @param isNeeded whether tokens are to come from it */
export async function checkLocalCloud(
  folder: string,
  environment: CommandIO['environment'],
  isNeeded: boolean,
): Promise<LocalCloudFindings> {
  const start = nextCommand('up', folder, environment)
  const cloud = (await dataFolderInUse(folder).catch(() => false)) ? await readLocalCloud(folder) : undefined
  if (cloud === undefined) {
    const detail = `No local cloud is running for ${folder}.`
    const finding = isNeeded ? problem('local cloud', detail, `Start it with: ${start}`) : note('local cloud', detail)
    return { findings: [finding], authority: undefined }
  }
  return askRunning(cloud, start)
}

async function askRunning(cloud: LocalCloud, start: string): Promise<LocalCloudFindings> {
  const { instance, ca } = cloud
  try {
    const { clock } = await askControl(cloud, 'GET', '/instance')
    const { offsetSeconds = 0 } = (clock ?? {}) as { offsetSeconds?: number }
    return {
      findings: [ok('local cloud', `It runs at ${instance.url} (process ${instance.processId}).`)],
      authority: { authorityHost: instance.url, route: { ca }, movedSeconds: offsetSeconds },
    }
  } catch (error) {
    const fix = `Stop process ${instance.processId}, and start it again with: ${start}`
    return { findings: [problem('local cloud', messageOf(error), fix)], authority: undefined }
  }
}

/** Whether browsers trust https://localhost; `doorstep browse` does in any case. */
export async function checkBrowserTrust(folder: string, environment: CommandIO['environment']): Promise<Finding> {
  const pem = await readCaCertificate(folder)
  const root = pem === undefined ? undefined : localhostRootIn(pem)
  if (root === undefined) return note('browser trust', 'There is no localhost root yet; the first start makes it.')
  const stores = await findTrustStores({
    kinds: ['system', 'nss'],
    rootPath: join(folder, 'ca.pem'),
    home: environment.HOME || environment.USERPROFILE || homedir(),
    environment,
    platform: process.platform,
  })
  const trusting = stores.filter((store) => trustState(store, root) === 'trusted')
  if (trusting.length > 0)
    return ok('browser trust', `https://localhost is trusted by: ${trusting.map(({ place }) => place).join(', ')}.`)
  return note(
    'browser trust',
    'No browser of yours trusts https://localhost. `doorstep browse` needs no trust; npx --no-install doorstep trust install adds it.',
  )
}

/** Whether a person can sign in with a browser here. */
export async function checkBrowser(environment: CommandIO['environment']): Promise<Finding> {
  if (environment.BROWSER) return ok('browser', 'The variable BROWSER names one.')
  const chosen = environment.DOORSTEP_BROWSER || undefined
  const choice = await chooseBrowser({ environment, extra: [] }, chosen).catch((error: unknown) => ({
    reason: messageOf(error),
  }))
  if ('browser' in choice) return ok('browser', `${choice.browser.program}.`)
  return warning('browser', choice.reason, 'Sign in with: npx --no-install doorstep login --device-code')
}
