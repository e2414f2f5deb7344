const secondsPer: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** What a duration looks like, for messages. */
export const durationForm = 'a whole number and a unit, s, m, h or d: for example 90s, 75m, 1h or 90d'

/** Seconds of a duration such as `0s`, `75m` or `90d`; undefined when it has another form. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,9})([smhd])$/.exec(text.trim()) ?? []
  const factor = secondsPer[unit ?? '']
  return factor === undefined ? undefined : Number(amount) * factor
}
