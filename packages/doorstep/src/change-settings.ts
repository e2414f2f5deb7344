import { type CommitDirectory, ConcurrentChange } from './directory/changes.ts'
import type { CloudSettings, CloudSettingsStore } from './directory/cloud-settings.ts'

export interface SettingsParts {
  readonly settings: CloudSettingsStore
  readonly commit: CommitDirectory
}

/** More than anybody changes settings at once; beyond it something is wrong. */
const triesAtMost = 50

/** Changes the settings of the whole cloud; when somebody else did so meanwhile, decides again on what is there now. */
export async function changeSettings(
  { settings, commit }: SettingsParts,
  decide: (before: CloudSettings) => CloudSettings,
): Promise<CloudSettings> {
  for (let tries = 1; ; tries++) {
    const changed = decide(await settings.read())
    try {
      await commit([{ change: 'setCloudSettings', settings: changed }])
      return changed
    } catch (error) {
      if (!(error instanceof ConcurrentChange) || tries >= triesAtMost) throw error
    }
  }
}
