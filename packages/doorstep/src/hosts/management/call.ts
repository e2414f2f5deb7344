import type { Caller } from './access-token.ts'
import type { ManagementParts } from './management-parts.ts'

/** One request of somebody who is known, as the endpoints see it. */
export interface ManagementCall {
  readonly parts: ManagementParts
  readonly caller: Caller
  /** Names in the path, decoded. */
  readonly params: Readonly<Record<string, string | undefined>>
  readonly apiVersion: string
  /** Where tokens come from, as refusals name it; ends in a slash. */
  readonly authority: string
}
