/** What control needs of the local cloud. Its creator hands it functions, so that this room knows no other. */
export interface ControlParts {
  /** What a caller proves itself by: the content of the data folder's `control-token`. */
  readonly controlToken: string
  /** Facts for `doorstep status` and `doorstep env`; nothing secret. */
  describe(): InstanceDescription | Promise<InstanceDescription>
  readonly clock: ControlledClock
  /** Empties the local cloud and makes it as after its first start; resolves when it answers so. */
  reset(): Promise<ResetIdentity>
  /** Asks the local cloud to stop. Returns at once: the answer to the caller is sent first. */
  requestStop(): void
  /**
   * Opens a proxy port for one run.
   * @param report takes what the local cloud does for the run while it is open
   * @throws when no port can be had
   */
  openRun(options: RunOptions, report: (event: RunEvent) => void): Promise<OpenRun>
  /** Sign-ins that no person makes; the login host does them. */
  readonly signIns: ControlledSignIns
  /** Tells a person about a fault of Doorstep itself. */
  readonly reportFault?: ((fault: unknown, traceId?: string) => void) | undefined
  /** Aborted when the local cloud begins to stop: the open responses of runs end then, so that it need not cut them. */
  readonly stopping?: AbortSignal | undefined
}

/** Who lives in the local cloud after a reset; the new password is told only here. */
export interface ResetIdentity {
  readonly tenantId: string
  readonly subscriptionId: string
  readonly administrator: { readonly userPrincipalName: string; readonly password?: string }
}

export interface DescribedTenant {
  readonly tenantId: string
  readonly displayName: string
  readonly domain: string
}

/** What is running; every member is safe to show. */
export interface InstanceDescription {
  readonly url: string
  readonly proxy: string
  /** Port on 127.0.0.1 where TLS is spoken for the intercepted names. */
  readonly tlsPort: number
  readonly tenantId: string
  readonly subscriptionId: string
  /** Every tenant, the one of the first start among them. */
  readonly tenants: readonly DescribedTenant[]
  readonly caCertificate: string
  readonly dataDirectory: string
  readonly administrator: { readonly userPrincipalName: string }
  readonly processId: number
  readonly version?: string | undefined
  /** RFC 3339, by the machine's clock. */
  readonly startedAt?: string | undefined
}

export interface ClockReading {
  /** The local cloud's time, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: number
  /** How far it is ahead of the machine's clock, in milliseconds; negative when behind. */
  readonly offsetMilliseconds: number
}

/** The one clock. A move is kept: it holds after the next start too. */
export interface ControlledClock {
  read(): ClockReading | Promise<ClockReading>
  advance(milliseconds: number): Promise<void>
  /** @param now milliseconds since 1970-01-01T00:00:00Z */
  setTo(now: number): Promise<void>
  /** Back to the machine's time. */
  reset(): Promise<void>
}

/** The proxy settings that a run inherited, as they stood in its environment. */
export interface InheritedUpstream {
  readonly httpsProxy?: string
  readonly noProxy?: string
}

export interface RunOptions {
  /** Refuses to tunnel to hosts that are not intercepted. */
  readonly offline: boolean
  readonly upstream?: InheritedUpstream | undefined
  /** Who answers the device codes of the run; without it a person does. */
  readonly signIn?: RunSignIn | undefined
}

export interface RunSignIn {
  readonly userPrincipalName: string
  /** Whether the account agrees to what an application asks for. */
  readonly consent: boolean
}

/** What the local cloud did for a run, for the person in front of it. */
export type RunEvent =
  | {
      readonly kind: 'deviceCodeApproved'
      readonly userCode: string
      readonly userPrincipalName: string
      readonly application: string
    }
  | {
      readonly kind: 'deviceCodeDeclined'
      readonly userCode: string
      readonly userPrincipalName: string
      readonly reason: string
      readonly fix: string
    }

/**
 * Back doors: whoever may ask signs in as anybody, without a password. The third is a run that is opened with
 * `RunOptions.signIn`, for which the login host answers every device code of the run. There are no others, and the
 * sign-in log says `control` for what came through one.
 */
export interface ControlledSignIns {
  /** The account of a user name, in its home tenant. */
  account(userPrincipalName: string): Promise<ControlledAccount | undefined>
  /** Begins a browser session of an enabled account. @throws when there is none of that name */
  beginSession(userPrincipalName: string): Promise<BrowserSignIn>
  /** Answers a device code. @throws {EntraError} for why it cannot be approved */
  approveDeviceCode(approval: DeviceCodeApproval): Promise<{ readonly applicationName: string }>
}

export interface ControlledAccount {
  /** As it is kept. */
  readonly userPrincipalName: string
  readonly enabled: boolean
}

export interface BrowserSignIn {
  readonly userPrincipalName: string
  /** What the page that lets pick an account calls it. */
  readonly account: string
  /** What a browser has to send to be signed in. */
  readonly cookies: readonly { readonly name: string; readonly value: string }[]
}

export interface DeviceCodeApproval extends RunSignIn {
  readonly userCode: string
  readonly decline?: boolean | undefined
}

/** A proxy port that belongs to one run. */
export interface OpenRun {
  readonly proxyPort: number
  readonly tlsPort: number
  /** Patterns of the intercepted names. */
  readonly hosts: readonly string[]
  readonly clockOffsetMilliseconds: number
  close(): Promise<void>
}
