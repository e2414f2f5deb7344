/** A code of the identity platform that the local cloud never answers with, told in our own words. */
export interface FurtherCode {
  /** The number after AADSTS. */
  readonly code: number
  /** The OAuth error name it mostly comes with; absent where it is only shown on a page. */
  readonly error?: string
  readonly meaning: string
  readonly causes: string
  /** How to find out which of the causes it is. */
  readonly check: string
  readonly fix: string
}

/** One meaning of a code; a code may have several, with an OAuth error each. */
export interface Meaning {
  readonly error: string | undefined
  readonly suberror?: string
  readonly meaning: string
  readonly causes: string
  readonly fix: string
}

export interface Explanation {
  readonly code: number
  /** Empty for a code that is not known. */
  readonly meanings: readonly Meaning[]
  /** What the number alone tells, for a code that is not known. */
  readonly range?: string
  /** Known codes that an unknown one resembles. */
  readonly similar?: readonly number[]
  readonly check: string
  /** Microsoft's own page for the code. */
  readonly lookUp: string
}
