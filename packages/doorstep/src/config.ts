/** What `createDoorstep` needs to know; the command line fills it from options and environment. */
export interface DoorstepConfig {
  /** Port of the HTTPS listener; 0 for any free one. */
  readonly port: number
  /** Port of the CONNECT proxy; 0 for any free one. */
  readonly proxyPort: number
  /** Address to listen on beside loopback; needs `publicName`. */
  readonly host?: string | undefined
  /** Another name under which the HTTPS listener is reached. */
  readonly publicName?: string | undefined
  /** Holds keys, certificates and the embedded database; made when it is not there. */
  readonly dataDirectory: string
  /** `postgres://…`, or undefined for the embedded database. */
  readonly database?: string | undefined
  /** The seed file's text and the name to call it by in messages. */
  readonly seed?: { readonly text: string; readonly name: string } | undefined
  /** Seconds until role assignments, consents and service principals take effect; overrides the seed. */
  readonly propagationInSeconds?: number | undefined
  /** 32 bytes, hexadecimal or base64; else a file in the data folder holds the master key. */
  readonly masterKey?: string | undefined
}

/** The ready line of `doorstep up --json`. */
export interface ReadyLine {
  readonly url: string
  readonly proxy: string
  readonly tenantId: string
  readonly subscriptionId: string
  readonly caCertificate: string
  readonly dataDirectory: string
  readonly administrator: { readonly userPrincipalName: string; readonly password?: string }
  readonly startedInMilliseconds: number
}

/** A running local cloud. */
export interface Doorstep {
  readonly ready: ReadyLine
  /** Sentences a person should read once: parts of the seed that wait for a room, for example. */
  readonly notices: readonly string[]
  /** Resolves when somebody asked the local cloud to stop (through control, or by its last run ending). */
  readonly stopRequested: Promise<void>
  /** Finishes requests in flight, ends idle connections within 5 seconds, closes the store. */
  close(): Promise<void>
}
