/** Figures of a bench: medians, rows with their budgets, and the table a person reads. */

/**
 * @param {number[]} values
 * @param {number} share 0 to 1
 */
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** @param {number[]} values */
export function median(values) {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * One line of the result. `budget` binds; a row without one is there to be read.
 * @typedef {object} Row
 * @property {string} measure
 * @property {number} value
 * @property {string} unit
 * @property {{ atMost: number } | { atLeast: number }} [budget]
 * @property {boolean} [byTheClock] other programs of a busy machine change it
 */

/**
 * @param {Row} row
 * @returns {boolean | undefined} undefined for a row without a budget
 */
export function isMet({ value, budget }) {
  if (budget === undefined) return undefined
  return 'atMost' in budget ? value <= budget.atMost : value >= budget.atLeast
}

/** @param {number} value */
function shown(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3
  return Number.isInteger(value) ? `${value}` : value.toFixed(digits)
}

/**
 * @param {Row[]} rows
 * @returns {string}
 */
export function table(rows) {
  const lines = rows.map((row) => {
    const { measure, value, unit, budget } = row
    const bound = budget && ('atMost' in budget ? `<= ${shown(budget.atMost)}` : `>= ${shown(budget.atLeast)}`)
    const met = isMet(row)
    const verdict = met === undefined ? '' : met ? 'met' : row.byTheClock ? 'NOT MET (by the clock)' : 'NOT MET'
    return [measure, `${shown(value)} ${unit}`.trim(), bound ?? '', verdict]
  })
  lines.unshift(['', 'measured', 'budget', ''])
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column].length)))
  return lines
    .map(([measure, value, bound, verdict]) =>
      [measure.padEnd(widths[0]), value.padStart(widths[1]), bound.padStart(widths[2]), verdict].join('   ').trimEnd(),
    )
    .join('\n')
}
