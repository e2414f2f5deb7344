import { SignInError, TokenRequestError } from '@doorstep/client'
import { RefusedError } from '../failure.ts'
import { inCommandWords } from '../library-words.ts'

/** The authority's own words, then those facts for a search or a ticket that are not among them. */
export function explainRefusal(error: TokenRequestError): RefusedError {
  const words = (error.description ?? error.message).replace(/\r\n?/g, '\n').trimEnd()
  const facts = [
    ['Error', error.error],
    ['Code', error.code === undefined ? undefined : `AADSTS${error.code}`],
    ['Correlation ID', error.correlationId],
    ['Trace ID', error.traceId],
  ]
  const unsaid = facts.filter(([, value]) => value !== undefined && !words.includes(value))
  const lines = unsaid.map(([name, value]) => `  ${name}: ${value}`)
  return new RefusedError([words, ...lines].join('\n'), { cause: error, ...wayToExplanation(error.code) })
}

/** The error itself; or its explanation, when the authority refused. */
export function explained(error: unknown): unknown {
  if (error instanceof TokenRequestError) return explainRefusal(error)
  if (!(error instanceof SignInError) || error.code === undefined) return error
  return new RefusedError(inCommandWords(error.message), { cause: error, ...wayToExplanation(error.code) })
}

/** The command that says what a code means. */
function wayToExplanation(number: number | undefined): { code?: string; fix?: string } {
  if (number === undefined) return {}
  const code = `AADSTS${number}`
  return { code, fix: `What it means, and how to fix it: npx --no-install doorstep explain ${code}` }
}
