import { TokenRequestError } from '@doorstep/client'
import { RefusedError } from '../failure.ts'

/** The authority's own words, then the facts that a search or a ticket needs. */
export function explainRefusal(error: TokenRequestError): RefusedError {
  const facts = [
    ['Error', error.error],
    ['Code', error.code === undefined ? undefined : `AADSTS${error.code}`],
    ['Correlation ID', error.correlationId],
    ['Trace ID', error.traceId],
  ]
  const lines = facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name}: ${value}`]))
  return new RefusedError([error.description ?? error.message, ...lines].join('\n'), { cause: error })
}

/** The error itself, or its explanation when the authority refused. */
export function explained(error: unknown): unknown {
  return error instanceof TokenRequestError ? explainRefusal(error) : error
}
