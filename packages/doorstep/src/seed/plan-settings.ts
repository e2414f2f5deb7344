import { isDeepStrictEqual } from 'node:util'
import type { DirectoryChange } from '../directory/changes.ts'
import type { CloudSettings } from '../directory/cloud-settings.ts'
import type { Seed } from './form.ts'

/** What holds for the whole local cloud: what the seed file says, else what held before. */
export function planSettings(seed: Seed, settings: CloudSettings, secretsHash: string): readonly DirectoryChange[] {
  const wanted: CloudSettings = {
    ...settings,
    consent: seed.consent ?? settings.consent,
    accessTokenLifetimeInSeconds: seed.accessTokenLifetime ?? settings.accessTokenLifetimeInSeconds,
    propagationInSeconds: {
      roleAssignments: seed.propagation?.roleAssignments ?? settings.propagationInSeconds.roleAssignments,
      consents: seed.propagation?.consents ?? settings.propagationInSeconds.consents,
      servicePrincipals: seed.propagation?.servicePrincipals ?? settings.propagationInSeconds.servicePrincipals,
    },
    seedSecretsHash: secretsHash,
    seedForLater: forLater(seed),
  }
  return isDeepStrictEqual({ ...settings }, wanted) ? [] : [{ change: 'setCloudSettings', settings: wanted }]
}

/** Parts of a seed file for rooms that are not built yet. */
function forLater({ cdf, energy }: Seed): Readonly<Record<string, unknown>> {
  const projects = (cdf ?? []).filter((cluster) => (cluster.projects ?? []).length > 0)
  return {
    ...(projects.length > 0 ? { cdf: projects } : {}),
    ...(energy && energy.length > 0 ? { energy } : {}),
  }
}

/** A sentence for each part of a seed file that is kept and does nothing yet. */
export function noticesForLater(seed: Seed): readonly string[] {
  const later = forLater(seed)
  const delays = Object.values(seed.propagation ?? {}).some((delay) => typeof delay === 'number' && delay > 0)
  const sentence = (part: string, service: string) =>
    `The seed file's ${part} are kept and have no effect yet: this version of Doorstep does not serve ${service}.`
  return [
    ...(delays
      ? ["The seed file's propagation delays are kept and have no effect yet: changes take effect at once."]
      : []),
    ...('cdf' in later ? [sentence('cdf projects', 'Cognite Data Fusion')] : []),
    ...('energy' in later ? [sentence('energy instances', 'Azure Data Manager for Energy')] : []),
  ]
}
