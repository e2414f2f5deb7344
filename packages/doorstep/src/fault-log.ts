import pino from 'pino'

/** What must never reach a log, wherever it stands in what is logged. */
const redacted = ['authorization', 'password', 'client_secret', 'clientSecret', 'secretText', 'access_token', 'token']

let logger: pino.Logger | undefined

/**
 * Writes a fault of Doorstep itself to standard error, one JSON line. Refusals are answers, not faults: they are not
 * logged. `traceId` is the `trace_id` or `request-id` that the caller was given.
 */
export function reportFault(fault: unknown, traceId?: string): void {
  log().error({ err: fault, ...(traceId && { traceId }) }, 'fault')
}

/** Writes why the keys of an issuer cannot be read: for whoever runs Doorstep, not for whoever sent the token. */
export function reportUnreachableIssuer(issuer: string, cause: unknown): void {
  log().warn({ err: cause, issuer }, 'issuer unreachable')
}

function log(): pino.Logger {
  logger ??= pino({ name: 'doorstep', redact: redacted.flatMap((name) => [name, `*.${name}`]) }, pino.destination(2))
  return logger
}
