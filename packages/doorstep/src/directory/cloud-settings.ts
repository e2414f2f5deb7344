/** What holds for the whole local cloud, whichever tenant: kept beside the tenants, changed by seed and control. */
export interface CloudSettings {
  /** Counts the changes; a write names the version it was decided on. */
  readonly version: number
  /** How far the clock is ahead of the machine's, in milliseconds. */
  readonly clockOffsetMilliseconds: number
  /** Whether people are asked for consent, as Entra does, or every request counts as consented. */
  readonly consent: 'ask' | 'auto'
  /** Life of access tokens in seconds; null for the platform's own. */
  readonly accessTokenLifetimeInSeconds: number | null
  /** Seconds until a change takes effect, by kind of change. */
  readonly propagationInSeconds: {
    readonly roleAssignments: number
    readonly consents: number
    readonly servicePrincipals: number
  }
  /** One hash over all secret texts of the seed file applied last. */
  readonly seedSecretsHash: string | null
  /** The version of Doorstep that wrote the first-party applications; null before the first start. */
  readonly writtenBy: string | null
  /** Parts of the seed file for rooms that are not built yet, as they were written. */
  readonly seedForLater: Readonly<Record<string, unknown>>
}

/** What a new local cloud begins with: Entra's own behaviour, no delays. */
export const defaultCloudSettings: CloudSettings = {
  version: 0,
  clockOffsetMilliseconds: 0,
  consent: 'ask',
  accessTokenLifetimeInSeconds: null,
  propagationInSeconds: { roleAssignments: 0, consents: 0, servicePrincipals: 0 },
  seedSecretsHash: null,
  writtenBy: null,
  seedForLater: {},
}

export interface CloudSettingsStore {
  read(): Promise<CloudSettings>
}
