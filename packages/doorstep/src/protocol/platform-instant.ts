/** `yyyy-MM-dd HH:mm:ssZ`, with a blank where ISO 8601 has a T: the timestamp of refusals; milliseconds in. */
export function platformTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')}Z`
}

/** ISO 8601 with seven digits behind the second, as the platform's texts print an instant; milliseconds in. */
export function platformInstant(milliseconds: number): string {
  const instant = new Date(milliseconds)
  const shown = Number.isNaN(instant.getTime()) ? new Date(0) : instant
  return shown.toISOString().replace('Z', '0000Z')
}
