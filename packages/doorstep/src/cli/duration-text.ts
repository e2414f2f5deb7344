import { durationForm, parseDuration } from '../duration.ts'
import { UsageError } from './failure.ts'

/** Seconds of `5m`, `90d`, …; for options and arguments. @throws {UsageError} */
export function requireDuration(text: string): number {
  const seconds = parseDuration(text)
  if (seconds === undefined) throw new UsageError(`'${text}' is not a duration. Write ${durationForm}.`)
  return seconds
}

/** How far a clock is from this machine's: `90d ahead of this machine`. */
export function describeOffset(seconds: number): string {
  return `${formatDuration(Math.abs(seconds))} ${seconds < 0 ? 'behind' : 'ahead of'} this machine`
}

/** A length of time, not negative, in the units that say it: `90d`, `1h 5m`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds)
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'm'],
    [whole % 60, 's'],
  ]
  const said = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${unit}`)
  return said.length === 0 ? '0s' : said.join(' ')
}
