import { ControlError } from './control-error.ts'

/** How a caller wants the clock to move. */
export type ClockChange =
  | { readonly kind: 'advance'; readonly milliseconds: number }
  | { readonly kind: 'setTo'; readonly now: number }
  | { readonly kind: 'reset' }

const form = 'Send one of {"advanceSeconds": 3600}, {"setTo": "2027-01-31T12:00:00Z"} and {"reset": true}.'

/** The last moment that a certificate, a token and a four-digit year can all say: the end of the year 9999. */
const LAST_MOMENT = Date.UTC(10_000, 0, 1) - 1

/**
 * Reads the body of `POST /clock`.
 *
 * @param now the clock's present reading, in milliseconds since 1970
 * @throws {ControlError} naming the member that is wrong
 */
export function parseClockChange(body: Readonly<Record<string, unknown>>, now: number): ClockChange {
  const members = Object.keys(body)
  if (members.length !== 1) throw new ControlError(400, 'invalidClockChange', form)
  const { advanceSeconds, setTo, reset } = body
  if (advanceSeconds !== undefined) {
    if (typeof advanceSeconds !== 'number' || !Number.isFinite(advanceSeconds)) throw invalid('advanceSeconds', form)
    const milliseconds = Math.round(advanceSeconds * 1000)
    requireMoment('advanceSeconds', now + milliseconds)
    return { kind: 'advance', milliseconds }
  }
  if (setTo !== undefined) {
    const moment = typeof setTo === 'string' ? parseMoment(setTo) : undefined
    if (moment === undefined) throw invalid('setTo', 'Write a moment with its zone, for example 2027-01-31T12:00:00Z.')
    requireMoment('setTo', moment)
    return { kind: 'setTo', now: moment }
  }
  if (reset === true) return { kind: 'reset' }
  throw new ControlError(400, 'invalidClockChange', form)
}

/** RFC 3339 with a zone. A moment without one would mean something else on every machine. */
function parseMoment(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(text)) return undefined
  const moment = Date.parse(text)
  // 31 February would be taken for a day in March.
  const [year, month, day] = text.slice(0, 10).split('-').map(Number)
  const exists = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day)).getUTCDate() === day
  return Number.isNaN(moment) || !exists ? undefined : moment
}

function requireMoment(member: string, moment: number): void {
  if (moment < 0 || moment > LAST_MOMENT) throw invalid(member, 'The clock runs from the year 1970 to the year 9999.')
}

function invalid(member: string, help: string): ControlError {
  return new ControlError(400, 'invalidClockChange', `${member} is not valid. ${help}`)
}
