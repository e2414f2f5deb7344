import pino from 'pino'

/** What must never reach a log, wherever it stands in what is logged. */
const redacted = ['authorization', 'password', 'client_secret', 'clientSecret', 'secretText', 'access_token', 'token']

let logger: pino.Logger | undefined

/**
 * Writes a fault of Doorstep itself to standard error, one JSON line. Refusals are answers, not faults: they are not
 * logged. `traceId` is the `trace_id` or `request-id` that the caller was given.
 */
export function reportFault(fault: unknown, traceId?: string): void {
  logger ??= pino({ name: 'doorstep', redact: redacted.flatMap((name) => [name, `*.${name}`]) }, pino.destination(2))
  logger.error({ err: fault, ...(traceId && { traceId }) }, 'fault')
}
